import { createHash, createHmac } from "node:crypto";
import type { Hashing } from "./hashing.ts";

/** What Node brings. A Buffer compares and prints unlike other byte arrays, so none is given out. */
export const hashing: Hashing = {
  sha256: (data) => new Uint8Array(createHash("sha256").update(data).digest()),
  sha256Hex: (data) => createHash("sha256").update(data).digest("hex"),
  hmacSha256: (key, data) => new Uint8Array(createHmac("sha256", key).update(data).digest()),
};
