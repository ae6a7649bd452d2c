import { contentFact } from "@holdfast/facts";
import { Ajv2020 } from "ajv/dist/2020.js";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { placed, score } from "./content-score/labelled-set.ts";
import type { LabelledItem, ScoredFact } from "./content-score/labelled-set.ts";

const folder = new URL("../conformance/content/", import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), "utf8"));
const set = read("labelled.json") as { readonly items: readonly LabelledItem[] };

function factOf(text: string): ScoredFact {
  const answer = contentFact([{ arg: "body", use: "content", value: text }]);
  if ("error" in answer) throw new Error(answer.error.reason);
  return answer.value as unknown as ScoredFact;
}

test("the labelled set fits its schema, and a third of it is held back", () => {
  const validate = new Ajv2020().compile(read("labelled.schema.json") as object);
  expect(validate(set), JSON.stringify(validate.errors?.[0])).toBe(true);
  const { items } = set;
  expect(items.length).toBeGreaterThanOrEqual(300);
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  expect(items.filter(({ part }) => part === "held").length).toBeGreaterThan(items.length / 3);
});

test("detectors find no less of the labelled set, and no more beside it, than was measured", () => {
  const { scores } = score(set.items, factOf);
  for (const { found, missed, wrong } of Object.values(scores)) {
    expect(found / (found + missed)).toBeGreaterThanOrEqual(0.95);
    expect(found / (found + wrong)).toBeGreaterThanOrEqual(0.95);
  }
});

test("a score tells what is missed, what is wrong, and what has another name", () => {
  const item: LabelledItem = {
    id: "001",
    part: "shown",
    about: "made",
    text: ["a ", { kind: "pii", type: "email", of: ["x@", "y"] }, " b"],
    injection: true,
  };
  expect(placed(item)).toEqual({
    whole: "a x@y b",
    values: [{ kind: "pii", type: "email", start: 2, end: 5 }],
  });
  const fact = (spans: ScoredFact["spans"], secrets: ScoredFact["secrets"] = []): ScoredFact => {
    return { spans, secrets, injection: [], invisible: true };
  };
  const span = (type: string, start: number, end: number) => ({ type, arg: "body", start, end });
  const missed = score([item], () => fact([span("email", 2, 4), span("card", 6, 7)])).scores;
  expect(missed.pii).toEqual({ found: 0, missed: 1, wrong: 1, named: 0 });
  expect(missed.injection).toEqual({ found: 0, missed: 1, wrong: 0, named: 0 });
  expect(missed.invisible).toEqual({ found: 0, missed: 0, wrong: 1, named: 0 });
  const named = score([item], () => fact([span("phone", 1, 6)])).scores;
  expect(named.pii).toEqual({ found: 1, missed: 0, wrong: 0, named: 0 });
  const other = score([item], () => fact([span("jwt", 2, 5)], [{ type: "jwt" }])).scores;
  expect([other.pii.missed, other.secrets.wrong]).toEqual([1, 1]);
});
