import { createHash, createHmac } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";
import type { JsonLike } from "./json.ts";

/** SHA-256 (FIPS 180-4), 32 bytes; text is hashed as UTF-8. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return plain(createHash("sha256").update(data).digest());
}

/** HMAC-SHA-256 (RFC 2104), 32 bytes; text is taken as UTF-8. */
export function hmacSha256(key: Uint8Array, data: Uint8Array | string): Uint8Array {
  return plain(createHmac("sha256", key).update(data).digest());
}

/** Names a JSON value: `sha256:` and the lower-case hex digest of its RFC 8785 bytes. */
export function digestOf(value: JsonLike): string {
  return `sha256:${createHash("sha256").update(canonicalJson(value), "utf8").digest("hex")}`;
}

/** Names bytes as they are: `sha256:` and the lower-case hex digest; text is taken as UTF-8. */
export function digestOfBytes(data: Uint8Array | string): string {
  return `sha256:${createHash("sha256").update(data).digest("hex")}`;
}

/** A Buffer compares and prints unlike other byte arrays, so none leaves this file. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}
