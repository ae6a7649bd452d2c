import { sha256 } from "@holdfast/model";

/**
 * A run: this, the number of entries and of bytes of the filter (u32 each), the filter, the entries
 * in order of their keys, and the values. Numbers are little-endian.
 */
export const runMagic = "HFKEYS1\n";

/** Bytes of a key: 15 of the SHA-256 of the id, and one for what kind of id it is. */
export const keyBytes = 16;

/** What ids name. */
export type IdKind = "action" | "offered" | "session";

const kindByte: Readonly<Record<IdKind, number>> = { action: 1, offered: 2, session: 3 };

/** The key of an id. Ids are chosen by agents, so a key has to be as good as the id itself. */
export function keyOf(kind: IdKind, id: string): Buffer {
  const key = Buffer.from(sha256(id).subarray(0, keyBytes));
  key[keyBytes - 1] = kindByte[kind];
  return key;
}

/** One entry: the key, and where the value lies. */
export const runEntry = {
  bytes: 32,
  read(bytes: Buffer, at: number): { readonly offset: number; readonly length: number } {
    return {
      offset: bytes.readUIntLE(at + keyBytes, 6),
      length: bytes.readUInt32LE(at + keyBytes + 8),
    };
  },
  write(key: Buffer, offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(runEntry.bytes);
    bytes.set(key, 0);
    bytes.writeUIntLE(offset, keyBytes, 6);
    bytes.writeUInt32LE(length, keyBytes + 8);
    return bytes;
  },
} as const;
