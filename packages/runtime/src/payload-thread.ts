import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { readPayloadTable } from "@holdfast/log/payload-table";
import type { PayloadTable } from "@holdfast/log/payload-table";
import { aheadMax, claim, turn } from "./payload-claim.ts";

/*
 * The thread of `readPayloadsAhead`: reads payload files in order, those that nobody else has begun,
 * and posts what each holds. It is at most `aheadMax` files ahead of whoever asks.
 */

/** Why a file has no table makes no difference: who asks for it reads it then, and says what is wrong. */
function tableOf(path: string): PayloadTable | undefined {
  try {
    const descriptor = openSync(path, "r");
    try {
      const read = (position: number, room: Buffer): number => readAll(descriptor, room, position);
      return readPayloadTable({ size: fstatSync(descriptor).size, read });
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

function readAll(descriptor: number, room: Buffer, position: number): number {
  let done = 0;
  while (done < room.length) {
    const count = readSync(descriptor, room, done, room.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

const { paths, shared } = workerData as {
  readonly paths: readonly string[];
  readonly shared: SharedArrayBuffer;
};
const claims = new Int32Array(shared);
for (const [place, path] of paths.entries()) {
  for (let at = Atomics.load(claims, turn); place >= at + aheadMax;) {
    Atomics.wait(claims, turn, at);
    at = Atomics.load(claims, turn);
  }
  if (claim(claims, place)) parentPort?.postMessage({ place, table: tableOf(path) });
}
