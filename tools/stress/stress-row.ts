import Table from "cli-table3";
import {
  catalogue,
  killedPercent,
  talliesByClass,
  talliesByMutation,
  tallyOf,
} from "@holdfast/stress";
import type { ScoredMutant, Tally } from "@holdfast/stress";
import type { Stressed } from "./stressed.ts";

/** What became of the mutants of a policy set, a class or an entry. */
export interface StressRow extends Tally {
  readonly kind: Stressed["kind"];
  /** the set, or `all` */
  readonly set: string;
  /** `class`, `entry`, or `all` of those that know the policy or do not */
  readonly of: string;
  readonly adaptive: boolean;
  /** in percent; null of no mutant */
  readonly killed: number | null;
}

/** Rows of all sets of a kind together by class and by entry, and of each set. */
export function stressRows(sets: readonly Stressed[]): readonly StressRow[] {
  const kinds = ["learned", "reference"] as const;
  return kinds.flatMap((kind) => {
    const own = sets.filter((set) => set.kind === kind);
    const all = own.flatMap((set) => set.all);
    if (all.length === 0) return [];
    const row = (set: string, of: string, adaptive: boolean, tally: Tally): StressRow => {
      const killed = killedPercent(tally);
      const share = killed === undefined ? null : Math.round(killed * 10) / 10;
      return { kind, set, of, adaptive, ...tally, killed: share };
    };
    const totals = (set: string, of: readonly ScoredMutant[]): readonly StressRow[] =>
      [false, true].map((adaptive) =>
        row(
          set,
          "all",
          adaptive,
          tallyOf(of.filter(({ mutation }) => mutation.isAdaptive === adaptive)),
        ),
      );
    const isAdaptive = (name: string): boolean =>
      catalogue.find((mutation) => mutation.class === name)?.isAdaptive === true;
    const classes = talliesByClass(all).map((each) =>
      row("all", each.class, isAdaptive(each.class), each.tally),
    );
    const entries = talliesByMutation(all, catalogue).map(({ mutation, tally }) =>
      row("all", `${mutation.class}/${mutation.id}`, mutation.isAdaptive, tally),
    );
    const ofSets = own.flatMap((set) => totals(set.name, set.all));
    return ofSets.concat(totals("all", all), classes, entries);
  });
}

/** The rows for people. */
export function stressRowTable(rows: readonly StressRow[]): string {
  const table = new Table({
    head: [
      "policies",
      "set",
      "attacks",
      "adaptive",
      "mutants",
      "killed",
      "denied",
      "stepped up",
      "survived",
      "refused anyway",
    ],
    style: { head: [], border: [] },
  });
  for (const each of rows) {
    const killed = each.killed === null ? "-" : `${each.killed.toFixed(1)} %`;
    const { mutants, denied, steppedUp, survived, refusedAnyway } = each;
    table.push([
      each.kind,
      each.set,
      each.of,
      each.adaptive ? "yes" : "no",
      mutants,
      killed,
      denied,
      steppedUp,
      survived,
      refusedAnyway,
    ]);
  }
  return table.toString();
}
