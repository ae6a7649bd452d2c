import { describe, expect, test } from "vitest";
import { readRequest } from "@holdfast/model";
import type { Decision, Json, JsonObject, Request } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { Engine, Occurrence } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";

/** POLICY.md section 3: memory is bounded. The numbers are those of the documentation. */
const entriesMax = 65_536;
const unitsMax = 4 * 1024 * 1024;
const memoriesMax = 4_096;
const totalUnitsMax = 64 * 1024 * 1024;
const droppedMax = 65_536;
/** what is left of a memory that was dropped */
const dropped = { entries: 0, units: 0, full: true, digest: "" };

const asking = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: asking}
spec:
  rules:
    - id: say
      effect: deny
      reason: "{origin(args.v).tier} {touches(args.v, 'untrusted')} {names_act(tool)}"
`;

const engines = [
  ["reference", createReferenceEngine],
  ["compiled", createEngine],
] as const;

function requestIn(root: string, v: Json): Request {
  const session = { id: root };
  const tool = { server: "x", name: "y" };
  const reading = readRequest({ agent: { id: "a" }, tool, args: { v }, session });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.request;
}

/** One engine with a state; occurrences are numbered as they come. */
class Session {
  readonly #engine: Engine;
  readonly #state;
  #sequence = 0;

  constructor(create: (typeof engines)[number][1], policy = asking) {
    this.#engine = create(bundleOf([policy]));
    this.#state = this.#engine.createState();
  }

  observe(root: string, seen: "prompt" | "document", text: string, source = ""): void {
    const labels = seen === "prompt" ? ["user"] : ["untrusted"];
    const place = { tenant: "default", root, nowMs: 0 };
    this.#fold({
      kind: "observation",
      sequence: this.#next(),
      seen,
      text,
      source,
      labels,
      ...place,
    });
  }

  result(root: string, result: Json): void {
    const request = { ...requestIn(root, true), action: { kind: "tool", phase: "result" }, result };
    const input = { request: request as Request, external: {}, nowMs: 0 };
    const allowed = { effect: "allow", code: "rule", rules: [], reason: "", obligations: [] };
    const decision = { ...allowed, bundle: "" } as Decision;
    const done = { simulated: false, nothingSent: false };
    this.#fold({ kind: "outcome", sequence: this.#next(), input, decision, ...done });
  }

  origins(root: string): Json | undefined {
    const input = { request: requestIn(root, 1), external: {}, state: this.#state, nowMs: 0 };
    return this.#engine.slice(input)["origins"];
  }

  said(root: string, v: Json): string {
    const input = { request: requestIn(root, v), external: {}, state: this.#state, nowMs: 0 };
    return this.#engine.decide(input).reason;
  }

  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  #fold(occurrence: Occurrence): void {
    this.#engine.fold(this.#state, occurrence);
  }
}

describe.each(engines)("what the %s engine remembers of a session", (_, create) => {
  test("is as many units as fit, and no more ever after", () => {
    const session = new Session(create);
    session.observe("s", "prompt", "pay known-value", "chat");
    session.observe("s", "document", "x".repeat(unitsMax - 19 - 5), "mail.");
    expect(session.origins("s")).toMatchObject({ entries: 2, units: unitsMax, full: false });
    expect(session.said("s", "known-value")).toBe("prompt false false");
    session.observe("s", "document", "", "");
    expect(session.origins("s")).toMatchObject({ entries: 3, units: unitsMax, full: false });
    session.observe("s", "document", "y", "");
    expect(session.origins("s")).toMatchObject({ entries: 3, units: unitsMax, full: true });
    session.observe("s", "prompt", "", "");
    expect(session.origins("s")).toMatchObject({ entries: 3, full: true });
    // What is kept is exact still; what might have come is taken to touch everything.
    expect(session.said("s", "known-value")).toBe("prompt true false");
    expect(session.said("s", "some-other")).toBe("nowhere true false");
  });

  test("is as many entries as fit, and what came first", () => {
    const session = new Session(create);
    session.observe("s", "prompt", "go");
    session.result(
      "s",
      Array.from({ length: entriesMax - 1 }, (_value, at) => `field-${at}`),
    );
    expect(session.origins("s")).toMatchObject({ entries: entriesMax, full: false });
    expect(session.said("s", `field-${entriesMax - 2}`)).toBe("field false false");
    session.result("s", ["one-more"]);
    expect(session.origins("s")).toMatchObject({ entries: entriesMax, full: true });
    expect(session.said("s", "one-more")).toBe("nowhere true false");
  });

  test("is nothing when the first thing it saw was too large", () => {
    const session = new Session(create);
    session.observe("s", "prompt", "x".repeat(unitsMax + 1));
    expect(session.origins("s")).toEqual({ entries: 0, units: 0, full: true, digest: "" });
    session.observe("s", "prompt", "pay known-value");
    expect(session.said("s", "known-value")).toBe("{?} {?} {?}");
  });

  test("is nothing before anything was seen, nor of what is no entry", () => {
    const session = new Session(create);
    session.result("s", { a: [true, null, "", {}] });
    expect(session.origins("s")).toBeNull();
  });
});

describe.each(engines)("the sessions that the %s engine remembers", (_, create) => {
  test("are so many, and what the one quiet longest has seen is dropped first", () => {
    const session = new Session(create);
    for (let at = 0; at < memoriesMax; at += 1) session.observe(`s${at}`, "prompt", `value-${at}`);
    session.observe("s0", "document", "more");
    expect(session.said("s1", "value-1")).toBe("prompt false false");
    session.observe("last", "prompt", "value-last");
    expect(session.origins("s1")).toEqual(dropped);
    expect(session.said("s1", "value-1")).toBe("{?} {?} {?}");
    expect(session.said("s0", "value-0")).toBe("prompt false false");
    expect(session.said("s2", "value-2")).toBe("prompt false false");
    expect(session.said("last", "value-last")).toBe("prompt false false");
  });

  test("hold so many units together", () => {
    const session = new Session(create);
    const large = "x".repeat(unitsMax);
    const count = totalUnitsMax / unitsMax;
    for (let at = 0; at < count; at += 1) session.observe(`s${at}`, "document", large);
    expect(session.origins("s0")).toMatchObject({ entries: 1, units: unitsMax });
    session.observe("small", "document", "");
    expect(session.origins("s0")).toMatchObject({ entries: 1 });
    session.observe("small", "document", "y");
    expect(session.origins("s0")).toEqual(dropped);
    expect(session.origins("s1")).toMatchObject({ entries: 1 });
    expect(session.origins("small")).toMatchObject({ entries: 2, units: 1, full: false });
  });

  test("begin nothing anew where a memory was dropped, and make no room for what is not stored", () => {
    const session = new Session(create);
    session.observe("s", "document", "the account is DE-1234567");
    for (let at = 0; at < memoriesMax; at += 1) session.observe(`s${at}`, "prompt", `value-${at}`);
    expect(session.origins("s")).toEqual(dropped);
    session.observe("s", "prompt", "pay DE-1234567");
    session.result("s", { iban: "DE-1234567" });
    expect(session.origins("s")).toEqual(dropped);
    expect(session.said("s", "DE-1234567")).toBe("{?} {?} {?}");
    expect(session.origins("s0")).toMatchObject({ entries: 1 });
  });

  test("are forgotten wholly only when so many more were dropped, the earliest first", () => {
    const session = new Session(create);
    const count = memoriesMax + droppedMax;
    for (let at = 0; at < count; at += 1) session.observe(`s${at}`, "document", "");
    expect(session.origins("s0")).toEqual(dropped);
    // What comes to one that was dropped does not make it later.
    session.observe("s0", "prompt", "pay");
    expect(session.origins("s0")).toEqual(dropped);
    session.observe("last", "prompt", "pay");
    expect(session.origins("s0")).toBeNull();
    expect(session.origins("s1")).toEqual(dropped);
    expect(session.origins(`s${droppedMax}`)).toEqual(dropped);
    expect(session.origins(`s${droppedMax + 1}`)).toMatchObject({ entries: 1, full: false });
    session.observe("s0", "prompt", "pay");
    expect(session.origins("s0")).toMatchObject({ entries: 1, full: false });
    expect(session.origins("s1")).toBeNull();
  });
});

test("both engines name what they remember alike", () => {
  const [left, right] = engines.map(([, create]) => {
    const session = new Session(create);
    session.observe("s", "prompt", "pay a \u{1f600} bill", "chat");
    session.result("s", { b: [1.5, "x"], a: { content: "y", d: "zzzz" } });
    session.observe("s", "document", "x".repeat(unitsMax));
    return session.origins("s") as JsonObject;
  });
  expect(left).toEqual(right);
  expect(left?.["digest"]).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test("a bundle that asks for no origins keeps none", () => {
  const plain = asking.replace(/reason: .*/, `when: 'no_worse(dyn({"tier": "text"}), "field")'`);
  for (const [, create] of engines) {
    const session = new Session(create, plain);
    session.observe("s", "prompt", "pay");
    expect(session.origins("s")).toBeUndefined();
  }
});
