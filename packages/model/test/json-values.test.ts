import { canonicalJson, copyJson, jsonLimits, parseJson, readRequest } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { expect, test } from "vitest";

const tooMany = expect.objectContaining({ code: "json_too_many_values" });

/** An array text that holds this many values, itself counted. */
function arrayText(values: number, element = "[]"): string {
  return `[${Array(values - 1)
    .fill(element)
    .join(",")}]`;
}

test("a text of as many values as the limit is read, and one more is refused with its place", () => {
  const { valuesMax } = jsonLimits;
  expect(valuesMax).toBe(100_000);
  expect(parseJson(arrayText(valuesMax))).toHaveLength(valuesMax - 1);
  for (const element of ["[]", "{}", "0", '""', "null"]) {
    expect(() => parseJson(arrayText(valuesMax + 1, element))).toThrow(tooMany);
  }
  expect(parseJson(`{"a":[1,{"b":2}]}`, { valuesMax: 5 })).toEqual({ a: [1, { b: 2 }] });
  expect(() => parseJson(`{"a":[1,{"b":2}]}`, { valuesMax: 4 })).toThrow(
    expect.objectContaining({
      code: "json_too_many_values",
      message: expect.stringContaining("14"),
    }),
  );
});

test("two MiB of empty arrays are refused before they are built", () => {
  const text = arrayText(700_000);
  expect(() => parseJson(Buffer.from(text))).toThrow(tooMany);
});

test("a value is copied up to the limit, and one more is refused", () => {
  const { valuesMax } = jsonLimits;
  const value = Array(valuesMax - 1).fill(0);
  expect(copyJson(value)).toHaveLength(valuesMax - 1);
  expect(() => copyJson([...value, 0])).toThrow(tooMany);
  expect(copyJson({ a: [1, { b: 2 }] }, { valuesMax: 5 })).toEqual({ a: [1, { b: 2 }] });
  expect(() => copyJson({ a: [1, { b: 2 }] }, { valuesMax: 4 })).toThrow(tooMany);
});

test("a few objects that share each other do not become millions of copies", () => {
  let value: Json = { leaf: true };
  for (let level = 0; level < 40; level += 1) value = { one: value, other: value };
  expect(() => copyJson(value)).toThrow(tooMany);
  const agent = { id: "a" };
  const reading = readRequest({ agent, tool: { name: "x" }, args: { value } });
  expect(reading).toMatchObject({
    ok: false,
    problems: [{ message: expect.stringContaining("values") }],
  });
});

test("many values are written in one pass, holes refused", () => {
  expect(canonicalJson([1, [2, []], { b: 1, a: [] }])).toBe('[1,[2,[]],{"a":[],"b":1}]');
  expect(() => canonicalJson(Array(2) as Json[])).toThrow(
    expect.objectContaining({ code: "json_value" }),
  );
});
