import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Hashing } from "./hashing.ts";

/** For browsers and all else that is not Node: there only promises of digests are built in. */
export const hashing: Hashing = {
  sha256: (data) => sha256(bytesOf(data)),
  sha256Hex: (data) => bytesToHex(sha256(bytesOf(data))),
  hmacSha256: (key, data) => hmac(sha256, key, bytesOf(data)),
  hmacSha256Base64: (key, text) => btoa(String.fromCharCode(...hmac(sha256, key, bytesOf(text)))),
};

function bytesOf(data: Uint8Array | string): Uint8Array {
  return typeof data === "string" ? new TextEncoder().encode(data) : data;
}
