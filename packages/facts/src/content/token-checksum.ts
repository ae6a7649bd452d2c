const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Whether the last six characters are the CRC-32 of those before them in base 62, as GitHub and npm
 * make their tokens (github.blog, Behind GitHub's new authentication token formats, 2021).
 */
export function endsInCrc32(body: string): boolean {
  const given = body.slice(-6);
  let rest = crc32(body.slice(0, -6));
  let made = "";
  for (let at = 0; at < 6; at += 1) {
    made = alphabet.charAt(rest % 62) + made;
    rest = Math.floor(rest / 62);
  }
  return made === given;
}

/** CRC-32 of ISO 3309 of a text of ASCII. */
function crc32(text: string): number {
  let sum = 0xffffffff;
  for (let at = 0; at < text.length; at += 1) {
    sum ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
