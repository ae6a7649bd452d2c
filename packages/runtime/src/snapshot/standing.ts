import type { LogRecord } from "@holdfast/model";

/** What the log says to whoever opens it, besides what its bundle makes of it. */
export interface StandingImage {
  /** time of the newest record */
  readonly lastMs: number;
  /** digest of the bundle that decided last */
  readonly bundle?: string | undefined;
  /** granted actions without an outcome: index of the decision record, and action id */
  readonly dangling: readonly (readonly [number, string])[];
}

/** Keeps up what the records of a log say, one after the other. */
export class Standing {
  #lastMs: number;
  #bundle: string | undefined;
  readonly #dangling: Map<number, string>;

  constructor({ lastMs, bundle, dangling }: StandingImage = { lastMs: 0, dangling: [] }) {
    this.#lastMs = lastMs;
    this.#bundle = bundle;
    this.#dangling = new Map(dangling);
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  get bundle(): string | undefined {
    return this.#bundle;
  }

  get dangling(): ReadonlyMap<number, string> {
    return this.#dangling;
  }

  note(index: number, record: LogRecord): void {
    this.#lastMs = Math.max(this.#lastMs, record.time);
    if (record.kind === "policy") this.#bundle = record.bundle;
    if (record.kind === "decision" && record.granted) this.#dangling.set(index, record.action.id);
    if (record.kind === "outcome" || record.kind === "ambiguous") {
      this.#dangling.delete(record.decision);
    }
  }

  image(): StandingImage {
    const bundle = this.#bundle === undefined ? {} : { bundle: this.#bundle };
    return { lastMs: this.#lastMs, dangling: [...this.#dangling], ...bundle };
  }
}
