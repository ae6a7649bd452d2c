/** Controls, line and paragraph separators, marks of direction, halves of surrogates. */
const unsafe = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A line of which no character moves a cursor, breaks it or turns letters around: they are `\uFFFD`. */
export function printable(line: string): string {
  return line.replace(unsafe, "\uFFFD");
}

/** JSON of a value in which such characters are escapes, so that the value stays the same. */
export function printableJson(value: unknown): string {
  const escaped = (sign: string): string =>
    `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const json = JSON.stringify(value, undefined, 2).split("\n");
  return json.map((line) => line.replace(unsafe, escaped)).join("\n");
}
