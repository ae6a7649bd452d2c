import type { LearnedCall, LearnedRun } from "@holdfast/learn";

/** One call of a run that is stressed; what is absent is as the run's setting says. */
export interface StressCall extends LearnedCall {
  /** agents on whose behalf the call is made, outermost first, with what each was given */
  readonly delegation?: readonly { readonly agent: string; readonly scopes: readonly string[] }[];
  /** what the registry knows of the tool's definition; absent: that it is the pinned one */
  readonly registry?: "changed";
}

/** A run of an agent: what a person asked for, and what was called in order. */
export interface StressRun extends LearnedRun {
  readonly calls: readonly StressCall[];
}

/** A call of a mutant that the attack consists in. */
export interface MarkedCall {
  /** its place in the mutant's calls */
  readonly at: number;
  /** the place in the honest run of the call that it was made of; absent: it is a new one */
  readonly base?: number;
}

/** What a mutation changed: where a rule that stops it would have to look. */
export interface Focus {
  readonly tool: string;
  /** arguments that hold what the attacker wants; empty: it is about the call as a whole */
  readonly arguments: readonly string[];
}

/** What a mutation makes of a run, before it is named. */
export interface Draft {
  readonly calls: readonly StressCall[];
  readonly attacks: readonly MarkedCall[];
  /** calls whose results carry the attacker's words: if one is refused, the agent never reads them */
  readonly carriers: readonly number[];
  readonly focus: Focus;
}

/** An honest run made into an attack. */
export interface Mutant extends Omit<Draft, "calls"> {
  /** `run/mutation/number`, the same for the same runs */
  readonly id: string;
  /** id of the honest run */
  readonly origin: string;
  /** id of the mutation */
  readonly mutation: string;
  readonly run: StressRun;
}
