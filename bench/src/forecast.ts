/** What a cell took at so many rules: loading it, and the fewest decisions that are made of it. */
interface Measured {
  readonly rules: number;
  readonly ms: number;
}

/**
 * How long cells of one engine and scenario take at more rules, as far as smaller ones tell. Of
 * what the least cell took nothing is multiplied: most of it is starting, and a busy machine made
 * the rest. So a forecast never is of one cell alone, and is of time that grew with the rules.
 */
export class Forecast {
  #least: Measured | undefined;
  #latest: Measured | undefined;
  #failed = false;

  /** Takes note of a cell that was measured. */
  note(measured: Measured): void {
    if (this.#least === undefined || measured.rules < this.#least.rules) this.#least = measured;
    this.#latest = measured;
  }

  /** Takes note of a cell without numbers; once one had some, more rules are too many. */
  fail(): void {
    this.#failed = this.#latest !== undefined;
  }

  /** The time at so many rules in ms, infinite when fewer were too many; 0 when nothing tells. */
  msAt(rules: number): number {
    if (this.#failed) return Number.POSITIVE_INFINITY;
    if (this.#least === undefined || this.#latest === undefined) return 0;
    const grew = this.#latest.ms - this.#least.ms;
    const more = this.#latest.rules - this.#least.rules;
    return more <= 0 || grew <= 0 ? 0 : (grew / more) * rules;
  }
}
