import type { Action } from "./action-stream.ts";
import type { Conditions } from "./scenario.ts";
import type { Oracle } from "./oracle.ts";
import type { RuleSource } from "./rule-source.ts";

/** An engine that has loaded the rules of a scenario. */
export interface Contender<T = unknown> {
  /** from what the engine is given, checked and parsed, to the first decision it could make */
  readonly loadMs: number;
  /** from texts to that, where it is a step of its own */
  readonly compileMs?: number;
  /** the action in the engine's own form, made before anything is timed */
  prepare(this: void, action: Action): T;
  /** 1 when the action may happen, else 0 */
  decide(this: void, input: T): number;
  /** the same, for an engine that only has promises */
  decideLater?(this: void, input: T): Promise<number>;
  /** the determining rules, when the engine names them */
  rulesOf?(this: void, input: T): readonly string[];
}

/** An engine that can be compared. */
export interface Candidate {
  readonly name: string;
  /** it stands behind an index that somebody must build around it */
  readonly indexed: boolean;
  /** it does not hold all conditions, or not in one engine */
  readonly partial: boolean;
  /** what was called, for the reader */
  readonly method: string;
  /** the conditions it can express */
  readonly holds: readonly Conditions[];
  /** whether an action is allowed by what a partial engine can hold; absent: the oracle says */
  judge?(this: void, action: Action): boolean;
  load(source: RuleSource, oracle: Oracle): Promise<Contender> | Contender;
}
