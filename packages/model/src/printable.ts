/** What `printable` shows of no text, but for what JSON texts never hold as it is. */
const hidden = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * A JSON text of the same value in which every character that `printable` shows as `\uFFFD` is written
 * as an escape. Good for all of JSON, and for texts in double quotes in YAML.
 */
export function escapedJson(json: string): string {
  return json.replace(hidden, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Whether `escapedJson` changes a text. */
export function needsEscape(text: string): boolean {
  return text.search(hidden) >= 0;
}

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
