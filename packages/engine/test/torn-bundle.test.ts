import { describe, expect, test } from "vitest";
import { canonicalJson, readRequest } from "@holdfast/model";
import type { Decision, RequestInput } from "@holdfast/model";
import { createEngine, createReferenceEngine, parseExpression } from "@holdfast/engine";
import type { Bundle, DecisionInput, Engine, Occurrence } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";

/**
 * No compiled policy set lacks what its rules name. A bundle that does all the same (cut, or put
 * together by hand) must deny, and say why.
 */
const documents = [
  "{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: mail.send}, spec: {labels: [egress]}}",
  "{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: m}, spec: {key: [agent.id], window: 1h}}",
  "{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: e}, spec: {at: begin, key: [agent.id]}}",
  "{apiVersion: holdfast.dev/v1, kind: Sandbox, metadata: {name: dry}, spec: {rank: 1, tool: {result: {}}}}",
];

function policy(...rules: readonly string[]): string {
  return `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {rules: [{id: grant, effect: allow}, ${rules.join(", ")}]}}`;
}

const engines = [
  ["reference", createReferenceEngine],
  ["compiled", createEngine],
] as const;

function inputFor(engine: Engine, asked: Partial<RequestInput> = {}): DecisionInput {
  const reading = readRequest({
    agent: { id: "bot" },
    tool: { server: "mail", name: "send" },
    ...asked,
  });
  if (!reading.ok) throw new Error("not a request");
  return { request: reading.request, external: {}, state: engine.createState(), nowMs: 1_000_000 };
}

