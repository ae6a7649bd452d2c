/** Letters of other scripts that look like these. */
const looksLike: ReadonlyMap<string, string> = new Map([
  ["a", "\u0430"],
  ["e", "\u0435"],
  ["o", "\u043E"],
  ["c", "\u0441"],
  ["p", "\u0440"],
  ["A", "\u0410"],
  ["E", "\u0415"],
  ["O", "\u041E"],
]);

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** A text with its first such letter from another script; `undefined` where it has none. */
export function homoglyphs(text: string): string | undefined {
  const letters = Array.from(text);
  const at = letters.findIndex((letter) => looksLike.has(letter));
  if (at < 0) return undefined;
  return letters
    .map((letter, place) => (place === at ? (looksLike.get(letter) ?? letter) : letter))
    .join("");
}

/** A text with U+200B between its letters. */
export function spacedOut(text: string): string {
  return Array.from(text).join("\u200B");
}

/** A text of ASCII in base64. */
export function base64Of(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let out = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const bits = (first << 16) | (second << 8) | third;
    const left = bytes.length - at;
    out += alphabet[(bits >> 18) & 63];
    out += alphabet[(bits >> 12) & 63];
    out += left > 1 ? alphabet[(bits >> 6) & 63] : "=";
    out += left > 2 ? alphabet[bits & 63] : "=";
  }
  return out;
}
