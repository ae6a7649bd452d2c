import type { Json, JsonObject } from "@holdfast/model";

/** An agent that passed a task on, with what it may pass on. */
export interface DelegatedFrom {
  readonly agent: string;
  readonly scopes: readonly string[];
}

/** One call of a run that is learned from. */
export interface LearnedCall {
  readonly tool: string;
  readonly args: JsonObject;
  readonly result?: Json | undefined;
  readonly error?: Json | undefined;
  /** agents on whose behalf it was made, outermost first; absent: none */
  readonly delegation?: readonly DelegatedFrom[];
  /** the environment in which it was made; absent where nothing tells it */
  readonly environment?: string;
}

/** An honest run: what a person asked for, and what the agent did that solved it. */
export interface LearnedRun {
  readonly id: string;
  readonly user_prompt?: string | undefined;
  readonly calls: readonly LearnedCall[];
}

/** What tells tasks apart: runs with one prompt are one task, however often it was run. */
export function taskOf({ id, user_prompt: prompt }: LearnedRun): string {
  return prompt ?? id;
}

/** How many different tasks something is seen in before it counts as usual. */
export const tasksMin = 2;
