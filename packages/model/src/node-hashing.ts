import { hash } from "node:crypto";
import type { Hashing } from "./hashing.ts";

/** What Node brings. A Buffer compares and prints unlike other byte arrays, so none is given out. */
export const hashing: Hashing = {
  sha256: (data) => new Uint8Array(hash("sha256", data, "buffer")),
  sha256Hex: (data) => hash("sha256", data, "hex"),
  hmacSha256: (key, data) => new Uint8Array(hash("sha256", outerOf(key, data), "buffer")),
  hmacSha256Base64: (key, text) => hash("sha256", outerOf(key, text), "base64"),
};

const blockBytes = 64;
const hashBytes = 32;
/** Longest UTF-8 of a UTF-16 unit. */
const unitBytes = 3;

/** One for all calls, none of which waits: memory of its own for each costs as much as the hash. */
const innerRoom = new Uint8Array(8192);
const outer = new Uint8Array(blockBytes + hashBytes);
const encoder = new TextEncoder();

/**
 * What HMAC-SHA-256 (RFC 2104) hashes last. Two hashes in one call each cost half of what a keyed hash
 * object does.
 */
function outerOf(key: Uint8Array, data: Uint8Array | string): Uint8Array {
  const most = blockBytes + (typeof data === "string" ? unitBytes : 1) * data.length;
  const inner = most <= innerRoom.length ? innerRoom : new Uint8Array(most);
  const block = key.length > blockBytes ? hash("sha256", key, "buffer") : key;
  for (let at = 0; at < blockBytes; at += 1) {
    const byte = block[at] ?? 0;
    inner[at] = byte ^ 0x36;
    outer[at] = byte ^ 0x5c;
  }
  let end = blockBytes;
  if (typeof data === "string") end += encoder.encodeInto(data, inner.subarray(blockBytes)).written;
  else {
    inner.set(data, blockBytes);
    end += data.length;
  }
  outer.set(hash("sha256", inner.subarray(0, end), "buffer"), blockBytes);
  return outer;
}
