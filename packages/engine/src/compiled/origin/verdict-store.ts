import { KeptRequests } from "./kept-request.ts";
import type { LeafKey } from "./leaf.ts";

/** Answers kept by leaf. */
export type Verdicts<T> = Map<LeafKey, T>;

/** Answers that one state keeps at most, over all its memories; one more and all are forgotten. */
const keptMax = 65_536;
/** Answers about longer texts are not kept. */
const keyUnitsMax = 256;

/** Bounds what all memories of a state keep of answers they can give again. */
export class VerdictStore {
  /** what results ask for, of one memory at a time */
  readonly requests = new KeptRequests();
  readonly #filled = new Set<Verdicts<unknown>>();
  #kept = 0;

  keep<T>(verdicts: Verdicts<T>, key: LeafKey, verdict: T): void {
    if (typeof key === "string" && key.length > keyUnitsMax) return;
    if (this.#kept >= keptMax) {
      for (const each of this.#filled) each.clear();
      this.#filled.clear();
      this.#kept = 0;
    }
    this.#filled.add(verdicts);
    if (!verdicts.has(key)) this.#kept += 1;
    verdicts.set(key, verdict);
  }
}
