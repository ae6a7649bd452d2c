import { Notary, notaryPace, openFileSigner, seedBytes, TileWriter } from "@holdfast/log";
import type { Log, LogFiles, Signer } from "@holdfast/log";
import type { Clock } from "./clock.ts";
import type { Random } from "./evidence.ts";
import { Publisher } from "./publish/publisher.ts";
import type { PublishTarget } from "./publish/target.ts";

/** What signing the heads of a guard's log needs. */
export interface CheckpointingOptions {
  readonly log: Log;
  readonly directory: string;
  readonly files: LogFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly signer?: Signer;
  readonly notice: (text: string) => void;
  readonly publish: readonly PublishTarget[];
}

/**
 * Gives the notary of a log its time: heads are signed behind what is durable, on nobody's way.
 * What goes wrong is told once, tried again, and never hinders deciding.
 */
export class Checkpointing {
  readonly #options: CheckpointingOptions;
  readonly #notary: Notary;
  readonly #tiles: TileWriter;
  readonly #publisher: Publisher;
  #timer: NodeJS.Timeout | undefined;
  /** what goes wrong now, and why */
  readonly #trouble = new Map<string, string>();

  private constructor(options: CheckpointingOptions, notary: Notary) {
    this.#options = options;
    this.#notary = notary;
    this.#tiles = new TileWriter(options);
    const { clock, directory, notice, publish } = options;
    const wallMs = () => Math.max(0, Math.floor(clock.wallMs()));
    this.#publisher = new Publisher({ directory, targets: publish, wallMs, notice });
  }

  /**
   * Opens the notes of a log, whose key is made now when it has none.
   *
   * @throws HoldfastError `log_key` when the log's key is lost; what the file system answers
   */
  static async open(options: CheckpointingOptions): Promise<Checkpointing> {
    const { files, directory, log, random } = options;
    const { origin } = log;
    const signer =
      options.signer ??
      (await openFileSigner({ files, directory, origin, seed: () => random(seedBytes) }));
    return new Checkpointing(
      options,
      await Notary.open({ files, directory, log, signers: [signer] }),
    );
  }

  /** From here on heads are signed as time passes; keeps no process alive. */
  start(): void {
    this.#timer = setInterval(() => {
      void this.#tick();
    }, notaryPace.intervalMs);
    this.#timer.unref();
    // At once, so that little has to be read that could have been kept.
    void this.#attempt("no tiles could be written", () => this.#tiles.write());
  }

  /** Signs the head as it is now, if that can be done; then the note is kept. */
  async sign(): Promise<void> {
    const checkpoint = await this.#attempt("no checkpoint could be signed", () =>
      this.#notary.sign(),
    );
    if (checkpoint !== undefined) this.#publisher.offer(checkpoint);
  }

  /** Signs the last head, as far as that can be done, and nothing more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#attempt("no checkpoint could be signed", () => this.#notary.sign());
    await this.#notary.close();
    await this.#attempt("no tiles could be written", () => this.#tiles.write());
    await this.#tiles.close();
    if (this.#notary.newest !== undefined) this.#publisher.offer(this.#notary.newest);
    await this.#attempt("no checkpoint could be published", () =>
      Promise.race([this.#publisher.flush(), patience()]),
    );
  }

  async #tick(): Promise<void> {
    const nowMs = this.#options.clock.monotonicMs();
    const checkpoint = await this.#attempt("no checkpoint could be signed", () =>
      this.#notary.tick(nowMs),
    );
    if (checkpoint !== undefined) {
      await this.#attempt("no tiles could be written", () => this.#tiles.write());
      this.#publisher.offer(checkpoint);
    }
    this.#publisher.tick(nowMs);
  }

  async #attempt<T>(what: string, step: () => Promise<T>): Promise<T | undefined> {
    try {
      const done = await step();
      this.#trouble.delete(what);
      return done;
    } catch (error) {
      const why = error instanceof Error ? error.message : "unknown";
      if (this.#trouble.get(what) !== why) this.#options.notice(`${what}: ${why}`);
      this.#trouble.set(what, why);
      return undefined;
    }
  }
}

/** A target that does not answer keeps no guard from closing for longer than this. */
const patienceMs = 3_000;

function patience(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, patienceMs).unref();
  });
}
