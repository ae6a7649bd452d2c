import { decodeRecord } from "@holdfast/model";
import { createEngine } from "@holdfast/engine";
import type { Bundle, Engine } from "@holdfast/engine";
import { compareReplays, replayRecorded, readOpened } from "@holdfast/runtime";
import type { ReplayedDecision } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import {
  decisionPayloadSchema,
  observationPayloadSchema,
  outcomePayloadSchema,
  readPayload,
} from "../src/payload.ts";
import { readRecorded } from "../src/recorded-entry.ts";
import { everyDecision, play } from "./scenario.ts";
import { dataDirectory, guardOn, permitted, request, testClock } from "./support.ts";

type Read = Parameters<typeof readPayload>;

function strictly(kind: string, bytes: Read[1], named: Read[2]): unknown {
  if (kind === "decision") return readPayload(decisionPayloadSchema, bytes, named);
  if (kind === "outcome") return readPayload(outcomePayloadSchema, bytes, named);
  return readPayload(observationPayloadSchema, bytes, named);
}

async function replayed(data: string, sinceMs?: number): Promise<ReplayedDecision[]> {
  const found = [];
  const options = sinceMs === undefined ? {} : { sinceMs };
  for await (const one of replayRecorded(data, createEngine, options)) found.push(one);
  return found;
}

test("what is read for replay is what the strict readers read, and inherits nothing", async () => {
  const guard = await guardOn(dataDirectory());
  await play(guard, everyDecision);
  const session = await guard.openSession({ agent: "agent-1" });
  const seen = { kind: "prompt", text: "hi", source: "s", labels: ["user"] } as const;
  await guard.observe(session.id, seen);
  const kinds = new Set<string>();
  for await (const entry of readOpened(guard.directory)) {
    const read = readRecorded(entry);
    kinds.add(read.kind);
    const record = decodeRecord(entry.body);
    expect(read.record).toEqual(record);
    if (!("payload" in read)) continue;
    if (!("payload" in record) || record.payload === undefined) throw new Error("no payload named");
    const strict = strictly(read.kind, entry.payload, record.payload);
    expect(read.payload).toEqual(strict);
    if (read.kind === "observation") continue;
    const { args } = read.payload.input.request;
    expect(Object.getPrototypeOf(args)).toBeNull();
    expect(Object.getPrototypeOf(read.payload.input)).toBeNull();
  }
  expect([...kinds].toSorted()).toEqual(["decision", "observation", "other", "outcome"]);
});

test("what no guard writes is refused, and not read as something else", () => {
  const read = (body: unknown, payload: unknown) => () =>
    readRecorded({
      index: 7,
      body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
      payload: Buffer.from(JSON.stringify(payload)),
    });
  const decided = { kind: "decision", time: 1, action: { id: "a" } };
  const payload = { input: { request: {} }, decision: { effect: "deny" } };
  expect(read(decided, payload)().kind).toBe("decision");
  for (const body of [
    "",
    "null",
    "[]",
    "{",
    "\u00ff".repeat(2),
    { kind: 1, time: 1 },
    { time: 1 },
  ]) {
    expect(read(body, payload)).toThrow("record 7 is not one that a guard writes");
  }
  for (const kind of ["decision", "outcome", "observation", "session"]) {
    expect(read({ kind, time: 1 }, payload)).toThrow("record 7 is not one that a guard writes");
  }
  expect(read({ ...decided, time: "1" }, payload)).toThrow("not one that a guard writes");
  for (const wrong of [{}, { ...payload, input: null }, { ...payload, input: { request: [] } }]) {
    expect(read(decided, wrong)).toThrow("payload of record 7 does not hold what was decided");
  }
  expect(read(decided, { ...payload, decision: 1 })).toThrow("does not hold what was decided");
  const bytes = Buffer.from('{"input":{},"decision":"\u00ff"}', "latin1");
  const entry = { index: 7, body: Buffer.from(JSON.stringify(decided)) };
  expect(() => readRecorded({ ...entry, payload: bytes })).toThrow("is not an object");
  expect(() => readRecorded({ ...entry, payload: Buffer.from("x") })).toThrow("`vault/kek`");
  expect(() => readRecorded(entry)).toThrow("payload of record 7 is missing");
});

describe("replay tells", () => {
  /** Decides as it should, but for the reason of one rule. */
  const planted = (bundle: Bundle): Engine => {
    const engine = createEngine(bundle);
    return {
      ...engine,
      decide(input) {
        const decision = engine.decide(input);
        return input.request.args["path"] === "odd" ? { ...decision, reason: "planted" } : decision;
      },
    };
  };

  test("a decision that is one text away from what is recorded, and why", async () => {
    const guard = await guardOn(dataDirectory(), { createEngine: planted });
    await guard.begin(request("fs.write", { path: "x" }));
    const odd = await guard.begin(request("fs.write", { path: "odd" }));
    await guard.begin(request("fs.write", { path: "y" }));
    const different = (await replayed(guard.directory)).filter(({ isSame }) => !isSame);
    expect(different.map(({ sequence }) => sequence)).toEqual([odd.sequence]);
    expect(different[0]?.recorded.reason).toBe("planted");
  });

  test("only what is asked for, over all the history before it", async () => {
    const clock = testClock();
    const guard = await guardOn(dataDirectory(), { clock });
    const refund = () => guard.begin(request("pay.refund", { amount: 4 }));
    await refund();
    await refund();
    clock.pass(1000);
    const late = await refund();
    const [only, ...more] = await replayed(guard.directory, clock.wall);
    expect(more).toEqual([]);
    expect(only).toMatchObject({ sequence: late.sequence, isSame: true });
    expect(only?.recorded.effect).toBe("throttle");
  });

  test("what other policies change, beside what is recorded and beside a second set", async () => {
    const guard = await guardOn(dataDirectory());
    permitted(await guard.begin(request("fs.write", { path: "x" })));
    await guard.begin(request("fs.write", { path: "secret-place" }));
    const { policyText } = await import("./policy-set.ts");
    const other = await guardOn(dataDirectory(), {
      policy: policyText.replace('args.path == "secret-place"', 'args.path == "x"'),
    });
    const after = createEngine(other.bundle);
    const before = createEngine(guard.bundle);
    for (const engines of [{ after }, { before, after }]) {
      const effects = [];
      for await (const compared of compareReplays(guard.directory, engines)) {
        effects.push([compared.before.effect, compared.after.effect]);
      }
      expect(effects).toEqual([
        ["allow", "deny"],
        ["deny", "allow"],
      ]);
    }
  });
});
