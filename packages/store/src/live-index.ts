import { Worker } from "node:worker_threads";

/** What the thread is told when it starts. */
export interface IndexerWork {
  readonly directory: string;
  readonly batchRecords: number;
}

/** What the thread says: how far it is and whether it waits for more, or that the disk is full. */
export type IndexerWord =
  | { readonly indexed: number; readonly idle: boolean }
  | { readonly full: string };

export interface LiveIndexOptions {
  /** folder of the log */
  readonly directory: string;
  /** number of durable records; read, never written to */
  readonly size: () => number;
  /** told what an operator should hear of, a line each */
  readonly notice: (text: string) => void;
  /** how many records more than at the start the index may be behind; default 100,000 */
  readonly behindMax?: number;
  /** what the thread runs; default: the index in SQLite */
  readonly worker?: URL;
}

/** How far the index of a log is, as the process that writes the log sees it. */
export interface IndexStatus {
  /** `on-demand`: nobody follows the log, and queries bring the index up to it */
  readonly state: "live" | "restarting" | "on-demand";
  /** durable records that are not indexed yet; absent where nobody follows */
  readonly behind?: number;
}

const pace = {
  /** so long after the thread was idle it is told to go on, so that rows gather */
  gatherMs: 100,
  /** so many failures in a row, and it is not started again */
  deathsMax: 5,
  /** before the first start anew; twice as long before each one after it */
  restartMs: 100,
  /** nobody waits longer for room, whatever became of the thread */
  roomMs: 1_000,
  /** closing waits no longer for what is left to be indexed */
  closeMs: 1_000,
} as const;

/** Rows in one transaction, about: other processes that ask the index wait for one of these. */
const batchRecords = 512;

/** Threads from the sources are started by whoever reads sources. */
const defaultWorker = new URL("./sqlite/index-worker.js", import.meta.url);

/**
 * Keeps the index of a log in step while this process writes the log, in a thread of its own that
 * reads the log's files: nothing of it is on the way of an append. A thread that ends is started
 * again; when that does not help, it is told, and queries catch up by themselves as they do
 * without one. Nothing is ever lost by it, since the index is made from the log. On a full disk it
 * says so once, keeps what is indexed, holds nobody up, and goes on when there is room.
 */
export class LiveIndex {
  readonly #options: LiveIndexOptions;
  readonly #behindMax: number;
  /** what the index may be behind: a lag that was there at the start is made up, and never grows by more */
  #bound = Number.POSITIVE_INFINITY;
  #worker: Worker | undefined;
  #isIdle = false;
  #timer: NodeJS.Timeout | undefined;
  #indexed = 0;
  #deaths = 0;
  #lastError = "";
  #isGivenUp = false;
  /** the disk has no room for the index: it cannot come nearer */
  #isFull = false;
  #isClosing = false;
  readonly #waiting = new Set<() => void>();

  constructor(options: LiveIndexOptions) {
    this.#options = options;
    this.#behindMax = options.behindMax ?? 100_000;
  }

  /** From here on a thread follows the log; it keeps no process alive. */
  start(): void {
    const { directory, worker: url = defaultWorker } = this.#options;
    const workerData: IndexerWork = { directory, batchRecords };
    const worker = new Worker(url, { workerData });
    worker.unref();
    this.#worker = worker;
    worker.on("message", (word: IndexerWord) => {
      if ("full" in word) this.#wait(word.full);
      else this.#moved(word.indexed, word.idle);
    });
    worker.on("error", (error) => {
      this.#lastError = error.message;
    });
    worker.on("exit", () => this.#ended());
  }

  /** Tells that records have become durable. Returns at once and never throws. */
  grown(): void {
    if (this.#isIdle && this.#timer === undefined) this.#after(pace.gatherMs, () => this.#go());
  }

  /**
   * Undefined while the index is near enough behind the log; else it resolves when that is so
   * again, and in any case after a second. Never rejects.
   */
  room(): Promise<void> | undefined {
    if (!this.#isTooFar()) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, pace.roomMs);
      this.#waiting.add(done);
    });
  }

  /** How far the index is at this moment. */
  status(): IndexStatus {
    if (this.#isGivenUp || this.#isClosing) return { state: "on-demand" };
    const behind = Math.max(0, this.#options.size() - this.#indexed);
    return { state: this.#worker === undefined ? "restarting" : "live", behind };
  }

  /**
   * Lets the thread index what is durable, as far as a second allows, and ends it.
   * **Contract:** nothing is appended any more.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    this.#release();
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once("exit", resolve));
    worker.postMessage("go");
    worker.postMessage("end");
    const patience = setTimeout(() => void worker.terminate(), pace.closeMs);
    await ended;
    clearTimeout(patience);
  }

  #moved(indexed: number, idle: boolean): void {
    this.#isFull = false;
    this.#indexed = indexed;
    this.#isIdle = idle;
    const behind = this.#options.size() - indexed;
    this.#bound = Math.min(this.#bound, Math.max(0, behind) + this.#behindMax);
    if (!this.#isTooFar()) this.#release();
    if (!idle || this.#isClosing) return;
    this.#deaths = 0;
    if (this.#options.size() > indexed) this.grown();
  }

  /** The thread tries again by itself. What gathers meanwhile is made up as a lag at the start is. */
  #wait(why: string): void {
    this.#isIdle = false;
    this.#deaths = 0;
    if (!this.#isFull && !this.#isClosing) this.#options.notice(why);
    this.#isFull = true;
    this.#bound = Number.POSITIVE_INFINITY;
    this.#release();
  }

  #ended(): void {
    this.#worker = undefined;
    this.#isIdle = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isClosing) return;
    this.#deaths += 1;
    if (this.#deaths < pace.deathsMax) {
      this.#after(pace.restartMs * 2 ** (this.#deaths - 1), () => this.start());
      return;
    }
    this.#isGivenUp = true;
    this.#release();
    const why = this.#lastError === "" ? "" : `: ${this.#lastError}`;
    this.#options.notice(
      `the index is not kept in step any more${why}; queries bring it up to the log themselves`,
    );
  }

  #go(): void {
    if (this.#worker === undefined || this.#options.size() <= this.#indexed) return;
    this.#isIdle = false;
    this.#worker.postMessage("go");
  }

  #after(ms: number, step: () => void): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      step();
    }, ms);
    this.#timer.unref();
  }

  #isTooFar(): boolean {
    if (this.#isGivenUp || this.#isClosing || this.#isFull) return false;
    return this.#options.size() - this.#indexed > this.#bound;
  }

  #release(): void {
    for (const done of this.#waiting) done();
  }
}
