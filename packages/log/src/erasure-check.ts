import type { Damage } from "./damage.ts";

/**
 * Holds payloads that are zeros to the records that say why. A record of an erasure comes behind the
 * payloads it names, so the answer is known at the end.
 */
export class ErasureCheck {
  readonly #erased = new Map<number, string>();
  readonly #runs: (readonly [number, number])[] = [];

  /** A payload was found to be zeros; `file` is where it lies. */
  found(index: number, file: string): void {
    this.#erased.set(index, file);
  }

  /** Takes the body of a record of kind `erasure`. */
  take(record: object): void {
    const runs: unknown = Reflect.get(record, "erased");
    if (!Array.isArray(runs)) return;
    for (const run of runs as readonly unknown[]) {
      if (!Array.isArray(run)) continue;
      const [first, last] = run as readonly unknown[];
      if (typeof first === "number" && typeof last === "number") this.#runs.push([first, last]);
    }
  }

  /** Payloads that are zeros though no record says so. */
  problems(): Damage[] {
    const runs = this.#runs.toSorted((a, b) => a[0] - b[0]);
    const problems: Damage[] = [];
    let at = 0;
    let reach = -1;
    for (const [index, file] of [...this.#erased].sort((a, b) => a[0] - b[0])) {
      for (; (runs[at]?.[0] ?? Number.POSITIVE_INFINITY) <= index; at += 1) {
        reach = Math.max(reach, runs[at]?.[1] ?? -1);
      }
      if (index <= reach) continue;
      const message = `payload of record ${index} is erased, and no record says so`;
      problems.push({ code: "log_payload_erased", file, message });
    }
    return problems;
  }
}
