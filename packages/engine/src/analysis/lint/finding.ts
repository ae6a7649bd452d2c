import type { Decision, Json, Span } from "@holdfast/model";

/**
 * How much a finding matters. `error`: the set does not do what it says. `warning`: very likely a
 * mistake. `note`: worth knowing. `unknown`: could not be decided, which is never told as fine.
 */
export const findingLevels = ["error", "warning", "note", "unknown"] as const;
export type FindingLevel = (typeof findingLevels)[number];

/** A request that shows a finding, in the form of a PolicyTest case, and what the engine decided. */
export interface Witness {
  readonly request: Json;
  /** as `given` of a PolicyTest; absent where no history matters */
  readonly given?: Json;
  /** of the engine, which was run */
  readonly decision: Pick<Decision, "effect" | "code" | "rules">;
}

/** Replaces a stretch of a file, in UTF-16 units. */
export interface TextEdit {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A change that mends a finding and lets every decision be what it was. */
export interface Fix {
  /** what it does, in words */
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** What lint found, and where. */
export interface Finding {
  /** one of `lintCodes`, or that of a warning of the compiler */
  readonly code: string;
  readonly level: FindingLevel;
  /** lower case, no final period, user input in backticks */
  readonly message: string;
  readonly span: Span;
  /** rules it is about, `policy/rule` */
  readonly rules: readonly string[];
  /** what to do, in words */
  readonly suggestion?: string;
  readonly notes?: readonly { readonly message: string; readonly span: Span }[];
  readonly witness?: Witness;
  readonly fix?: Fix;
}

/** What a check may tell besides the message. */
export interface Detail {
  readonly rules?: readonly string[];
  /** when it differs from that of the code */
  readonly level?: FindingLevel;
  readonly suggestion?: string | undefined;
  readonly notes?: Finding["notes"];
  readonly witness?: Witness | undefined;
  readonly fix?: Fix | undefined;
}
