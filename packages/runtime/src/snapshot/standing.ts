import type { LogRecord } from "@holdfast/model";
import { SeenTable } from "./seen-table.ts";
import type { SessionSeen } from "./seen-table.ts";

/** A granted action without an outcome. */
export interface Dangling {
  /** action id */
  readonly id: string;
  /** absent: it belongs to no session */
  readonly root?: string | undefined;
}

/** What the log says to whoever opens it, besides what its bundle makes of it. */
export interface StandingImage {
  /** time of the newest record */
  readonly lastMs: number;
  /** digest of the bundle that decided last */
  readonly bundle?: string | undefined;
  /** granted actions without an outcome, by index of the decision record */
  readonly dangling: readonly (readonly [number, Dangling])[];
  /** by session root */
  readonly seen: readonly (readonly [string, SessionSeen])[];
}

/** Keeps up what the records of a log say, one after the other. */
export class Standing {
  /** what each session root has seen */
  readonly seen: SeenTable;
  #lastMs: number;
  #bundle: string | undefined;
  readonly #dangling: Map<number, Dangling>;

  constructor(
    { lastMs, bundle, dangling, seen }: StandingImage = { lastMs: 0, dangling: [], seen: [] },
  ) {
    this.#lastMs = lastMs;
    this.#bundle = bundle;
    this.#dangling = new Map(dangling);
    this.seen = new SeenTable(seen);
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  get bundle(): string | undefined {
    return this.#bundle;
  }

  get dangling(): ReadonlyMap<number, Dangling> {
    return this.#dangling;
  }

  note(index: number, record: LogRecord): void {
    this.#lastMs = Math.max(this.#lastMs, record.time);
    if (record.kind === "policy") this.#bundle = record.bundle;
    if (record.kind === "observation") this.seen.observed(index, record);
    if (record.kind === "decision" && record.granted) {
      const { action, session } = record;
      this.#dangling.set(index, { id: action.id, root: session?.root });
    }
    if (record.kind === "outcome" && record.taints !== undefined) {
      const root = this.#dangling.get(record.decision)?.root;
      if (root !== undefined) this.seen.released(root, record.taints);
    }
    if (record.kind === "outcome" || record.kind === "ambiguous") {
      this.#dangling.delete(record.decision);
    }
  }

  image(): StandingImage {
    const bundle = this.#bundle === undefined ? {} : { bundle: this.#bundle };
    const dangling = [...this.#dangling];
    return { lastMs: this.#lastMs, dangling, seen: this.seen.image(), ...bundle };
  }
}
