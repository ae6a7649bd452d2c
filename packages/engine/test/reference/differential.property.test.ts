import { isCelError, isCelList, isCelMap, isCelUint, run } from "@bufbuild/cel";
import type { CelInput } from "@bufbuild/cel";
import { strings } from "@bufbuild/cel/ext";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  CelError,
  CelMap,
  Uint,
  evaluate,
  evaluateTraced,
  fromJson,
  parseExpression,
} from "@holdfast/engine";
import type { Scope } from "@holdfast/engine";
import type { Json } from "@holdfast/model";
import { differencesIn } from "./oracle-difference.ts";
import { expressionTexts, variables } from "./random-expression.ts";
import type { Variables } from "./random-expression.ts";

function scopeOf(values: Variables): Scope {
  return {
    variable: (name) => {
      const json = values[name];
      return json === undefined ? undefined : fromJson(json);
    },
  };
}

/** The oracle's result, in the same words. */
function oracles(text: string, values: Variables): string {
  const inputs = Object.entries(values).map(([name, json]) => [name, input(json)] as const);
  return describe(run(text, Object.fromEntries(inputs), { funcs: strings }));
}

/** The oracle takes a double for every number but a bigint. */
function input(json: Json): CelInput {
  if (typeof json === "number") {
    return Number.isInteger(json) && Math.abs(json) <= 2 ** 53 ? BigInt(json) : json;
  }
  if (Array.isArray(json)) return json.map((item: Json) => input(item));
  if (json === null || typeof json !== "object") return json;
  const entries = Object.entries(json).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return new Map(entries.map(([key, value]) => [key, input(value)]));
}

/** A value of either engine, with its type; maps in the order of their entries. */
function describe(value: unknown): string {
  if (value instanceof CelError || isCelError(value)) return "error";
  if (value instanceof Uint || isCelUint(value)) return `uint:${value.value}`;
  if (value instanceof CelMap || isCelMap(value)) {
    const entries = [...value.entries()].map(([key, held]) => `${describe(key)}=${describe(held)}`);
    return `{${entries.join(",")}}`;
  }
  if (value instanceof Uint8Array) return `bytes:${value.join()}`;
  if (Array.isArray(value) || isCelList(value)) {
    return `[${Array.from(value, (item) => describe(item)).join(",")}]`;
  }
  if (typeof value === "object") return value === null ? "null" : "another object";
  return typeof value === "string"
    ? `text:${value}`
    : `${typeof value}:${JSON.stringify(value, exact)}`;
}

/** A bigint or a double, NaN and infinities too, in words. */
function exact(_: string, part: unknown): unknown {
  return typeof part === "bigint" || typeof part === "number" ? `${part}` : part;
}

/** Both results, and whether a difference between them is one that a sentence explains. */
function compared(
  text: string,
  values: Variables,
): { readonly ours: string; readonly theirs: string; readonly explained: readonly string[] } {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`${text} does not parse`);
  const ours = describe(evaluate(parsed.ast, scopeOf(values)));
  const theirs = oracles(text, values);
  const trace = evaluateTraced(parsed.ast, scopeOf(values));
  const explained = ours === theirs ? [] : differencesIn(trace).map(({ sentence }) => sentence);
  return { ours, theirs, explained };
}

test("random expressions come to the same value as in @bufbuild/cel, or to an error in both", () => {
  fc.assert(
    fc.property(expressionTexts, variables, (text, values) => {
      const { ours, theirs, explained } = compared(text, values);
      if (explained.length === 0) expect(ours).toBe(theirs);
    }),
    { numRuns: 3_000 },
  );
});
