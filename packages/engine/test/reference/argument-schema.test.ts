import { createReferenceEngine } from "@holdfast/engine";
import { readRequest } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { describe, expect, test } from "vitest";
import { bundleOf } from "../decision-case.ts";

/** What is wrong with the argument `v` of a tool with this schema of `v`; undefined if nothing is. */
function problemOf(schema: JsonObject, value: Json): string | undefined {
  const properties = JSON.stringify({ type: "object", properties: { v: schema } });
  const engine = createReferenceEngine(
    bundleOf([
      `{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: a.b}, spec: {labels: [read], schema: ${properties}}}`,
      "{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {match: {tools: [a.b]}, rules: [{id: grant, effect: allow}]}}",
    ]),
  );
  const read = readRequest({
    id: "1",
    tenant: "t",
    agent: { id: "bot", roles: [] },
    session: { id: "s" },
    tool: { server: "a", name: "b" },
    action: { kind: "tool", operation: "call", phase: "call" },
    args: { v: value },
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const state = engine.createState();
  const decision = engine.decide({ request: read.request, state, external: {}, nowMs: 0 });
  if (decision.effect === "allow") return undefined;
  expect(decision.code).toBe("schema");
  return decision.reason;
}

describe("keywords that compare whole values", () => {
  test.each([
    [{ const: { a: 1, b: [2] } }, { b: [2], a: 1 }],
    [{ const: 1 }, 1],
    [{ const: null }, null],
    [{ enum: [{ a: 1 }, "x", [1, 2]] }, { a: 1 }],
    [{ enum: [{ a: 1 }, "x", [1, 2]] }, [1, 2]],
    [{ enum: [{ a: 1 }, "x", [1, 2]] }, "x"],
    [{ uniqueItems: true }, [{ a: 1 }, { a: 2 }, 1, "1", true, null]],
    [{ uniqueItems: false }, [1, 1]],
    [{ uniqueItems: true }, "aa"],
  ])("%j fits %j", (schema, value) => {
    expect(problemOf(schema, value)).toBeUndefined();
  });

  test.each([
    [{ const: { a: 1 } }, { a: 2 }, "`/v` must be equal to constant"],
    [{ const: "1" }, 1, "`/v` must be equal to constant"],
    [{ const: 0 }, false, "`/v` must be equal to constant"],
    [{ enum: [{ a: 1 }, "x"] }, { a: 1, b: 1 }, "`/v` must be equal to one of the allowed values"],
    [{ enum: ["{}"] }, {}, "`/v` must be equal to one of the allowed values"],
    [
      { uniqueItems: true },
      [{ a: 1, b: 2 }, 3, { b: 2, a: 1 }],
      "`/v` must NOT have duplicate items (items ## 0 and 2 are identical)",
    ],
  ])("%j does not fit %j", (schema, value, problem) => {
    expect(problemOf(schema, value)).toContain(problem);
  });

  test("a long list of different objects is compared in linear time", () => {
    // Pair by pair these are eight hundred million comparisons, which no run of the tests survives.
    const items = Array.from({ length: 40_000 }, (_, index) => ({ id: index }));
    expect(problemOf({ uniqueItems: true }, items)).toBeUndefined();
  });
});
