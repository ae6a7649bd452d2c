import { canonicalJson } from "./canonical-json.ts";
import type { CanonicalTexts } from "./canonical-json.ts";
import { hmacSha256Base64 } from "./digest.ts";
import { HoldfastError } from "./error.ts";
import type { JsonLike } from "./json.ts";

/** Bytes of a salt; each field of each record has one of its own. */
export const saltBytes = 32;

/**
 * Commits to one field of a payload: base64 of HMAC-SHA256(salt, field || 0x00 || canonical
 * value). Whoever holds the payload's salt can show what the field was; without it, not even a
 * guessed value can be confirmed, so that erasing the payload erases the field.
 *
 * @throws HoldfastError `salt_size`; `json_…` on a value that is not JSON
 */
export function commitmentTo(
  field: string,
  value: JsonLike,
  salt: Uint8Array,
  texts?: CanonicalTexts,
): string {
  if (salt.length !== saltBytes) {
    throw new HoldfastError("salt_size", `salt of ${salt.length} bytes; use ${saltBytes}`);
  }
  return hmacSha256Base64(salt, `${field}\u0000${canonicalJson(value, texts)}`);
}
