import type { FactReader, SqlParser } from "@holdfast/facts";
import { Chance } from "../engine-fuzz/chance.ts";
import { Examination } from "./examination.ts";
import type { Fault } from "./examination.ts";
import type { FuzzTarget } from "./target.ts";

/** When a target has had enough: after so many inputs, or so long. */
export type Span = { readonly inputs: number } | { readonly seconds: number };

/** What became of one target. */
export interface TargetRun {
  readonly target: string;
  readonly inputs: number;
  /** of these, inputs with a fact that has a value and is not opaque */
  readonly told: number;
  readonly faults: readonly Fault[];
}

/** What a target runs with. */
export interface RunSettings {
  readonly seed: number;
  readonly span: Span;
  readonly sqlParser: SqlParser;
  /** what computes the facts, when it is another reader than the real one */
  readonly reader?: FactReader;
}

/** Faults of one target that are kept: more say nothing new. */
const faultsMax = 20;

/**
 * Makes inputs of a target from a seed and examines each. The same seed makes the same inputs; how
 * many of them is up to `span`. Time is only looked at, and slow inputs only told, with `seconds`.
 */
export function runTarget(
  target: FuzzTarget,
  { seed, span, sqlParser, reader }: RunSettings,
): TargetRun {
  const examination = new Examination(sqlParser, reader);
  const chance = new Chance(seed);
  const timed = "seconds" in span;
  const until = timed ? performance.now() + span.seconds * 1000 : Infinity;
  const most = "inputs" in span ? span.inputs : Infinity;
  const faults: Fault[] = [];
  let inputs = 0;
  let told = 0;
  while (inputs < most && performance.now() < until && faults.length < faultsMax) {
    const input = target.make(chance);
    const { faults: found, isTold } = examination.examine(target, input, timed);
    faults.push(...found);
    inputs += 1;
    if (isTold) told += 1;
  }
  return { target: target.name, inputs, told, faults };
}
