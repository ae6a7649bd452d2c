const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Standard base64 with padding (RFC 4648, section 4). */
export function bytesToBase64(bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let bits = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += digits.charAt((held >> bits) & 63);
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) text += digits.charAt((held << (6 - bits)) & 63);
  return text.padEnd(Math.ceil(bytes.length / 3) * 4, "=");
}

/** The bytes of base64 text, padded or not; `undefined` for text that is none. */
export function base64ToBytes(text: string): Uint8Array | undefined {
  let body = text;
  if (text.length % 4 === 0) {
    if (body.endsWith("=")) body = body.slice(0, -1);
    if (body.length < text.length && body.endsWith("=")) body = body.slice(0, -1);
  }
  if (body.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((body.length * 6) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (let place = 0; place < body.length; place += 1) {
    const digit = digits.indexOf(body.charAt(place));
    if (digit < 0) return undefined;
    held = (held << 6) | digit;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = held >> bits;
      at += 1;
      held &= (1 << bits) - 1;
    }
  }
  return held === 0 ? bytes : undefined;
}
