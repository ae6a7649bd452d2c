import type { JsonObject } from "@holdfast/model";

/** What a person said of a call: it should run, it should not, or nobody has looked. */
export type Review = "approved" | "denied" | "open";

/** A recorded call that the present policies refuse, or would ask a person about. */
export interface RefusedCall {
  /** index of the record */
  readonly sequence: number;
  readonly server: string;
  readonly tool: string;
  readonly agent: string;
  readonly args: JsonObject;
  readonly review: Review;
  /** why, as the present policies decide it */
  readonly code: string;
  /** rules that determine it, `policy/rule` */
  readonly rules: readonly string[];
}
