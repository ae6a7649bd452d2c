import { randomBytes } from "node:crypto";
import type { Random } from "./evidence.ts";

/** Asked of the system at once: a call costs more than the bytes. */
const poolBytes = 16 * 1024;

/** Unpredictable bytes of this machine. None is given twice, and none is kept once it is given. */
export function pooledRandom(): Random {
  let pool = Buffer.alloc(0);
  let at = 0;
  return (bytes) => {
    if (bytes > poolBytes) return new Uint8Array(randomBytes(bytes));
    if (at + bytes > pool.length) {
      pool = randomBytes(poolBytes);
      at = 0;
    }
    const given = new Uint8Array(pool.subarray(at, at + bytes));
    pool.fill(0, at, at + bytes);
    at += bytes;
    return given;
  };
}
