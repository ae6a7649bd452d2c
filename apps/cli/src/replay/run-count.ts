import type { Effect } from "@holdfast/model";
import type { DecidedCall, RecordedRun } from "@holdfast/runtime";

/** What became of one run. */
export interface RunSummary {
  readonly id: string;
  readonly calls: number;
  /** calls by effect */
  readonly effects: Readonly<Partial<Record<Effect, number>>>;
  /** results that were shown otherwise than they were, or not */
  readonly changedResults: number;
  /** place of the first call that would not have run */
  readonly firstStopped?: number;
}

/** What became of all runs. */
export interface RunTotals {
  readonly runs: number;
  readonly calls: number;
  readonly effects: Readonly<Partial<Record<Effect, number>>>;
  readonly changedResults: number;
  /** runs in which at least one call would not have run */
  readonly stoppedRuns: number;
  /** calls that a rule stopped or narrowed, the most first; without a rule under the reason code */
  readonly rules: readonly {
    readonly rule: string;
    readonly effect: Effect;
    readonly calls: number;
  }[];
}

/** Sums up runs; holds numbers only. */
export class RunCount {
  #runs = 0;
  #calls = 0;
  #changedResults = 0;
  #stoppedRuns = 0;
  readonly #effects: Partial<Record<Effect, number>> = {};
  readonly #rules = new Map<string, { rule: string; effect: Effect; calls: number }>();

  add(run: RecordedRun, decided: readonly DecidedCall[]): RunSummary {
    const effects: Partial<Record<Effect, number>> = {};
    for (const { decision } of decided) {
      const { effect, code, rules } = decision;
      effects[effect] = (effects[effect] ?? 0) + 1;
      this.#effects[effect] = (this.#effects[effect] ?? 0) + 1;
      if (effect === "allow") continue;
      for (const rule of rules.length === 0 ? [code] : rules) this.#count(rule, effect);
    }
    const changedResults = decided.filter(
      ({ shown }) => shown !== undefined && shown.effect !== "allow",
    ).length;
    const firstStopped = decided.findIndex(({ shown }) => shown === undefined);
    this.#runs += 1;
    this.#calls += decided.length;
    this.#changedResults += changedResults;
    if (firstStopped >= 0) this.#stoppedRuns += 1;
    const summary = { id: run.id, calls: decided.length, effects, changedResults };
    return firstStopped < 0 ? summary : { ...summary, firstStopped };
  }

  get totals(): RunTotals {
    return {
      runs: this.#runs,
      calls: this.#calls,
      effects: this.#effects,
      changedResults: this.#changedResults,
      stoppedRuns: this.#stoppedRuns,
      rules: [...this.#rules.values()].toSorted((a, b) => b.calls - a.calls),
    };
  }

  #count(rule: string, effect: Effect): void {
    const key = `${effect} ${rule}`;
    const known = this.#rules.get(key) ?? { rule, effect, calls: 0 };
    known.calls += 1;
    this.#rules.set(key, known);
  }
}
