import { statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { PayloadAhead } from "@holdfast/log";
import type { PayloadTable } from "@holdfast/log/payload-table";
import { claim, sharedClaims, turn } from "./payload-claim.ts";

/** Threads run what was built, also where this process runs from the sources. */
const builtThread = new URL("../dist/payload-thread.js", import.meta.url);

/** Below so many bytes a verification is done before a thread is there. */
const worthBytes = 16 * 1024 * 1024;

/** How payload files are read ahead. */
export interface AheadOptions {
  /** fewer bytes in all files are not worth a thread; default 16 MiB */
  readonly worthBytes?: number;
  /** what the thread runs; default: reading payload files, as it was built */
  readonly worker?: URL;
}

/**
 * Reads payload files in a thread of its own while `verifyLog` reads records, for its option `readAhead`.
 * What the thread has not begun when it is asked for, and everything when it does not start or dies, is
 * left to `verifyLog`, which comes to the same verdict alone.
 *
 * @returns undefined where a thread is not worth it, cannot start, or would have no processor
 */
export function readPayloadsAhead(
  paths: readonly string[],
  options: AheadOptions = {},
): PayloadAhead | undefined {
  const { worker = builtThread } = options;
  if (availableParallelism() < 2) return undefined;
  if (bytesOf(paths) < (options.worthBytes ?? worthBytes)) return undefined;
  try {
    return new PayloadThread(paths, worker);
  } catch {
    return undefined;
  }
}

function bytesOf(paths: readonly string[]): number {
  let bytes = 0;
  for (const path of paths) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return bytes;
}

class PayloadThread implements PayloadAhead {
  readonly #worker: Worker;
  readonly #claims: Int32Array;
  readonly #places: ReadonlyMap<string, number>;
  /** read and not yet taken */
  readonly #tables = new Map<number, PayloadTable | undefined>();
  #waiting: { readonly place: number; readonly resolve: () => void } | undefined;
  #hasEnded = false;

  constructor(paths: readonly string[], worker: URL) {
    const shared = sharedClaims(paths.length);
    this.#claims = new Int32Array(shared);
    this.#places = new Map(paths.map((path, place) => [path, place]));
    // WHY none of this process's: the thread gets nothing that it does not need.
    const workerData = { paths, shared };
    this.#worker = new Worker(worker, { execArgv: [], env: {}, workerData });
    this.#worker.on("message", (said: { place: number; table: PayloadTable | undefined }) => {
      this.#tables.set(said.place, said.table);
      if (this.#waiting?.place === said.place) this.#waiting.resolve();
    });
    this.#worker.on("messageerror", () => this.#end());
    this.#worker.on("error", () => this.#end());
    this.#worker.on("exit", () => this.#end());
  }

  async take(path: string): Promise<PayloadTable | undefined> {
    const place = this.#places.get(path);
    if (place === undefined || this.#hasEnded) return undefined;
    Atomics.store(this.#claims, turn, place);
    Atomics.notify(this.#claims, turn);
    if (claim(this.#claims, place)) return undefined;
    if (!this.#tables.has(place) && !this.#hasEnded) {
      await new Promise<void>((resolve) => {
        this.#waiting = { place, resolve };
      });
    }
    const table = this.#tables.get(place);
    // Those before it, which nobody asked for, are of no use any more.
    for (const read of this.#tables.keys()) if (read <= place) this.#tables.delete(read);
    return table;
  }

  async close(): Promise<void> {
    this.#end();
    await this.#worker.terminate();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#waiting?.resolve();
  }
}
