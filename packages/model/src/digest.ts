import { hashing } from "#hashing";
import { canonicalJson } from "./canonical-json.ts";
import type { CanonicalTexts } from "./canonical-json.ts";
import type { JsonLike } from "./json.ts";

/** SHA-256 (FIPS 180-4), 32 bytes; text is hashed as UTF-8. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return hashing.sha256(data);
}

/** HMAC-SHA-256 (RFC 2104), 32 bytes; text is taken as UTF-8. */
export function hmacSha256(key: Uint8Array, data: Uint8Array | string): Uint8Array {
  return hashing.hmacSha256(key, data);
}

/** As `hmacSha256`, in base64. */
export function hmacSha256Base64(key: Uint8Array, text: string): string {
  return hashing.hmacSha256Base64(key, text);
}

/** Names a JSON value: `sha256:` and the lower-case hex digest of its RFC 8785 bytes. */
export function digestOf(value: JsonLike, texts?: CanonicalTexts): string {
  return `sha256:${hashing.sha256Hex(canonicalJson(value, texts))}`;
}

/** Names bytes as they are: `sha256:` and the lower-case hex digest; text is taken as UTF-8. */
export function digestOfBytes(data: Uint8Array | string): string {
  return `sha256:${hashing.sha256Hex(data)}`;
}
