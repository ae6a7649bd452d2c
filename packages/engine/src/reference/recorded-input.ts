import type { DecisionInput } from "../engine.ts";

/** All of a decision's input but the state: what occurrences record. */
export type RecordedInput = Omit<DecisionInput, "state">;
