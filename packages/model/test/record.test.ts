import {
  decodeRecord,
  digestOf,
  encodeRecord,
  recordBytesMax,
  recordSchema,
} from "@holdfast/model";
import type { LogRecord, RecordOf } from "@holdfast/model";
import { describe, expect, test } from "vitest";

const digest = digestOf("x");
const evidence = {
  commit: { args: Buffer.alloc(32, 1).toString("base64") },
  payload: { scheme: "plain-1", digest, bytes: 812 },
} as const;

const decision: RecordOf<"decision"> = {
  v: 1,
  kind: "decision",
  time: 1_795_000_000_000,
  pep: { type: "mcp", id: "gateway-1", version: "0.1.0" },
  tenant: "default",
  agent: { id: "support-1" },
  session: { id: "s", root: "s" },
  action: { id: "a-1", kind: "mcp", operation: "tools/call", phase: "call" },
  tool: { server: "stripe", name: "refund", definition: digest },
  effect: "contain",
  code: "rule",
  rules: ["refunds/stop"],
  bundle: digest,
  mode: "enforce",
  granted: false,
  state: digest,
  delegation: ["planner"],
  parent: "a-0",
  trace: {
    in: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    out: "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
  },
  obligations: [{ notify: "ops" }],
  confidence: 0.5,
  audit: "batched",
  shadow: { effect: "deny", code: "limit", rules: ["refunds/daily"] },
  restrict: { kinds: ["label:money"], ttlMs: 60_000 },
  latencyNs: 41_000,
  ...evidence,
};

const common = { v: 1, time: 1_795_000_000_000 } as const;
const records: readonly LogRecord[] = [
  decision,
  {
    ...common,
    kind: "outcome",
    decision: 7,
    action: { id: "a-1" },
    status: "success",
    durationMs: 12.5,
    effect: "allow",
    code: "rule",
    rules: [],
    bundle: digest,
    state: digest,
    ...evidence,
  },
  { ...common, kind: "ambiguous", decision: 7, action: { id: "a-1" }, found: "restart" },
  { ...common, kind: "policy", bundle: digest, previous: digest },
  {
    ...common,
    kind: "registry",
    tool: { server: "stripe", name: "refund" },
    definition: digest,
    change: "changed",
  },
  {
    ...common,
    kind: "observation",
    session: { id: "s", root: "s" },
    seen: "prompt",
    labels: ["user"],
    ...evidence,
  },
  {
    ...common,
    kind: "restriction",
    id: "r-1",
    agent: "support-1",
    sessionRoot: "s",
    kinds: ["read_only"],
  },
  { ...common, kind: "release", id: "r-1" },
  { ...common, kind: "session", id: "s", root: "s", agent: "support-1", started: 0 },
  { ...common, kind: "recovery", truncatedBytes: 113, segment: 0 },
  {
    ...common,
    kind: "key",
    previous: "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    next: "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    signature: `${"A".repeat(86)}==`,
  },
  {
    ...common,
    kind: "pruned",
    minimum: 100,
    root: "ab".repeat(32),
    previous: 0,
    before: 5,
    by: "root",
  },
  {
    ...common,
    kind: "erasure",
    subject: Buffer.alloc(32, 2).toString("base64"),
    reason: "asked for",
    by: "root",
    erased: [[3, 7]],
  },
  { ...common, kind: "hold", name: "case-7", change: "placed", reason: "a claim", by: "root" },
];

describe("a record", () => {
  test.each(records.map((record) => [record.kind, record] as const))(
    "of kind %s is read back as it was written",
    (_kind, record) => {
      expect(decodeRecord(encodeRecord(record))).toEqual(record);
    },
  );

  test("of every kind that there is has been tried", () => {
    const kinds = recordSchema.options.map((option) => option.shape.kind.value);
    expect(records.map(({ kind }) => kind).sort()).toEqual(kinds.sort());
  });

  test("of a kind or with a field nobody defined is refused, both ways", () => {
    for (const extra of [{ kind: "note" }, { user: "ana" }, { reason: "refund for ana" }]) {
      const text = JSON.stringify({ ...decision, ...extra });
      expect(() => encodeRecord({ ...decision, ...extra } as LogRecord)).toThrow(
        expect.objectContaining({ code: "record_invalid" }),
      );
      expect(() => decodeRecord(Buffer.from(text))).toThrow(
        expect.objectContaining({ code: "record_invalid" }),
      );
    }
  });

  test("says which field is wrong", () => {
    expect(() => encodeRecord({ ...decision, bundle: "sha256:1", time: -1 })).toThrow(
      /`time`: .*; `bundle`: /u,
    );
  });

  test("in any other than its canonical form is refused", () => {
    const text = new TextDecoder().decode(encodeRecord(decision));
    expect(() => decodeRecord(Buffer.from(` ${text}`))).toThrow("not in canonical form");
    expect(() => decodeRecord(Buffer.from(text.replace('"v":1', '"v":1.0')))).toThrow(
      "not in canonical form",
    );
  });

  test("may be 65,535 bytes long and not one more", () => {
    const length = encodeRecord({ ...decision, rules: [""] }).length;
    const rule = "r".repeat(recordBytesMax - length);
    expect(encodeRecord({ ...decision, rules: [rule] })).toHaveLength(recordBytesMax);
    expect(() => encodeRecord({ ...decision, rules: [`${rule}r`] })).toThrow(
      expect.objectContaining({ code: "record_size" }),
    );
  });
});