describe.each(engines)("the %s engine", (_name, create) => {
  const decided = (bundle: Bundle): Decision => {
    const engine = create(bundle);
    return engine.decide(inputFor(engine));
  };

  test.each([
    ["deny", "{id: r, effect: deny, limit: {meter: m, max: 9}}"],
    ["throttle", "{id: r, effect: throttle, limit: {meter: m, max: 9}}"],
    [
      "step_up",
      "{id: r, effect: step_up, limit: {meter: m, max: 9}, approval: {from: ['user:bo'], quorum: 1, ttl: 1m}}",
    ],
    ["deny by what was charged", `{id: r, effect: deny, when: "meter('m') > 9"}`],
  ])("denies by a limit whose Meter is gone: %s", (_effect, rule) => {
    const bundle = bundleOf([...documents, policy(rule)]);
    expect(decided(bundle)).toMatchObject({ effect: "allow" });
    expect(decided({ ...bundle, meters: [] })).toMatchObject({ effect: "deny", rules: ["p/r"] });
  });

  test("hides a tool that a limit denies whose Meter is gone", () => {
    const bundle = bundleOf([
      ...documents,
      policy("{id: r, effect: deny, limit: {meter: m, max: 9}}"),
    ]);
    const whole = create(bundle);
    expect(whole.couldAllow(inputFor(whole))).toBe(true);
    const torn = create({ ...bundle, meters: [] });
    expect(torn.couldAllow(inputFor(torn))).toBe(false);
    expect(torn.explain(inputFor(torn)).errors).toMatchObject([
      { rule: "p/r", message: "there is no Meter `m`" },
    ]);
  });

  test("denies by an Event that is gone", () => {
    const bundle = bundleOf([...documents, policy(`{id: r, effect: deny, when: "happened('e')"}`)]);
    expect(decided(bundle)).toMatchObject({ effect: "allow" });
    expect(decided({ ...bundle, events: [] })).toMatchObject({
      effect: "deny",
      code: "eval_error",
    });
  });

  test("denies a sandbox that is gone", () => {
    const bundle = bundleOf([...documents, policy("{id: r, effect: sandbox, in: dry}")]);
    expect(decided(bundle)).toMatchObject({ effect: "sandbox", sandbox: "dry" });
    expect(decided({ ...bundle, sandboxes: [] })).toMatchObject({
      effect: "deny",
      code: "unavailable",
    });
  });

  test("denies a modification that says nothing of what to set", () => {
    const bundle = bundleOf([...documents, policy(`{id: r, effect: modify, set: {args.n: "1"}}`)]);
    const [first] = bundle.policies;
    const rules = first!.rules.map((rule) => {
      if (rule.effect !== "modify") return rule;
      const modifications = rule.modifications.map(({ value: _value, ...rest }) => rest);
      return Object.assign({}, rule, { modifications });
    });
    const torn = { ...bundle, policies: [{ ...first!, rules }] };
    expect(decided(bundle)).toMatchObject({ effect: "modify", args: { n: 1 } });
    expect(decided(torn)).toMatchObject({ effect: "deny", code: "eval_error", rules: ["p/r"] });
  });

  test.each(["remove", "mask"] as const)("denies what would %s all arguments", (operation) => {
    const modify = "{id: all, effect: modify, remove: [args.x]}";
    const failing = "{id: err, effect: modify, set: {args.y: context.none}}";
    const bundle = bundleOf([...documents, policy(failing, modify)]);
    const policies = bundle.policies.map((one) => {
      const rules = one.rules.map((rule) => {
        if (rule.effect !== "modify" || rule.id !== "all") return rule;
        const modifications = rule.modifications.map(({ source }) =>
          operation === "mask"
            ? { operation, path: [], mask: "whole" as const, source }
            : { operation, path: [], source },
        );
        return Object.assign({}, rule, { modifications });
      });
      return Object.assign({}, one, { rules });
    });
    const engine = create({ ...bundle, policies });
    expect(engine.decide(inputFor(engine))).toMatchObject({
      code: "eval_error",
      rules: ["p/all", "p/err"],
    });
    expect(engine.explain(inputFor(engine)).errors).toMatchObject([
      { rule: "p/all", message: "a modification leaves no arguments" },
      { rule: "p/err", message: "there is no field `none`" },
    ]);
  });

  test("reads all variables at once as a map of those that have a value", () => {
    const text = `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: v}, spec: {variables: {a: agent.id, b: context.x}, rules: [{id: no, effect: deny, when: variables.a == 'x'}]}}`;
    const bundle = bundleOf([...documents, policy("{id: r, effect: deny, when: 'false'}"), text]);
    // No text says so: the compiler wants each variable by its name.
    const parsed = parseExpression("variables == {'a': 'bot'}");
    if (!parsed.ok) throw new Error("not an expression");
    const policies = bundle.policies.map((one) => {
      const rules = one.rules.map((rule) => {
        const when = rule.when === undefined ? {} : { when: { ...rule.when, ast: parsed.ast } };
        return Object.assign({}, rule, one.name === "v" ? when : {});
      });
      return Object.assign({}, one, { rules });
    });
    expect(decided({ ...bundle, policies })).toMatchObject({ code: "rule", rules: ["v/no"] });
  });

  test("keeps nothing of history that nothing names", () => {
    const engine = create(bundleOf([...documents, policy("{id: r, effect: deny, when: 'false'}")]));
    const input = inputFor(engine);
    const before = canonicalJson(engine.slice(input));
    const { state, ...recorded } = input;
    const given = { kind: "given", sequence: 1, input: recorded } as const;
    const fold = (occurrence: Occurrence): void => engine.fold(state, occurrence);
    fold({ ...given, event: { name: "unknown", atMs: 1 } });
    fold({ ...given, meter: { name: "unknown", amount: 1 } });
    expect(canonicalJson(engine.slice(input))).toBe(before);
    fold({ ...given, event: { name: "e", atMs: 1 }, meter: { name: "m", amount: 2 } });
    expect(engine.slice(input)).toMatchObject({ events: { e: [[1, 1]] }, meters: { m: 2 } });
  });

  test("charges nothing for what ran, unenforced, with an amount or a key that fails", () => {
    const failing = [
      ["reserve: args.none, key: [agent.id]", { m: 0 }],
      ["key: [session.id]", { m: null }],
      ["reserve: args.none, key: [session.id]", { m: null }],
    ] as const;
    for (const [spec, meters] of failing) {
      const meter = `{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: m}, spec: {${spec}, window: 1h}}`;
      const engine = create(
        bundleOf([
          documents[0]!,
          meter,
          policy("{id: r, effect: deny, limit: {meter: m, max: 1}}"),
        ]),
      );
      const { state, ...input } = inputFor(engine);
      const decision = engine.decide({ ...input, state, mode: "observe" });
      engine.fold(state, { kind: "decision", sequence: 1, input, decision, granted: true });
      expect(engine.slice({ ...input, state }), spec).toMatchObject({ meters });
    }
  });

  test.each([
    [-1, "invalid_request"],
    [0, "rule"],
    [0.5, "invalid_request"],
    [4_102_444_799_999, "rule"],
    [4_102_444_800_000, "invalid_request"],
    [Number.NaN, "invalid_request"],
    [Number.POSITIVE_INFINITY, "invalid_request"],
  ])("decides at the time %d: %s", (nowMs, code) => {
    const engine = create(bundleOf([...documents, policy("{id: r, effect: deny, when: 'false'}")]));
    const decision = engine.decide({ ...inputFor(engine), nowMs });
    expect(decision.code).toBe(code);
    if (code === "invalid_request") {
      expect(decision.reason).toBe("the request is not valid: `now` is not a time in ms");
      expect(engine.slice({ ...inputFor(engine), nowMs })).toEqual({});
    }
  });
});
