import type { JsonObject } from "@holdfast/model";
import type { World } from "./made-world.ts";

/** One action that is asked for: the tool as `server.name` of the pack's Tool document. */
export interface Step {
  readonly tool: string;
  readonly args: JsonObject;
  readonly world: World;
}

/** What a text that is no request comes to before any policy is asked. */
export interface Refusal {
  readonly refused: string;
}

/** One row of a corpus as actions: it is executed when each of its steps is allowed unchanged. */
export interface CorpusCase {
  /** `bypass`, or the file's name */
  readonly corpus: string;
  readonly kind: string;
  /** the policy in words that it is held to, such as `P-SQL-RO` */
  readonly policy: string;
  readonly id: string;
  /** whether it should not be executed */
  readonly attack: boolean;
  /** what it is about, for people */
  readonly text: string;
  readonly steps: readonly (Step | Refusal)[];
}

/** A row that nothing here can judge yet. */
export interface SkippedCase {
  readonly corpus: string;
  readonly kind: string;
  readonly policy: string;
  readonly skipped: true;
}
