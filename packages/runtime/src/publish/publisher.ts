import { encodeCheckpoint } from "@holdfast/log";
import type { Checkpoint } from "@holdfast/log";
import { notePublished, readPublished, withoutSecrets } from "./published.ts";
import type { PublishedEntry } from "./published.ts";
import { sendCheckpoint } from "./send.ts";
import { intervalOf, targetName } from "./target.ts";
import type { PublishTarget } from "./target.ts";

/** After a failure a target is tried again no sooner, and at last no later, than this. */
const retryMs = { least: 1_000, most: 60_000 } as const;

/** What one target is about to get. */
interface Line {
  readonly target: PublishTarget;
  readonly name: string;
  waiting: Checkpoint | undefined;
  sending: Promise<void> | undefined;
  /** not before this; monotonic ms */
  dueMs: number;
  failures: number;
  /** how it stands, once it was tried */
  entry: PublishedEntry | undefined;
}

/**
 * Sends checkpoints to places that the owner of the log's machine does not write. Each target gets
 * at least once what it is given, unless a newer one comes first, which says more. A target that
 * fails is told once, noted in `published.json`, and hinders neither others nor the guard.
 */
export class Publisher {
  readonly #directory: string;
  readonly #lines: readonly Line[];
  readonly #wallMs: () => number;
  readonly #notice: (text: string) => void;
  #noting: Promise<void> = Promise.resolve();

  constructor(options: {
    readonly directory: string;
    readonly targets: readonly PublishTarget[];
    /** integer ms UTC */
    readonly wallMs: () => number;
    readonly notice: (text: string) => void;
  }) {
    this.#directory = options.directory;
    this.#wallMs = options.wallMs;
    this.#notice = options.notice;
    this.#lines = options.targets.map((target) => ({
      target,
      name: targetName(target),
      waiting: undefined,
      sending: undefined,
      dueMs: Number.NEGATIVE_INFINITY,
      failures: 0,
      entry: undefined,
    }));
  }

  /** A checkpoint that everybody may see; takes the place of one that waits. */
  offer(checkpoint: Checkpoint): void {
    for (const line of this.#lines) line.waiting = checkpoint;
  }

  /** Begins to send what waits and is due at `nowMs` (a clock that never steps back). */
  tick(nowMs: number): void {
    for (const line of this.#lines) {
      if (line.sending !== undefined || line.waiting === undefined || nowMs < line.dueMs) continue;
      line.sending = this.#send(line, nowMs).finally(() => {
        line.sending = undefined;
      });
    }
  }

  /**
   * Sends what waits, once, whether due or not, and returns when all have answered or failed: how each
   * stands, in the order they were given, even where that cannot be noted.
   */
  async flush(): Promise<readonly PublishedEntry[]> {
    await Promise.all(
      this.#lines.map(async (line) => {
        await line.sending;
        await this.#send(line, 0);
      }),
    );
    return this.#lines.flatMap(({ entry }) => (entry === undefined ? [] : [withoutSecrets(entry)]));
  }

  async #send(line: Line, nowMs: number): Promise<void> {
    const checkpoint = line.waiting;
    if (checkpoint === undefined) return;
    line.waiting = undefined;
    const { head, origin } = checkpoint;
    const { target } = line;
    const subject = `Checkpoint of ${head.size} records of ${origin}`;
    try {
      await sendCheckpoint(target, encodeCheckpoint(checkpoint), subject);
      line.failures = 0;
      line.dueMs = nowMs + intervalOf(target);
      await this.#note(line, { target, last: { ...head, time: this.#wallMs() } });
    } catch (error) {
      line.waiting ??= checkpoint;
      line.failures += 1;
      line.dueMs = nowMs + Math.min(retryMs.most, retryMs.least * 2 ** (line.failures - 1));
      const message = error instanceof Error ? error.message : "unknown";
      if (line.failures > 1) return;
      this.#notice(`checkpoints do not reach ${line.name}: ${message}; trying again`);
      await this.#noteFailure(line, { since: this.#wallMs(), message });
    }
  }

  async #noteFailure(line: Line, failure: PublishedEntry["failure"]): Promise<void> {
    const noted = await readPublished(this.#directory).catch(() => undefined);
    const before = line.entry ?? noted?.get(line.name);
    const last = before?.last === undefined ? {} : { last: before.last };
    await this.#note(line, { target: line.target, ...last, failure });
  }

  /** One after the other: each reads what the others noted. */
  async #note(line: Line, entry: PublishedEntry): Promise<void> {
    line.entry = entry;
    this.#noting = this.#noting
      .then(() => notePublished(this.#directory, line.name, entry))
      .catch((error: unknown) => {
        const why = error instanceof Error ? error.message : "unknown";
        this.#notice(`cannot note what was published: ${why}`);
      });
    await this.#noting;
  }
}
