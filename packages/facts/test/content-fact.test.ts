import fc from "fast-check";
import { contentFact, createFactReader } from "@holdfast/facts";
import type { ContentSpan, FactAnswer, Json } from "@holdfast/model";
import { expect, test } from "vitest";
import { expectFact, keepCases, readCases } from "./fact-case.ts";
import { contentText, madeKeys } from "./made-content.ts";
import { madeFiles } from "./made-files.ts";

interface Fact {
  readonly secrets: readonly { readonly type: string; readonly arg: string }[];
  readonly pii: readonly { readonly type: string; readonly arg: string }[];
  readonly injection: readonly { readonly marker: string; readonly arg: string }[];
  readonly invisible: boolean;
  readonly bytes: number;
  readonly spans: readonly ContentSpan[];
}

const read = createFactReader({ files: madeFiles({}) });

function answerOf(input: { readonly body?: Json; readonly result?: Json }): FactAnswer {
  const { body, result } = input;
  const { content } = read({
    tool: { labels: ["write"], arguments: { body: "content" } },
    args: body === undefined ? {} : { body },
    names: ["content"],
    ...(result === undefined ? {} : { result }),
  });
  if (content === undefined) throw new Error("no answer");
  return content;
}

function factOf(body: Json): Fact {
  const answer = answerOf({ body });
  if ("error" in answer) throw new Error(answer.error.reason);
  return answer.value as unknown as Fact;
}

interface Input {
  readonly text?: readonly string[];
  readonly value?: Json;
  readonly result?: Json;
  readonly repeat?: readonly [string, number];
}

const file = readCases("content");

test.for(file.cases.map((each) => [each.name, each] as const))("%s", ([, each]) => {
  const { text, value, result, repeat } = each.input as Input;
  const body = text?.join("") ?? value ?? (repeat && repeat[0].repeat(repeat[1]));
  expectFact(
    each,
    answerOf({
      ...(body === undefined ? {} : { body }),
      ...(result === undefined ? {} : { result }),
    }),
  );
});

test("cases are kept as they were answered", () => keepCases("content", file));

test("every format of a key that is known is found, by its name", () => {
  for (const { type, key } of madeKeys()) {
    for (const text of [key, `"${key}"`, `a ${key} b`, `x\\n${key}\\ny`]) {
      const { secrets, spans } = factOf(text);
      expect([text, secrets.map((each) => each.type)]).toEqual([text, [type]]);
      const [span] = spans;
      expect(text.slice(span?.start, span?.end).length).toBeGreaterThan(12);
    }
  }
});

test("a fact holds no value that was found", () => {
  for (const { key } of madeKeys()) {
    const written = JSON.stringify(factOf({ [key]: [key] }));
    for (let at = 0; at + 12 <= key.length; at += 6) {
      expect(written).not.toContain(key.slice(at, at + 12));
    }
  }
});

test("a text is found in whatever way it is placed, and its span says where", () => {
  const value = { rows: [{ to: ["x", "mail ana@shop.example.org"] }], "a.b": "+49 30 901820" };
  expect(factOf(value)).toMatchObject({
    pii: [
      { type: "email", arg: "body.rows[].to[]" },
      { type: "phone", arg: "body.a.b" },
    ],
    spans: [
      { type: "email", arg: "body.rows[0].to[1]", start: 5, end: 25 },
      { type: "phone", arg: "body.a.b", start: 0, end: 13 },
    ],
  });
});

test("what is found where no mask can be laid has a span that is in no text", () => {
  for (const value of [{ "ana@shop.example.org": 1 }, { card: 4111111111111111 }]) {
    const { pii, spans } = factOf(value);
    expect(pii).toHaveLength(1);
    expect(spans).toMatchObject([{ start: 0, end: 0 }]);
  }
});

test("spans lie within their texts, and what is left when they are masked holds nothing", () => {
  fc.assert(
    fc.property(contentText, (text) => {
      const { spans } = factOf(text);
      for (const { start, end, arg } of spans) {
        expect(arg).toBe("body");
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
      }
      const again = factOf(masked(text, spans));
      expect([text, again.secrets, again.pii]).toEqual([text, [], []]);
    }),
    { numRuns: 150 },
  );
});

test("any text at all has a fact", () => {
  const unit = fc.oneof(
    fc.string({ unit: "binary", maxLength: 1 }),
    fc.constantFrom("\ud800", "\u202e", "@", "+4", "-----BEGIN "),
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 40 }), (units) => {
      const answer = contentFact([{ arg: "a", use: "content", value: units.join("") }]);
      expect("value" in answer).toBe(true);
      expect(contentFact([{ arg: "a", use: "content", value: units.join("") }])).toEqual(answer);
    }),
    { numRuns: 25 },
  );
});

/** As masks of the engine lay it: one word in the place of each stretch, those that meet as one. */
function masked(text: string, spans: readonly ContentSpan[]): string {
  let left = "";
  let at = 0;
  let isFirst = true;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (isFirst || start > at) left += `${text.slice(at, start)}[masked]`;
    isFirst = false;
    at = Math.max(at, end);
  }
  return left + text.slice(at);
}
