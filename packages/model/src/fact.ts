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
