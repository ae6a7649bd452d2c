import type { LogRecord } from "@holdfast/model";
import { sealedScheme } from "../vault/vault.ts";
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
  /** the newest record that names a sealed payload, -1 for none; absent where that is not known */
  readonly sealed?: number | undefined;
}

/** Keeps up what the records of a log say, one after the other. */
export class Standing {
  /** what each session root has seen */
  readonly seen: SeenTable;
  #lastMs: number;
  #bundle: string | undefined;
  readonly #dangling: Map<number, Dangling>;
  #sealed: number | undefined;

  constructor(image: StandingImage = { lastMs: 0, dangling: [], seen: [], sealed: -1 }) {
    const { lastMs, bundle, dangling, seen, sealed } = image;
    this.#lastMs = lastMs;
    this.#bundle = bundle;
    this.#dangling = new Map(dangling);
    this.seen = new SeenTable(seen);
    this.#sealed = sealed;
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

  /** The newest record that names a sealed payload, -1 for none; undefined where that is not known. */
  get sealed(): number | undefined {
    return this.#sealed;
  }

  note(index: number, record: LogRecord): void {
    if ("payload" in record && record.payload?.scheme === sealedScheme) this.#sealed = index;
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
    const sealed = this.#sealed === undefined ? {} : { sealed: this.#sealed };
    return { lastMs: this.#lastMs, dangling, seen: this.seen.image(), ...bundle, ...sealed };
  }
}
