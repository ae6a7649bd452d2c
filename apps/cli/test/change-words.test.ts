import { expect, test } from "vitest";
import { aboutOf, wherePart } from "../src/change-words.ts";

test.each([
  [[], "everywhere"],
  [["a.b"], "a.b"],
  [["a.b", "a.b, delegated"], "a.b (also delegated)"],
  [["a.b, delegated", "c.d"], "a.b (delegated), c.d"],
  [["a.b", "a.b, delegated", "c.d", "e.f, delegated"], "a.b (also delegated), c.d and 1 more"],
])("the place of %j", (tools, shown) => {
  expect(wherePart(tools)).toBe(shown);
});

test.each([
  ["newly allowed", [], ["p/r"], "p/r (new)"],
  ["newly allowed", ["p/r"], [], "p/r (old)"],
  ["newly denied", [], [], "what must be so before rules are judged"],
  [
    "no longer: throttle",
    ["p/r", "p/s"],
    ["p/r"],
    "no longer: throttle: p/r (old and new), p/s (old)",
  ],
  ["Event `e` is defined otherwise", [], [], "Event `e` is defined otherwise"],
  [
    "newly denied",
    ["a", "b", "c", "d", "e", "f"],
    [],
    "a (old), b (old), c (old), d (old) and 2 more",
  ],
])("why: %s by %j and %j", (about, old, now, shown) => {
  expect(aboutOf({ about, rules: { old, new: now } })).toBe(shown);
});
