import { expect, test } from "vitest";
import { readRequest } from "@holdfast/model";
import type { RequestInput } from "@holdfast/model";
import { createEngine, createReferenceEngine, parseExpression } from "@holdfast/engine";
import type { Bundle, Engine, Occurrence } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";

/**
 * Conditions that compiling refuses, put into a bundle by hand: an engine must not trust that a
 * bundle was checked. Both say the same of them, to the words of each error.
 */
const base = bundleOf([
  "{apiVersion: holdfast.dev/v1, kind: Settings, metadata: {name: settings}, spec: {classifications: [public, internal]}}",
  "{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: mail.send}, spec: {labels: [egress]}}",
  "{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: m}, spec: {key: [agent.id], window: 1h}}",
  "{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: e}, spec: {at: begin, key: [agent.id]}}",
  "{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: s}, spec: {at: begin, key: [session.id]}}",
  "{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {variables: {v: args.n > 1}, rules: [{id: grant, effect: allow}, {id: ask, effect: allow, when: 'true'}, {id: change, effect: modify, set: {args.made: '1'}, when: 'true'}, {id: no, effect: deny, when: 'true'}]}}",
]);

/** The bundle with this condition in every rule but the granting one. */
function bundleWith(text: string, effects: readonly string[]): Bundle {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`\`${text}\` does not parse`);
  const policies = base.policies.map((policy) => {
    const rules = policy.rules
      .filter((rule) => rule.id === "grant" || effects.includes(rule.effect))
      .map((rule) => {
        if (rule.when === undefined) return rule;
        return Object.assign({}, rule, { when: { ...rule.when, ast: parsed.ast, text } });
      });
    return Object.assign({}, policy, { rules });
  });
  return { ...base, policies };
}

function said(engine: Engine, more: Partial<RequestInput>): unknown {
  const agent = { id: "bot" };
  const tool = { server: "mail", name: "send" };
  const reading = readRequest({ agent, tool, args: { n: 2, c: "internal", t: "x" }, ...more });
  if (!reading.ok) throw new Error("not a request");
  const { request } = reading;
  const state = engine.createState();
  const input = { request, external: {}, nowMs: 1_000_000 };
  const decision = engine.decide({ ...input, state });
  const begun: Occurrence = { kind: "decision", sequence: 0, input, decision, granted: true };
  engine.fold(state, begun);
  const asked = { ...input, state };
  return [
    decision,
    engine.decide(asked),
    engine.explain(asked),
    engine.couldAllow(asked),
    engine.slice(asked),
  ];
}

test.each([
  "happened('none')",
  "happened(1)",
  "happened()",
  "happened('e', 1)",
  "happened('e', 'x')",
  "happened('s')",
  "happened('s', duration('1h'))",
  "happened('none', duration('1h'))",
  "happened('e', duration('0s'))",
  "happened('e', duration('-1s'))",
  "count('none', duration('1h')) > 0",
  "count('e') > 0",
  "count('e', 3) > 0",
  "count('s', duration('1h')) > 0",
  "count('e', duration('1ns')) == 1",
  "count('e', duration('1ms')) == 1",
  "since('none', 'e')",
  "since('e', 'none')",
  "since('e', 's')",
  "since('s', 'e')",
  "since('e', 'e')",
  "meter('none') > 0.0",
  "meter(1) > 0.0",
  "meter('m') == 1.0",
  "at_least(1, 'internal')",
  "at_least('x', 'internal')",
  "at_least(args.c, 'nope')",
  "at_least(args.c, 'internal')",
  "at_least('public', args.c)",
  "at_least('unclassified', 'internal')",
  "variables.none",
  "variables.none == 1",
  "variables.v",
  "variables['v']",
  "size(variables) == 1",
  "nowhere == 1",
  "external.none == 1",
  "external.none.x == 1",
  "has(external.none)",
  "agent.none == 1",
  "args.n",
  "args.t",
  "[1]",
  "1",
  "null",
  "unknown_function(1)",
  "'x'.happened('e')",
  "resource.id == 'x'",
  "size(resources) == 0",
  "original.n == args.n",
  "params.none == 1",
  "result == 1",
  "outcome.status == 'success'",
  "session.id == 's'",
  "user.id == 'u'",
  "environment == 'x'",
])("`%s`", (text) => {
  const effects = ["allow", "modify", "deny"];
  for (const some of [effects, ...effects.map((effect) => [effect])]) {
    const bundle = bundleWith(text, some);
    const [reference, compiled] = [createReferenceEngine(bundle), createEngine(bundle)];
    for (const more of [{}, { session: { id: "s" } }, { args: {} }]) {
      expect(said(compiled, more)).toEqual(said(reference, more));
    }
  }
});
