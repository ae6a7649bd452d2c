import { canonicalJson, copyJson } from "@holdfast/model";
import type { Decision, Json } from "@holdfast/model";
import type { PolicyTestCase } from "../document/kinds.ts";

/** One thing a case expected and did not get, both as canonical JSON or `nothing`. */
export interface Mismatch {
  /** the field of the decision: `effect`, `rules` */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

/** The field of a mismatch that is no field of a decision: facts that a case needs and lacks. */
export const factsField = "given.facts";

/** The expected fields that the decision does not have so; what is not expected is not looked at. */
export function mismatchesOf(
  expect: PolicyTestCase["expect"],
  decision: Decision,
): readonly Mismatch[] {
  const found = new Map<string, unknown>(Object.entries(decision));
  return Object.entries(expect).flatMap(([field, wanted]) => {
    const expected = textOf(field, wanted);
    const actual = textOf(field, found.get(field));
    return expected === actual ? [] : [{ field, expected, found: actual }];
  });
}

function textOf(field: string, value: unknown): string {
  if (value === undefined) return "nothing";
  const json = copyJson(value);
  // Determining rules are a set; a case may name them in any order.
  const isSet = field === "rules" && Array.isArray(json);
  return canonicalJson(isSet ? json.toSorted(byText) : json);
}

function byText(a: Json, b: Json): number {
  return canonicalJson(a) < canonicalJson(b) ? -1 : 1;
}
