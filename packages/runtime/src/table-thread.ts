import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { readPayloadTable } from "@holdfast/log/payload-table";
import type { PayloadTable } from "@holdfast/log/payload-table";
import { readSegmentTable } from "@holdfast/log/segment-table";
import type { SegmentTable } from "@holdfast/log/segment-table";
import { claimAhead } from "./file-claim.ts";

/*
 * The thread of `readLogAhead`: reads files that nobody else has begun, and posts what each holds.
 */

/** Bytes of a file that are in memory at a time. */
const room = Buffer.allocUnsafe(2 * 1024 * 1024);

/** A pipe by the name of a file is not waited for. */
const readFlags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Why a file has no table makes no difference: who asks for it reads it then, and says what is wrong. */
async function tableOf(file: ThreadFile): Promise<PayloadTable | SegmentTable | undefined> {
  try {
    const descriptor = openSync(file.path, readFlags);
    try {
      const source = {
        size: fstatSync(descriptor).size,
        read: (position: number, into: Buffer): number => readAll(descriptor, into, position),
      };
      if (file.kind === "payload") return await readPayloadTable(source, room);
      return await readSegmentTable(source, { digest: !file.isLast, room });
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

function readAll(descriptor: number, into: Buffer, position: number): number {
  let done = 0;
  while (done < into.length) {
    const count = readSync(descriptor, into, done, into.length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** The memory of a table, which is handed over and not copied. */
function memoryOf(table: object | undefined): ArrayBuffer[] {
  const found: ArrayBuffer[] = [];
  for (const part of Object.values(table ?? {}) as unknown[]) {
    if (ArrayBuffer.isView(part)) {
      if (part.buffer instanceof ArrayBuffer) found.push(part.buffer);
    } else if (typeof part === "object" && part !== null && !(part instanceof Map)) {
      found.push(...memoryOf(part));
    }
  }
  return found;
}

interface ThreadFile {
  readonly kind: "payload" | "segment";
  readonly path: string;
  readonly isLast: boolean;
}

const { files, shared } = workerData as {
  readonly files: readonly ThreadFile[];
  readonly shared: SharedArrayBuffer;
};
const claims = new Int32Array(shared);
for (;;) {
  const place = claimAhead(claims, files.length);
  const file = files[place];
  const table = file === undefined ? undefined : await tableOf(file);
  parentPort?.postMessage({ place, table }, memoryOf(table));
}
