import { isUtf8 } from "node:buffer";
import { canonicalBytes } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sketchRecord } from "../src/record-sketch.ts";

const names = fc.oneof(fc.constantFrom("kind", "payload", "v", 'a"', "ключ"), fc.string());
const values = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
const records = fc
  .array(fc.tuple(names, values), { maxLength: 6 })
  .map((members) => Object.fromEntries(members) as Record<string, Json>);

/** What the whole reader makes of the bytes; undefined when they are no object, white space around it included. */
function readWholeRecord(bytes: Buffer): Record<string, unknown> | undefined {
  if (!isUtf8(bytes) || bytes[0] !== 0x7b || bytes.at(-1) !== 0x7d) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8")) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** An answer is that of the whole reader. */
function holdToReader(bytes: Buffer): boolean {
  const sketch = isUtf8(bytes) ? sketchRecord(bytes) : undefined;
  if (sketch === undefined) return false;
  const record = readWholeRecord(bytes);
  if (record === undefined) throw new Error(`no record: ${bytes.toString("latin1")}`);
  const { kind, payload } = sketch;
  expect("payload" in sketch).toBe(Object.hasOwn(record, "payload"));
  if (payload !== undefined) {
    expect(JSON.parse(bytes.toString("utf8", payload.from, payload.to))).toEqual(record["payload"]);
  }
  const isString = Object.hasOwn(record, "kind") && typeof record["kind"] === "string";
  expect("kind" in sketch).toBe(isString);
  if (kind === undefined) return true;
  expect(JSON.parse(`"${bytes.toString("utf8", kind.from, kind.to)}"`)).toBe(record["kind"]);
  return true;
}

test("a canonical record is sketched as the whole reader reads it", () => {
  fc.assert(
    fc.property(records, (record) => {
      const sketched = holdToReader(Buffer.from(canonicalBytes(record)));
      const isPlain = !Object.keys(record).some((name) => JSON.stringify(name).includes("\\"));
      if (isPlain && Object.keys(record).length > 0) expect(sketched).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("bytes that were changed are sketched as the whole reader reads them, or not at all", () => {
  const change = fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 2 }),
    add: fc.oneof(
      fc.constantFrom('"', "\\", "\\u00", "\\x", ",", ":", "{", "}", "[", "]", "-", "0", ".", "e"),
      fc.constantFrom("1.", "01", "1e", "tru", "null", " ", "\n", "\u0001", '"kind":"key",', "é"),
    ),
  });
  fc.assert(
    fc.property(records, fc.array(change, { minLength: 1, maxLength: 3 }), (record, changes) => {
      let bytes = Buffer.from(canonicalBytes(record));
      for (const { at, remove, add } of changes) {
        const from = at % bytes.length;
        const rest = bytes.subarray(from + remove);
        bytes = Buffer.concat([bytes.subarray(0, from), Buffer.from(add), rest]);
      }
      holdToReader(bytes);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ['{"a":1}', true],
  ['{"a":-0.5e+3,"b":[true,false,null,{}],"c":"\\u00e9\\n"}', true],
  ["{}", false],
  ['{"a":1} ', false],
  ['{"a":1}}', false],
  ['{"a":1,}', false],
  ['{"a":01}', false],
  ['{"a":1.}', false],
  ['{"a":1e}', false],
  ['{"a":+1}', false],
  ['{"a":"\\x"}', false],
  ['{"a":"\\u00g0"}', false],
  ['{"a":"\t"}', false],
  ['{"a":tru}', false],
  ['{"a":[1,]}', false],
  ['{"a":[1}', false],
  ['{"a" :1}', false],
  ['{"\\u006bind":"key"}', false],
  ['{"kind":"a","kind":"key"}', false],
  [`{"a":${"[".repeat(40)}${"]".repeat(40)}}`, false],
])("%s is sketched: %s", (text, isSketched) => {
  expect(holdToReader(Buffer.from(text))).toBe(isSketched);
});
