import type { LearnedRun } from "./learned-run.ts";

/** How often one tool was called right after another. */
export interface ToolSuccession {
  /** `undefined`: the run began with `to` */
  readonly from: string | undefined;
  readonly to: string;
  readonly calls: number;
  /** runs in which that happened */
  readonly runs: number;
}

/** Which tool came right after which; sorted by names, what runs began with first. The same in any order of runs. */
export function toolSuccessions(runs: readonly LearnedRun[]): readonly ToolSuccession[] {
  const found = new Map<string, { from: string | undefined; to: string; in: string[] }>();
  for (const { calls, id } of runs) {
    let from: string | undefined;
    for (const { tool: to } of calls) {
      const key = JSON.stringify([from ?? null, to]);
      const known = found.get(key) ?? { from, to, in: [] };
      found.set(key, known);
      known.in.push(id);
      from = to;
    }
  }
  return [...found]
    .sort(([a], [b]) => order(a, b))
    .map(([, { from, to, in: ids }]) => ({ from, to, calls: ids.length, runs: new Set(ids).size }));
}

/** Beginnings, whose key holds no name, stand first. */
function order(a: string, b: string): number {
  const [first, second] = [a.startsWith("[null"), b.startsWith("[null")];
  if (first !== second) return first ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}
