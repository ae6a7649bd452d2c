const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Standard base64 with padding (RFC 4648, section 4). */
export function encodeBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let index = 0; index < bytes.length; index += 3) {
    const group =
      ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    const digits = [18, 12, 6, 0].map((shift) => alphabet.charAt((group >> shift) & 63)).join("");
    const missing = Math.max(0, index + 3 - bytes.length);
    pieces.push(digits.slice(0, 4 - missing) + "=".repeat(missing));
  }
  return pieces.join("");
}

/**
 * The bytes of standard base64 text, padded or not; `undefined` when a character is foreign,
 * padding is misplaced, or unused bits are set (so every byte string has two texts at most).
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const body = text.length % 4 === 0 ? text.replace(/={1,2}$/, "") : text;
  if (body.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((body.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let length = 0;
  for (const character of body) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return undefined;
    bits = ((bits << 6) | digit) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[length] = (bits >> held) & 0xff;
      length += 1;
    }
  }
  return (bits & ((1 << held) - 1)) === 0 ? bytes : undefined;
}
