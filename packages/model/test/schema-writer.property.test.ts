import {
  actionKinds,
  canonicalJson,
  decodeRecord,
  digestOf,
  encodeRecord,
  recordSchema,
} from "@holdfast/model";
import type { LogRecord } from "@holdfast/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalWriter } from "../src/schema-writer.ts";

const writeQuickly = canonicalWriter(recordSchema);

/** Mostly right: whatever is wrong once makes the whole wrong. */
const name = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom("a", "support-1", '\u00e9 "\n', "x".repeat(256)) },
  { weight: 40, arbitrary: fc.string({ minLength: 1, maxLength: 9 }) },
  { weight: 1, arbitrary: fc.constantFrom("", "x".repeat(257)) },
);
const optional = <T>(what: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(what, { nil: undefined, freq: 2 });

/** The value, and most of them with one member somewhere that is of another kind, or too much. */
const spoiled = (value: fc.Arbitrary<object>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      value,
      fc.nat(),
      optional(fc.oneof(fc.jsonValue(), fc.constantFrom(Number.NaN, -1, 1.5))),
    )
    .map(([whole, at, instead]) => {
      if (instead === undefined) return whole;
      const copy = structuredClone(whole);
      const places: [object, string][] = [];
      const visit = (each: unknown): void => {
        if (typeof each !== "object" || each === null) return;
        for (const [key, member] of Object.entries(each)) {
          places.push([each, key]);
          visit(member);
        }
        if (!Array.isArray(each)) places.push([each, "unknown"]);
      };
      visit(copy);
      const [holder, key] = places[at % places.length] ?? [copy, "unknown"];
      Reflect.set(holder, key, instead);
      return copy;
    });

const digest = digestOf("x");
const commitment = Buffer.alloc(32, 1).toString("base64");
const count = fc.oneof(fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER));

