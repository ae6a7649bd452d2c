/**
 * The text with A to Z in lower case and nothing else changed. Unlike the language's own function
 * it never depends on which version of Unicode the machine knows, and makes no letter of ASCII out
 * of one that is none (the Kelvin sign is no `k`).
 */
export function lowerAscii(text: string): string {
  // Of ASCII the platform changes the same, and much sooner.
  if (isAscii(text)) return text.toLowerCase();
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Whether a text holds nothing but ASCII. */
export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** The text with a to z in upper case and nothing else changed; see {@link lowerAscii}. */
export function upperAscii(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
