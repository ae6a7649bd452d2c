import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createEngine } from "@holdfast/engine";
import type { Engine, Occurrence, State, StatePart } from "@holdfast/engine";
import { readRequest } from "@holdfast/model";
import type { Request } from "@holdfast/model";
import { bundleOf } from "./decision-case.ts";

const bundle = bundleOf([
  "{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: bank.pay}, spec: {labels: [money]}}",
  `{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: mail.read}, spec: {labels: [untrusted],
    results: {text: {as: content, labels: [untrusted]}, id: {labels: [money]}}}}`,
  "{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: seen}, spec: {match: {tools: [mail.read]}, at: begin, key: [session.id]}}",
  "{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: asked}, spec: {match: {tools: [bank.pay]}, at: decision, key: [agent.id, tool.name]}}",
  "{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: paid}, spec: {match: {tools: [bank.pay]}, reserve: args.amount, settle: outcome.cost, key: [agent.id], window: 1h}}",
  "{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: daily}, spec: {match: {tools: [bank.pay]}, key: [global], window: {calendar: day, zone: UTC}}}",
  `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {rules: [
    {id: a, effect: allow, when: "tool.name == 'read' || from_only(args.to, ['user', 'money'])"},
    {id: b, effect: deny, when: "happened('seen') && touches(args, 'untrusted')"},
    {id: c, effect: deny, when: "count('asked', duration('1h')) > 5"},
    {id: d, effect: deny, limit: {meter: paid, max: 50}},
    {id: e, effect: deny, limit: {meter: daily, max: 9}},
    {id: f, effect: contain, when: "tool.name == 'pay' && args.amount == 7", restrict: [isolate], ttl: 5m}]}}`,
]);

const noon = Date.parse("2026-11-21T12:00:00Z");

/** One thing that happens, without its place and time. */
type Happening =
  | {
      readonly does: "pay" | "read";
      readonly root: string;
      readonly to: string;
      readonly n: number;
    }
  | { readonly does: "prompt"; readonly root: string; readonly to: string };

const roots = fc.constantFrom("s1", "s2", "s3");
const texts = fc.constantFrom("alpha-1", "beta-22", "pay alpha-1 now", "gamma");
const happeningArbitrary: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({
    does: fc.constantFrom("pay" as const, "read" as const),
    root: roots,
    to: texts,
    n: fc.constantFrom(1, 2, 7, 20),
  }),
  fc.record({ does: fc.constant("prompt" as const), root: roots, to: texts }),
);

function requestOf(tool: "pay" | "read", root: string, args: object, id: string): Request {
  const reading = readRequest({
    id,
    agent: { id: root === "s3" ? "other" : "bot" },
    tool: { server: tool === "pay" ? "bank" : "mail", name: tool },
    session: { id: root, root },
    args,
  });
  if (!reading.ok) throw new Error("not a request");
  return reading.request;
}

/** Decides and folds it as a guard would: an action with its outcome, or a prompt. */
function happen(engine: Engine, state: State, happening: Happening, at: number): void {
  const nowMs = noon + at * 40_000;
  const sequence = at * 2;
  const fold = (occurrence: Occurrence): void => engine.fold(state, occurrence);
  const { root, to } = happening;
  if (happening.does === "prompt") {
    const seen = { seen: "prompt", text: to, source: "chat", labels: ["user"] } as const;
    fold({ kind: "observation", sequence, nowMs, tenant: "default", root, ...seen });
    return;
  }
  const args = happening.does === "pay" ? { to, amount: happening.n } : { to };
  const request = requestOf(happening.does, root, args, `a${at}`);
  const input = { request, external: {}, nowMs };
  const decision = engine.decide({ state, ...input });
  const granted = decision.effect === "allow";
  fold({ kind: "decision", sequence, input, decision, granted });
  if (!granted) return;
  const outcome = { status: "success", durationMs: 1, cost: happening.n / 2 } as const;
  const ended = {
    ...request,
    action: { ...request.action, phase: "result" as const },
    result: { text: `${to} x`, id: to },
    outcome,
  };
  const end = { request: ended, external: {}, nowMs };
  const shown = engine.decide({ state, ...end });
  const simulated = happening.n === 20;
  const rest = { simulated, nothingSent: happening.n === 2 };
  fold({ kind: "outcome", sequence: sequence + 1, input: end, decision: shown, ...rest });
}

/** All that decisions can read of a state, and what they come to. */
function readings(engine: Engine, state: State, at: number): unknown {
  return ["s1", "s2", "s3"].flatMap((root) =>
    [1, 7].map((amount) => {
      const request = requestOf("pay", root, { to: "alpha-1", amount }, `q${at}${root}`);
      const input = { state, request, external: {}, nowMs: noon + at * 40_000 };
      return [engine.slice(input), engine.decide(input)];
    }),
  );
}

function keeperOf({ keeper }: Engine): NonNullable<Engine["keeper"]> {
  if (keeper === undefined) throw new Error("the engine keeps no states");
  return keeper;
}

/** A copy of the bytes, as they would come back from a disk: wherever they lie. */
function written({ head, body }: StatePart): StatePart {
  const shifted = Buffer.alloc(body.length + 3);
  shifted.set(body, 3);
  const json: StatePart["head"] = JSON.parse(JSON.stringify(head));
  return { head: json, body: shifted.subarray(3) };
}

describe("a state that is written down", () => {
  test("is read as it was at the call, whatever is folded while its parts are taken", () => {
    const steps = fc.array(happeningArbitrary, { maxLength: 40 });
    fc.assert(
      fc.property(steps, steps, steps, (before, during, after) => {
        const engine = createEngine(bundle);
        const keeper = keeperOf(engine);
        const live = engine.createState();
        const plain = engine.createState();
        let at = 0;
        for (const each of before) {
          at += 1;
          happen(engine, live, each, at);
          happen(engine, plain, each, at);
        }
        const cut = at;
        const parts: StatePart[] = [];
        const saving = keeper.save(live)[Symbol.iterator]();
        const rest = [...during];
        for (let step = saving.next(); step.done !== true; step = saving.next()) {
          parts.push(written(step.value));
          const next = rest.shift();
          if (next === undefined) continue;
          at += 1;
          happen(engine, live, next, at);
        }
        const loaded = keeper.load(parts);
        expect(readings(engine, loaded, cut)).toEqual(readings(engine, plain, cut));
        // What was loaded is written as it was read, asleep or not, and goes on as the other does.
        const again = [...keeper.save(loaded)].map(written);
        expect(readings(engine, keeper.load(again), cut)).toEqual(readings(engine, plain, cut));
        for (const each of [...after, ...during]) {
          at += 1;
          happen(engine, loaded, each, at);
          happen(engine, plain, each, at);
        }
        expect(readings(engine, loaded, at)).toEqual(readings(engine, plain, at));
      }),
      { numRuns: 60 },
    );
  });

  test("is refused where it is another's, or in parts", () => {
    const engine = createEngine(bundle);
    const keeper = keeperOf(engine);
    const event = { kind: "event", name: "seen@session", path: ["default", "s1"] };
    const body = new Uint8Array(16);
    expect(() => keeper.load([{ head: { ...event, name: "unknown" }, body }])).toThrow("no Event");
    expect(() => keeper.load([{ head: event, body: body.subarray(1) }])).toThrow("pairs");
    expect(() => keeper.load([{ head: { kind: "?" }, body }])).toThrow();
  });
});