const record = fc.record(
  {
    v: fc.constant(1),
    kind: fc.constant("decision"),
    time: count,
    pep: fc.record({ type: name, id: name, version: name }),
    tenant: name,
    agent: fc.record({ id: name, version: optional(name) }, { requiredKeys: ["id"] }),
    delegation: optional(fc.array(name, { maxLength: 3 })),
    session: optional(fc.record({ id: name, root: name })),
    trace: fc.record({
      in: optional(fc.constant("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")),
      out: fc.constant("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"),
    }),
    action: fc.record({
      id: name,
      kind: fc.constantFrom(...actionKinds),
      operation: fc.string(),
      phase: fc.constantFrom("call", "result"),
    }),
    tool: fc.record({ server: name, name, definition: optional(fc.constant(digest)) }),
    effect: fc.constantFrom("allow", "deny"),
    code: fc.constantFrom("rule", "limit"),
    rules: fc.array(fc.string()),
    obligations: optional(fc.constantFrom([], [{ notify: "ops" }])),
    confidence: optional(fc.double({ noNaN: true, noDefaultInfinity: true })),
    bundle: fc.constant(digest),
    mode: fc.constant("enforce"),
    granted: fc.boolean(),
    state: fc.constant(digest),
    meters: optional(
      fc.dictionary(
        fc.oneof(name, fc.constant("__proto__")),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
    ),
    commit: fc.dictionary(fc.constantFrom("args", "b", "a.1"), fc.constant(commitment)),
    payload: fc.record({
      scheme: fc.constantFrom("plain-1", "aes-256-gcm-1"),
      digest: fc.constant(digest),
      bytes: count,
    }),
  },
  {
    requiredKeys: [
      ...(["v", "kind", "time", "pep", "tenant", "agent", "action", "tool", "effect"] as const),
      ...(["code", "rules", "bundle", "mode", "granted", "state", "commit", "payload"] as const),
    ],
  },
);

const outcomeOf = (make: () => unknown): unknown => {
  try {
    return make();
  } catch (error) {
    return String(error);
  }
};

/** What `encodeRecord` has to give: all it does is to ask the schema, and to write what that gives. */
function written(value: unknown): string {
  const parsed = recordSchema.safeParse(value);
  return parsed.success ? canonicalJson(parsed.data) : "invalid";
}

test("a record is written as its schema and canonical JSON have it, quickly where it is valid", () => {
  const found = { quick: 0, refused: 0 };
  fc.assert(
    fc.property(spoiled(record), (value) => {
      const right = outcomeOf(() => written(value));
      const quick = outcomeOf(() => writeQuickly(value));
      if (quick !== undefined) expect(quick).toBe(right);
      else if (right !== "invalid" && !hasProto(value)) expect(right).toMatch(/^HoldfastError/u);
      found[quick === undefined ? "refused" : "quick"] += 1;
      const bytes = outcomeOf(() => Buffer.from(encodeRecord(value as LogRecord)).toString());
      if (right === "invalid") expect(bytes).toMatch(/record is not valid/u);
      else expect(bytes).toBe(right);
      if (typeof quick !== "string" || !quick.startsWith("{")) return;
      expect(decodeRecord(Buffer.from(quick))).toEqual(recordSchema.parse(value));
    }),
    { numRuns: 600 },
  );
  expect(found.quick).toBeGreaterThan(100);
  expect(found.refused).toBeGreaterThan(100);
});

/** The schema leaves such a key of a map out, and that takes the schema. */
function hasProto(value: unknown): boolean {
  return JSON.stringify(value).includes('"__proto__":');
}

const pep = { type: "t", id: "i", version: "v" };
const action = { id: "a", kind: "tool", operation: "call", phase: "call" };
const who = { pep, action, tenant: "t", agent: { id: "a" }, tool: { server: "s", name: "n" } };
const what = { effect: "deny", code: "rule", rules: [], mode: "enforce", granted: false };
const evidence = { commit: {}, payload: { scheme: "plain-1", digest, bytes: 0 } };
const common = { v: 1, kind: "decision", time: 0, bundle: digest, state: digest };
const plain = { ...common, ...who, ...what, ...evidence };
const long = "x".repeat(256);

test.each([
  [{ tenant: long, confidence: 1, delegation: Array.from({ length: 8 }, () => "a") }, true],
  [{ tenant: `${long}x` }, false],
  [{ tenant: "" }, false],
  [{ confidence: 1.5 }, false],
  [{ confidence: -0.5 }, false],
  [{ confidence: 0, time: Number.MAX_SAFE_INTEGER, meters: { m: -0 } }, true],
  [{ time: 1.5 }, false],
  [{ time: Number.MAX_SAFE_INTEGER + 1 }, false],
  [{ meters: { m: Number.POSITIVE_INFINITY } }, false],
  [{ delegation: Array.from({ length: 9 }, () => "a") }, false],
  [{ other: 1 }, false],
  [{ tenant: undefined }, false],
  [{ parent: undefined }, true],
  [{ tool: new Map() }, false],
])("at its bounds a record is what its schema says (%#)", (change, isValid) => {
  const value = { ...plain, ...change };
  const quick = writeQuickly(value);
  expect(recordSchema.safeParse(value).success).toBe(isValid);
  expect(quick).toBe(isValid ? written(value) : undefined);
});

test("other bytes for the same record are refused as before", () => {
  const valid = { v: 1, kind: "release", time: 5, id: "r" } as const;
  const text = Buffer.from(encodeRecord(valid)).toString();
  expect(text).toBe('{"id":"r","kind":"release","time":5,"v":1}');
  const refused = (bytes: string | Buffer) => outcomeOf(() => decodeRecord(Buffer.from(bytes)));
  expect(refused(` ${text}`)).toMatch(/canonical form/u);
  expect(refused(text.replace("5", "5.0"))).toMatch(/canonical form/u);
  expect(refused(text.replace('"r"', '"\\u0072"'))).toMatch(/canonical form/u);
  expect(refused(text.replace('"v":1', '"v":1,"v":1'))).toMatch(/duplicate key/u);
  expect(refused(text.replace('"r"', '"\\ud800"'))).toMatch(/surrogate/u);
  expect(refused(Buffer.concat([Buffer.from("\uFEFF"), Buffer.from(text)]))).toMatch(/byte order/u);
  const broken = Buffer.from(text);
  broken[7] = 0xff;
  expect(refused(broken)).toMatch(/UTF-8/u);
});
