import { describe, expect, test } from "vitest";
import { createReferenceEngine } from "@holdfast/engine";
import type { DecisionInput, Occurrence } from "@holdfast/engine";
import { readRequest } from "@holdfast/model";
import type { RequestInput } from "@holdfast/model";
import { bundleOf } from "./decision-case.ts";

const base = [
  "{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: mail.send}, spec: {labels: [egress]}}",
  "{apiVersion: holdfast.dev/v1, kind: Agent, metadata: {name: bot}, spec: {roles: [dev]}}",
  "{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: m}, spec: {key: [agent.id], window: 1h}}",
];

function policy(match: string, rule: string, name = "p"): string {
  return `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: ${name}}, spec: {match: {${match}}, rules: [${rule}]}}`;
}

const grant = policy("", "{id: grant, effect: allow}", "grant");

function couldAllow(
  documents: readonly string[],
  more: Partial<DecisionInput> & { readonly asked?: Partial<RequestInput> } = {},
  history: readonly Occurrence[] = [],
): boolean {
  const { asked = {}, ...rest } = more;
  const engine = createReferenceEngine(bundleOf([...base, ...documents]));
  const tool = { server: "mail", name: "send" };
  const reading = readRequest({ agent: { id: "bot", roles: ["dev"] }, tool, ...asked });
  if (!reading.ok) throw new Error("not a request");
  const state = engine.createState();
  for (const occurrence of history) engine.fold(state, occurrence);
  return engine.couldAllow({
    request: reading.request,
    external: {},
    state,
    nowMs: 1_000_000,
    ...rest,
  });
}

describe("a tool is hidden", () => {
  test("when no allow covers it", () => {
    expect(couldAllow([])).toBe(false);
    expect(couldAllow([policy("agents: [other]", "{id: a, effect: allow}")])).toBe(false);
  });

  test("when what the allow needs besides arguments is not so", () => {
    expect(couldAllow([policy("", `{id: a, effect: allow, when: "agent.id == 'x'"}`)])).toBe(false);
    expect(couldAllow([policy("", `{id: a, effect: allow, when: "context.x == 1"}`)])).toBe(false);
    expect(
      couldAllow([policy("", `{id: a, effect: allow, when: "args.n > 1 && agent.id == 'x'"}`)]),
    ).toBe(false);
  });

  test("when a rule denies it whatever the arguments are", () => {
    expect(couldAllow([grant, policy("labels: [egress]", "{id: no, effect: deny}")])).toBe(false);
    expect(
      couldAllow([grant, policy("", `{id: no, effect: deny, when: "args.n > 1 || true"}`)]),
    ).toBe(false);
    expect(couldAllow([grant, policy("", `{id: no, effect: deny, when: "context.x == 1"}`)])).toBe(
      false,
    );
    expect(
      couldAllow([grant, policy("", "{id: no, effect: deny, limit: {meter: m, max: 0}}")]),
    ).toBe(false);
  });

  test("when it is restricted, out of scope, or its definition is in doubt", () => {
    const isolate = {
      kind: "restrict",
      sequence: 1,
      nowMs: 1,
      id: "r",
      agent: "bot",
      kinds: ["isolate"],
    } as const;
    expect(couldAllow([grant], {}, [isolate])).toBe(false);
    const delegation = [{ agent: { id: "lead" }, scopes: ["tool:crm.read"] }];
    expect(couldAllow([grant], { asked: { delegation } })).toBe(false);
    expect(couldAllow([grant], { registry: "changed" })).toBe(false);
  });
});

describe("a tool is shown", () => {
  test("when arguments may decide", () => {
    expect(couldAllow([policy("", `{id: a, effect: allow, when: "args.n > 1"}`)])).toBe(true);
    expect(couldAllow([grant, policy("", `{id: no, effect: deny, when: "args.n > 1"}`)])).toBe(
      true,
    );
    const delegation = [{ agent: { id: "lead" }, scopes: ["resource:file//tmp/*"] }];
    expect(couldAllow([grant], { asked: { delegation } })).toBe(true);
  });

  test("when only an approval or a wait stands before it", () => {
    const ask = `{id: ask, effect: step_up, approval: {from: ["user:bo"], quorum: 1, ttl: 1m}}`;
    expect(couldAllow([grant, policy("", ask)])).toBe(true);
    expect(
      couldAllow([grant, policy("", "{id: no, effect: throttle, limit: {meter: m, max: 0}}")]),
    ).toBe(true);
  });

  test("in mode observe, where everything runs", () => {
    expect(couldAllow([], { mode: "observe" })).toBe(true);
  });
});
