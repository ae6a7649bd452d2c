import { Notary, notaryPace, openFileSigner, seedBytes } from "@holdfast/log";
import type { Checkpoint, Log, LogFiles, Signer } from "@holdfast/log";
import type { Clock } from "./clock.ts";
import type { Random } from "./evidence.ts";

/** What signing the heads of a guard's log needs. */
export interface CheckpointingOptions {
  readonly log: Log;
  readonly directory: string;
  readonly files: LogFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly signer?: Signer;
  readonly notice: (text: string) => void;
}

/**
 * Gives the notary of a log its time: heads are signed behind what is durable, on nobody's way.
 * What goes wrong is told once, tried again, and never hinders deciding.
 */
export class Checkpointing {
  readonly #options: CheckpointingOptions;
  readonly #notary: Notary;
  #timer: NodeJS.Timeout | undefined;
  /** what was told last of what goes wrong */
  #trouble: string | undefined;

  private constructor(options: CheckpointingOptions, notary: Notary) {
    this.#options = options;
    this.#notary = notary;
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
      void this.#attempt(() => this.#notary.tick(this.#options.clock.monotonicMs()));
    }, notaryPace.intervalMs);
    this.#timer.unref();
  }

  /** Signs the last head, as far as that can be done, and nothing more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#attempt(() => this.#notary.sign());
    await this.#notary.close();
  }

  async #attempt(step: () => Promise<Checkpoint | undefined>): Promise<void> {
    try {
      await step();
      this.#trouble = undefined;
    } catch (error) {
      const why = error instanceof Error ? error.message : "unknown";
      if (why !== this.#trouble) this.#options.notice(`no checkpoint could be signed: ${why}`);
      this.#trouble = why;
    }
  }
}
