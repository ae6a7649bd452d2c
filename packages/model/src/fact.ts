import { z } from "zod";
import type { Json } from "./json.ts";

/** The facts of POLICY.md section 1, in this order wherever they are listed. */
export const factNames = ["shell", "sql", "urls", "paths", "content", "k8s"] as const;

export type FactName = (typeof factNames)[number];

/**
 * Why a fact has no value: `unannotated` (no argument is annotated for it, or the annotated ones
 * are absent), `invalid` (does not parse, or is not a text), `limit` (too large, too deep, too
 * many, too long), `unavailable` (nothing computes it here).
 */
export const factErrorCodes = ["unannotated", "invalid", "limit", "unavailable"] as const;

export type FactErrorCode = (typeof factErrorCodes)[number];

/** What is known of one fact: its value, or why there is none. Reading the latter is an error. */
export type FactAnswer =
  | { readonly value: Json }
  | { readonly error: { readonly code: FactErrorCode; readonly reason: string } };

/** Facts by name; one that is absent was not asked for, and is an error to read. */
export type Facts = Readonly<Partial<Record<FactName, FactAnswer>>>;

const answer = z.union([
  z.strictObject({ value: z.custom<Json>((value) => value !== undefined) }),
  z.strictObject({
    error: z.strictObject({ code: z.enum(factErrorCodes), reason: z.string() }),
  }),
]);

/** {@link Facts} as they are recorded. */
export const factsSchema: z.ZodType<Facts> = z.strictObject({
  shell: answer.exactOptional(),
  sql: answer.exactOptional(),
  urls: answer.exactOptional(),
  paths: answer.exactOptional(),
  content: answer.exactOptional(),
  k8s: answer.exactOptional(),
});

/**
 * Facts of one action at each stage of deciding it: of its arguments and, in phase `result`,
 * `content` of its result.
 */
export interface ActionFacts {
  /** of what was asked, which `modify` rules see */
  readonly original?: Facts;
  /** of what would run or be shown, where rewriting or defaults make it differ from `original` */
  readonly decided?: Facts;
  /** likewise with the rules in mode observe enforced too; absent: they come to the same */
  readonly observed?: Facts;
}

/** {@link ActionFacts} as they are recorded. */
export const actionFactsSchema: z.ZodType<ActionFacts> = z.strictObject({
  original: factsSchema.exactOptional(),
  decided: factsSchema.exactOptional(),
  observed: factsSchema.exactOptional(),
});

/**
 * A stretch of text in which the fact `content` found something: an entry of its member `spans`,
 * which stands beside the members of its type and which no condition sees. Every finding in
 * `secrets` and `pii` has its stretches here; a mask of `[secrets, pii]` removes those, and denies
 * when one of them is nowhere to be found.
 */
export interface ContentSpan {
  /** as in the entry of `secrets` or `pii` that it belongs to */
  readonly type: string;
  /**
   * the one text that it stands in, names joined by `.` and places in lists as `[0]`: `body`,
   * `items[0].text`; in the result `result`, `result.text`
   */
  readonly arg: string;
  /** UTF-16 units of that text, from the first one to the one after the last */
  readonly start: number;
  readonly end: number;
}
