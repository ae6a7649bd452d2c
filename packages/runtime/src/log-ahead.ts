import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { LogAhead, TabledFile } from "@holdfast/log";
import type { PayloadTable } from "@holdfast/log/payload-table";
import type { SegmentTable } from "@holdfast/log/segment-table";
import { claim, sharedClaims, turn } from "./file-claim.ts";

/** Threads run what was built, also where this process runs from the sources. */
const builtThread = new URL("../dist/table-thread.js", import.meta.url);

/** Below so many bytes a verification is done before a thread is there. */
const worthBytes = 16 * 1024 * 1024;

/** More threads than these would wait for the one that takes what they read. */
const threadsMax = 3;

/** How files of a log are read ahead. */
export interface AheadOptions {
  /** fewer bytes in all files are not worth a thread; default 16 MiB */
  readonly worthBytes?: number;
  /** what a thread runs; default: reading files of a log, as it was built */
  readonly worker?: URL;
}

/**
 * Reads files of a log in threads of their own while `verifyLog` reads others, for its option
 * `readAhead`. What no thread has begun when it is asked for, and everything when none starts or one
 * dies, is left to `verifyLog`, which comes to the same verdict alone.
 *
 * @returns undefined where a thread is not worth it, cannot start, or would have no processor
 */
export function readLogAhead(
  files: readonly TabledFile[],
  options: AheadOptions = {},
): LogAhead | undefined {
  const { worker = builtThread } = options;
  const threads = Math.min(availableParallelism() - 1, threadsMax);
  if (threads < 1) return undefined;
  if (bytesOf(files) < (options.worthBytes ?? worthBytes)) return undefined;
  try {
    return new TableThreads(files, worker, threads);
  } catch {
    return undefined;
  }
}

function bytesOf(files: readonly TabledFile[]): number {
  let bytes = 0;
  for (const { path } of files) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}

type Table = PayloadTable | SegmentTable;

class TableThreads implements LogAhead {
  readonly #workers: Worker[] = [];
  readonly #claims: Int32Array;
  readonly #places: ReadonlyMap<string, number>;
  /** read and not yet taken */
  readonly #tables = new Map<number, Table | undefined>();
  #waiting: { readonly place: number; readonly resolve: () => void } | undefined;
  #asked = -1;
  #hasEnded = false;

  constructor(files: readonly TabledFile[], worker: URL, threads: number) {
    const shared = sharedClaims(files.length);
    this.#claims = new Int32Array(shared);
    this.#places = new Map(files.map(({ path }, place) => [path, place]));
    for (let count = 0; count < threads; count += 1) this.#start(worker, { files, shared });
  }

  async payloads(path: string): Promise<PayloadTable | undefined> {
    const table = await this.#take(path);
    return table !== undefined && "indexes" in table ? table : undefined;
  }

  async segment(path: string): Promise<SegmentTable | undefined> {
    const table = await this.#take(path);
    return table !== undefined && "leaves" in table ? table : undefined;
  }

  async close(): Promise<void> {
    this.#end();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(url: URL, workerData: object): void {
    // WHY none of this process's: the thread gets nothing that it does not need.
    const worker = new Worker(url, { execArgv: [], env: {}, workerData });
    this.#workers.push(worker);
    worker.on("message", (said: { place: number; table: Table | undefined }) => {
      if (said.place > this.#asked || this.#waiting?.place === said.place) {
        this.#tables.set(said.place, said.table);
      }
      if (this.#waiting?.place === said.place) this.#waiting.resolve();
    });
    worker.on("messageerror", () => this.#end());
    worker.on("error", () => this.#end());
    worker.on("exit", () => this.#end());
  }

  async #take(path: string): Promise<Table | undefined> {
    const place = this.#places.get(path);
    // What was passed over was dropped.
    if (place === undefined || place <= this.#asked || this.#hasEnded) return undefined;
    this.#asked = place;
    Atomics.store(this.#claims, turn, place);
    Atomics.notify(this.#claims, turn);
    if (claim(this.#claims, place)) return undefined;
    if (!this.#tables.has(place) && !this.#hasEnded) {
      await new Promise<void>((resolve) => {
        this.#waiting = { place, resolve };
      });
    }
    const table = this.#tables.get(place);
    for (const read of this.#tables.keys()) if (read <= place) this.#tables.delete(read);
    return table;
  }

  /** What a thread claimed and did not post never comes, so that nothing is waited for once one has ended. */
  #end(): void {
    this.#hasEnded = true;
    this.#waiting?.resolve();
  }
}
