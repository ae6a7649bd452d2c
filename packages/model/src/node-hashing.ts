import { createHmac, hash } from "node:crypto";
import type { Hashing } from "./hashing.ts";

/** What Node brings. A Buffer compares and prints unlike other byte arrays, so none is given out. */
export const hashing: Hashing = {
  sha256: (data) => new Uint8Array(hash("sha256", data, "buffer")),
  sha256Hex: (data) => hash("sha256", data, "hex"),
  hmacSha256: (key, data) => new Uint8Array(createHmac("sha256", key).update(data).digest()),
  hmacSha256Base64: (key, text) => createHmac("sha256", key).update(text).digest("base64"),
};
