import type { Json, JsonObject } from "@holdfast/model";

/** One call that was executed and succeeded, as somebody recorded it. */
export interface SourcedCall {
  readonly server: string;
  readonly tool: string;
  /** the arguments that ran */
  readonly args: JsonObject;
  /** what the agent was shown; absent where nothing was, or nothing is kept */
  readonly result?: Json;
  /** Unix ms; absent where the source tells no time */
  readonly timeMs?: number;
  readonly agent: ActingAgent;
  /** agents on whose behalf it was made, outermost first; absent where there is none, or the source tells of none */
  readonly delegation?: readonly string[];
  /** the environment in which it was made; absent where the source tells of none */
  readonly environment?: string;
  /** where it is recorded: `record 12`, `span 00f067aa0ba902b7` */
  readonly place: string;
}

/** Who called, as far as the source tells. */
export interface ActingAgent {
  readonly id: string;
  readonly version?: string;
  readonly model?: string;
}

/** What happened under one session root: what was asked for, and the calls in order. */
export interface SourcedRun {
  readonly id: string;
  /** all that a person typed, in order, a blank line between; absent where no prompt is kept */
  readonly prompt?: string;
  readonly calls: readonly SourcedCall[];
}

/** Why a recorded call, prompt or result is in no run. */
export const leftOutReasons = [
  "refused",
  "failed",
  "simulated",
  "unfinished",
  "sessionless",
  "erased",
  "redacted",
  "unreadable_arguments",
  "prompt_erased",
  "result_not_kept",
] as const;
export type LeftOutReason = (typeof leftOutReasons)[number];

/** Runs, and how much was recorded that is in none of them. */
export interface SourcedRuns {
  /** sorted by the place of their first call, each with one at least */
  readonly runs: readonly SourcedRun[];
  /** counts of what was left out; reasons without any are absent */
  readonly leftOut: ReadonlyMap<LeftOutReason, number>;
}

/** Counts what is left out. */
export class LeftOutCount {
  readonly #counts = new Map<LeftOutReason, number>();

  add(reason: LeftOutReason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** In the order of `leftOutReasons`. */
  get counts(): ReadonlyMap<LeftOutReason, number> {
    return new Map(
      leftOutReasons.flatMap((reason) => {
        const count = this.#counts.get(reason);
        return count === undefined ? [] : [[reason, count] as const];
      }),
    );
  }
}

/** Prompts as one: each that differs from those before it. */
export function joinedPrompts(prompts: readonly string[]): string | undefined {
  return prompts.length === 0 ? undefined : [...new Set(prompts)].join("\n\n");
}
