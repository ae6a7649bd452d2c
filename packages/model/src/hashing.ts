/** SHA-256 (FIPS 180-4) and HMAC over it (RFC 2104), at once and without a promise; text is taken as UTF-8. */
export interface Hashing {
  /** 32 bytes */
  sha256(data: Uint8Array | string): Uint8Array;
  /** 64 lower-case hex digits */
  sha256Hex(data: Uint8Array | string): string;
  /** 32 bytes */
  hmacSha256(key: Uint8Array, data: Uint8Array | string): Uint8Array;
  /** the same in base64 */
  hmacSha256Base64(key: Uint8Array, text: string): string;
}
