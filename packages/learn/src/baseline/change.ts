import type { Json } from "@holdfast/model";
import type { AgentIdentity } from "./agent-run.ts";
import type { Dimension } from "./feature.ts";

/** Something that tasks show and the baseline does not. */
export interface Change {
  readonly dimension: Dimension | "rates";
  /** in words, without any value */
  readonly what: string;
  /** tasks that show it; where it is about the length of runs, runs */
  readonly seen: number;
  /** the first call that showed it, by time, else by the order of the runs */
  readonly first?: {
    readonly run: string;
    readonly place: string;
    /** Unix ms */
    readonly timeMs?: number;
    /** the value that was new, where it is one */
    readonly value?: Json;
  };
}

/** How much is new in one way. */
export interface Novelty {
  readonly dimension: Dimension | "rates";
  /** things that tasks showed and that the baseline does not have, counted once for each task */
  readonly novel: number;
  /** all things that tasks showed, counted in the same way; for rates those that are compared */
  readonly of: number;
  /** as many could be new though nothing has changed, by how much was seen only once while learning */
  readonly expected: number;
  readonly drifts: boolean;
}

/**
 * How a comparison came about: with the baseline of the same version and model (`same`), with that of
 * another one of the same agent, which says what is new but is no drift (`new_version`), or with nothing.
 */
export type Comparison = "same" | "new_version" | "unknown_agent";

/** How one agent, in one version and with one model, behaves beside its baseline. */
export interface AgentDrift extends AgentIdentity {
  readonly comparison: Comparison;
  /** what it was compared with */
  readonly against?: AgentIdentity;
  readonly tasks: number;
  readonly runs: number;
  readonly calls: number;
  /** first and last call, Unix ms */
  readonly from?: number;
  readonly to?: number;
  readonly novelty: readonly Novelty[];
  /** in the order of dimensions, most seen first */
  readonly changes: readonly Change[];
  /** a dimension drifts beside the same version, or nobody knows the agent */
  readonly drifts: boolean;
}
