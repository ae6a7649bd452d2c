import { expect, test } from "vitest";
import { evaluateTraced, tracedAt } from "@holdfast/engine";
import type { Trace } from "@holdfast/engine";
import { scopeOf, treeOf } from "./evaluated.ts";

const traced = (text: string, variables: Parameters<typeof scopeOf>[0] = {}): Trace =>
  evaluateTraced(treeOf(text), scopeOf(variables));

/** The trace of the part that is written so. */
function part(text: string, written: string, trace: Trace): Trace | undefined {
  const start = text.indexOf(written);
  return tracedAt(trace, { start, end: start + written.length });
}

test("every part has its value by its place in the text, a right side that was not reached too", () => {
  const text = "a.amount > 100 && a.to == 'bo'";
  const trace = traced(text, { a: { amount: 50, to: "cy" } });
  expect(trace.value).toBe(false);
  expect(part(text, "a.amount", trace)?.value).toBe(50n);
  expect(part(text, "a.amount > 100", trace)?.value).toBe(false);
  expect(part(text, "a.to", trace)?.value).toBe("cy");
  expect(tracedAt(trace, { start: 0, end: 1_000 })).toBeUndefined();
});

test("a macro has the values of its parts round by round", () => {
  const trace = traced("[1, 0].exists(x, 6 / x > 7)");
  expect(trace.value).toMatchObject({ code: "divide_by_zero" });
  expect(trace.parts.map(({ value }) => value)).toEqual([[1n, 0n]]);
  const [first, second] = trace.rounds;
  expect(first?.[0]?.value).toBe(false);
  expect(first?.[0]?.parts[0]?.value).toBe(6n);
  expect(second?.[0]?.value).toMatchObject({ code: "divide_by_zero" });
});

test("what a bind and an optional hold is one round, and what is no list has none", () => {
  expect(traced("cel.bind(x, 1 / 0, x)").rounds).toHaveLength(1);
  expect(traced("optional.of(2).optMap(x, x + 1)").rounds[0]?.[0]?.value).toBe(3n);
  expect(traced("optional.none().optMap(x, x + 1)").rounds).toEqual([]);
  expect(traced("missing.all(x, x)").rounds).toEqual([]);
});

test("nothing is evaluated before it is asked for, and nothing twice", () => {
  const asked: string[] = [];
  const trace = evaluateTraced(treeOf("a + b"), {
    variable: (name) => {
      asked.push(name);
      return 1n;
    },
  });
  expect(asked).toEqual([]);
  expect([trace.parts[1]?.value, trace.parts[1]?.value]).toEqual([1n, 1n]);
  expect(asked).toEqual(["b"]);
});
