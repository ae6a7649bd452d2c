/**
 * A text that is safe to show on one line of a terminal: every control, line-breaking and
 * bidirectional character and every lone surrogate is shown as `\uFFFD`, tabs stay. Nothing
 * that came from outside goes into a message without it.
 */
export function printable(text: string): string {
  return text.replace(
    /(?!\t)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Cs}]/gu,
    "\uFFFD",
  );
}
