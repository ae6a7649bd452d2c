import type { Damage } from "./damage.ts";

/** Payloads of the records from `first` to `last` that the record `teller` says were erased. */
interface ErasedRun {
  readonly first: number;
  readonly last: number;
  readonly teller: number;
}

/**
 * Holds payloads that are zeros to the records that say why. A record of an erasure comes behind the
 * payloads it names, so the answer is known at the end.
 */
export class ErasureCheck {
  readonly #erased = new Map<number, string>();
  readonly #runs: ErasedRun[] = [];

  /** A payload was found to be zeros; `file` is where it lies. */
  found(index: number, file: string): void {
    this.#erased.set(index, file);
  }

  /** Takes the body of record `teller`, which is of kind `erasure`. */
  take(teller: number, record: object): void {
    const runs: unknown = Reflect.get(record, "erased");
    if (!Array.isArray(runs)) return;
    for (const run of runs as readonly unknown[]) {
      if (!Array.isArray(run)) continue;
      const [first, last] = run as readonly unknown[];
      if (typeof first !== "number" || typeof last !== "number") continue;
      this.#runs.push({ first, last, teller });
    }
  }

  /**
   * Payloads that are zeros though no record says so. WHY `covered` counts: what a signed or held
   * checkpoint covers was there when it was signed, and whoever writes files without the key can
   * append any record. So below it only a record counts that lies below it too.
   *
   * @param covered records under the newest checkpoint or head that the log was found to contain
   */
  problems(covered: number): Damage[] {
    const runs = this.#runs.toSorted((a, b) => a.first - b.first);
    const problems: Damage[] = [];
    let at = 0;
    let [reach, reachCovered] = [-1, -1];
    for (const [index, file] of [...this.#erased].sort((a, b) => a[0] - b[0])) {
      for (let run = runs[at]; run !== undefined && run.first <= index; run = runs[at]) {
        reach = Math.max(reach, run.last);
        if (run.teller < covered) reachCovered = Math.max(reachCovered, run.last);
        at += 1;
      }
      if (index <= (index < covered ? reachCovered : reach)) continue;
      const message = `payload of record ${index} is erased, and no record says so`;
      problems.push({ code: "log_payload_erased", file, message });
    }
    return problems;
  }
}
