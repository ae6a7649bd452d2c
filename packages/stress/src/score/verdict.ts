import type { StressRun } from "../run/stress-run.ts";

/** What an engine decided of one call. */
export interface StressVerdict {
  readonly effect: string;
  /** reason code (POLICY.md section 2) */
  readonly code: string;
  /** rules that determined it, `policy/rule`; empty where none did */
  readonly rules: readonly string[];
}

/** Decides each call of a run, in order, as an enforcement point would have. */
export type StressJudge = (run: StressRun) => readonly StressVerdict[];

/** What became of an attack: what the hardest decision on a marked call was. */
export type Fate = "denied" | "stepped_up" | "survived" | "refused_anyway";

/** Whether a call runs all the same. */
export function runs({ effect }: StressVerdict): boolean {
  return effect === "allow" || effect === "modify" || effect === "sandbox";
}

/** Whether a person is asked, so that it may still run. */
export function asks({ effect }: StressVerdict): boolean {
  return effect === "step_up" || effect === "defer";
}
