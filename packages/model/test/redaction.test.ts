import { holdsMark, readRedactionPath, redactCopies, redactPaths } from "@holdfast/model";
import type { Json, RedactionPath } from "@holdfast/model";
import { describe, expect, test } from "vitest";

const mark = (): Json => ({ "holdfast.redacted": "x" });
const gone = mark();

const paths = (...texts: string[]): RedactionPath[] =>
  texts.map((text) => readRedactionPath(text) as RedactionPath);

describe("a path", () => {
  test.each([
    "args.a",
    "args.a.b",
    "args.a[].b",
    "result",
    "result[]",
    "result.a[][].b",
    "result.a-b.$c",
  ])("is %s", (text) =>
    expect(readRedactionPath(text)?.root).toBe(text.slice(0, text.search(/[.[]|$/u))),
  );

  test.each([
    "args",
    "args[]",
    "argsa",
    "args.",
    "args.a b",
    "args.a[0]",
    "claims.a",
    "",
    "result.a.",
  ])("is not `%s`", (text) => expect(readRedactionPath(text)).toBeUndefined());
});

describe("a value at a path is gone", () => {
  test.each<readonly [string, Json, Json]>([
    ["args.a", { a: 1, b: 2 }, { a: gone, b: 2 }],
    ["args.a", { a: null }, { a: gone }],
    ["args.a.b", { a: { b: "x", c: 1 } }, { a: { b: gone, c: 1 } }],
    ["args.a[].b", { a: [{ b: "x" }, { c: 1 }] }, { a: [{ b: gone }, { c: 1 }] }],
    // What has another shape than the path says.
    ["args.a.b", { a: [{ b: "x" }] }, { a: [{ b: gone }] }],
    ["args.a.b", { a: '{"b":"x"}' }, { a: gone }],
    ["args.a[]", { a: { b: 1 } }, { a: gone }],
  ])("%s of %j", (path, value, kept) => {
    expect(redactPaths(value, "args", paths(path), mark).value).toEqual(kept);
  });

  test.each([
    ["an object on each of two lines", '{"iban":"GB1"}\n{"iban":"GB1"}'],
    ["a name twice", '{"iban":"GB1","iban":"GB1"}'],
    ["a mark before it", '\ufeff{"iban":"GB1"}'],
    ["an end that is missing", '[{"iban":"GB1"}'],
  ])("in a text that begins like JSON and cannot be read: %s", (_what, text) => {
    const shown = {
      content: [
        { type: "text", text },
        { type: "text", text: "GB1 of {it}" },
      ],
    };
    expect(redactPaths(shown, "result", paths("result.iban"), mark).value).toEqual({
      content: [
        { type: "text", text: gone },
        { type: "text", text: "GB1 of {it}" },
      ],
    });
  });

  test("in what an MCP result shows", () => {
    const text = JSON.stringify({ iban: "GB1" });
    const result = {
      structuredContent: { iban: "GB1", n: 1 },
      content: [
        { type: "text", text },
        { type: "resource", resource: { uri: "u", text } },
        { type: "text", text: "plain" },
      ],
    };
    expect(redactPaths(result, "result", paths("result.iban"), mark).value).toEqual({
      structuredContent: { iban: gone, n: 1 },
      content: [
        { type: "text", text: gone },
        { type: "resource", resource: { uri: "u", text: gone } },
        { type: "text", text: "plain" },
      ],
    });
  });

  test("and where nothing is there, the value is the very same", () => {
    const value = { b: [1], structuredContent: { c: 1 }, content: [{ type: "text", text: "{}" }] };
    expect(redactPaths(value, "result", paths("result.a", "args.b"), mark).value).toBe(value);
  });

  test("all of it, where there are too many", () => {
    const many = Array.from({ length: 1_001 }, (_, index) => `v${index}`);
    expect(redactPaths({ a: many, b: 1 }, "args", paths("args.a[]"), mark).value).toEqual({
      a: gone,
      b: gone,
    });
    expect(redactPaths(many, "result", paths("result[]"), mark).value).toEqual(gone);
  });
});

describe("copies of it", () => {
  const secrets = new Set(['se"cret', "1234", "abc"]);

  test.each<readonly [Json, Json]>([
    ['it is se"cret', gone],
    ['{"a":"se\\"cret"}', gone],
    [1234, gone],
    ["x1234", gone],
    ["abc", gone],
    ["abcd", "abcd"],
    [{ "x-1234": true }, gone],
    [
      { a: [{ b: "1234" }], c: 1 },
      { a: [{ b: gone }], c: 1 },
    ],
  ])("are gone from %j", (value, kept) => {
    expect(redactCopies(value, secrets, mark)).toEqual(kept);
  });

  test("all of it is gone where looking would take too long", () => {
    const many = new Set(Array.from({ length: 1_000 }, (_, index) => `secret-${index}`));
    expect(redactCopies({ a: "x".repeat(70_000) }, many, mark)).toEqual({ a: gone });
  });
});

test("a mark is found at any depth", () => {
  expect(holdsMark({ a: [{ b: gone }] })).toBe(true);
  expect(holdsMark({ a: [{ b: 1 }] })).toBe(false);
});
