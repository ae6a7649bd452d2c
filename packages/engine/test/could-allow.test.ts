import { describe, expect, test } from "vitest";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { DecisionInput, Occurrence } from "@holdfast/engine";
import { readRequest } from "@holdfast/model";
import type { RequestInput } from "@holdfast/model";
import { bundleOf } from "./decision-case.ts";

const base = [
  "{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: mail.send}, spec: {labels: [egress]}}",
  "{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: ops.run}, spec: {labels: [exec], arguments: {a: shell, b: sql, c: url, d: path, e: content, f: k8s}}}",
  "{apiVersion: holdfast.dev/v1, kind: Agent, metadata: {name: bot}, spec: {roles: [dev]}}",
  "{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: m}, spec: {key: [agent.id], window: 1h}}",
  "{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: begun}, spec: {at: begin, key: [session.id]}}",
  "{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: done}, spec: {at: success, key: [session.id]}}",
];

function policy(match: string, rule: string, name = "p"): string {
  return `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: ${name}}, spec: {match: {${match}}, rules: [${rule}]}}`;
}

const grant = policy("", "{id: grant, effect: allow}", "grant");

/** What both engines say. */
function couldAllow(
  documents: readonly string[],
  more: Partial<DecisionInput> & { readonly asked?: Partial<RequestInput> } = {},
  history: readonly Occurrence[] = [],
): boolean {
  const { asked = {}, ...rest } = more;
  const bundle = bundleOf([...base, ...documents]);
  const tool = { server: "mail", name: "send" };
  const reading = readRequest({ agent: { id: "bot", roles: ["dev"] }, tool, ...asked });
  if (!reading.ok) throw new Error("not a request");
  const { request } = reading;
  const answers = [createReferenceEngine(bundle), createEngine(bundle)].map((engine) => {
    const state = engine.createState();
    for (const occurrence of history) engine.fold(state, occurrence);
    return engine.couldAllow({ request, external: {}, state, nowMs: 1_000_000, ...rest });
  });
  const [reference = false, compiled] = answers;
  expect(compiled).toBe(reference);
  return reference;
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

const meter = (name: string, spec: string): string =>
  `{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: ${name}}, spec: {${spec}, window: 1h}}`;
const limited = (name: string, max: number): string =>
  policy("", `{id: no, effect: deny, limit: {meter: ${name}, max: ${max}}}`);

/** An action that ran a minute ago and was charged. */
function ran(args: RequestInput["args"] = {}): Occurrence {
  const tool = { server: "mail", name: "send" };
  const reading = readRequest({ agent: { id: "bot", roles: ["dev"] }, tool, args });
  if (!reading.ok) throw new Error("not a request");
  const decision = {
    effect: "allow",
    code: "rule",
    rules: [],
    reason: "",
    obligations: [],
  } as const;
  return {
    kind: "decision",
    sequence: 1,
    input: { request: reading.request, external: {}, nowMs: 940_000 },
    decision: { ...decision, rules: [], obligations: [], bundle: "sha256:0" },
    granted: true,
  };
}

describe("a limit that denies", () => {
  test("hides a tool as soon as one action more would pass it", () => {
    expect(couldAllow([grant, limited("m", 0)])).toBe(false);
    expect(couldAllow([grant, limited("m", 1)])).toBe(true);
    expect(couldAllow([grant, limited("m", 1)], {}, [ran()])).toBe(false);
    expect(couldAllow([grant, limited("m", 2)], {}, [ran()])).toBe(true);
  });

  test("hides none that its Meter does not count", () => {
    const other = meter("o", "match: {tools: [crm.read]}, key: [agent.id]");
    expect(couldAllow([grant, other, limited("o", 0)])).toBe(true);
    const settings =
      "{apiVersion: holdfast.dev/v1, kind: Settings, metadata: {name: settings}, spec: {environments: [staging, production]}}";
    const live = meter("l", "match: {environments: [production]}, key: [agent.id]");
    const documents = [settings, grant, live, limited("l", 0)];
    expect(couldAllow(documents, { asked: { environment: "staging" } })).toBe(true);
    expect(couldAllow(documents, { asked: { environment: "production" } })).toBe(false);
    expect(couldAllow(documents)).toBe(false);
  });

  test("counts nothing for an amount that arguments decide", () => {
    const paid = meter("p", "reserve: args.n, key: [agent.id]");
    expect(couldAllow([grant, paid, limited("p", 0)])).toBe(true);
    expect(couldAllow([grant, paid, limited("p", 4)], {}, [ran({ n: 5 })])).toBe(false);
    expect(couldAllow([grant, paid, limited("p", 5)], {}, [ran({ n: 5 })])).toBe(true);
  });

  test("hides none whose key arguments decide", () => {
    const byArgument = meter("k", "key: [args.to]");
    expect(couldAllow([grant, byArgument, limited("k", 0)])).toBe(true);
    const tool =
      "{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: fs.write}, spec: {labels: [write], resources: [{type: file, id: args.path}], schema: {type: object, properties: {path: {type: string}}}}}";
    const byResource = meter("r", "match: {tools: [fs.write]}, key: [resource.id]");
    const asked = { tool: { server: "fs", name: "write" } };
    const only = policy("tools: [fs.write]", "{id: no, effect: deny, limit: {meter: r, max: 0}}");
    expect(couldAllow([grant, tool, byResource, only], { asked })).toBe(true);
  });

  test("hides all for which its key is absent", () => {
    const bySession = meter("s", "key: [session.id]");
    expect(couldAllow([grant, bySession, limited("s", 5)])).toBe(false);
    const asked = { session: { id: "s1" } };
    expect(couldAllow([grant, bySession, limited("s", 5)], { asked })).toBe(true);
  });

  test("hides no result", () => {
    const asked = { action: { phase: "result" as const } };
    const late = policy("phase: result", "{id: no, effect: deny, limit: {meter: m, max: 0}}");
    expect(couldAllow([late], { asked })).toBe(true);
    expect(couldAllow([late], { asked }, [ran()])).toBe(true);
    expect(couldAllow([policy("phase: result", "{id: no, effect: deny}")], { asked })).toBe(false);
  });
});

describe("labels that arguments decide", () => {
  const asked = { tool: { server: "ops", name: "run" } };

  test("may grant, and deny nothing for sure", () => {
    expect(couldAllow([policy("labels: [egress]", "{id: a, effect: allow}")], { asked })).toBe(
      true,
    );
    expect(couldAllow([policy("labels: [money]", "{id: a, effect: allow}")], { asked })).toBe(
      false,
    );
    const no = policy("labels: [egress]", "{id: no, effect: deny}");
    expect(couldAllow([grant, no], { asked })).toBe(true);
    const own = policy("labels: [exec]", "{id: no, effect: deny}");
    expect(couldAllow([grant, own], { asked })).toBe(false);
    const read = `{id: a, effect: allow, when: "'egress' in action.labels"}`;
    expect(couldAllow([policy("", read)], { asked })).toBe(true);
  });
});

describe("a condition", () => {
  const when = (effect: string, text: string, more = ""): string =>
    `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {${more}rules: [{id: a, effect: ${effect}, when: "${text}"}]}}`;

  test.each([
    "args.n > 1",
    "original.n > 1",
    "size(resources) > 0",
    "shell.opaque",
    "size(content.secrets) > 0",
    "sql.opaque",
    "size(urls) > 0",
    "size(paths) > 0",
    "k8s.opaque",
  ])("may come true or false, whatever it is without arguments: `%s`", (text) => {
    expect(couldAllow([when("allow", text)])).toBe(true);
    expect(couldAllow([grant, when("deny", text)])).toBe(true);
  });

  test.each([
    "{'k': args.n}.k > 1",
    "{string(args.n): 1}.exists(k, k == 'x')",
    "[1, args.n][1] > 1",
    "[1, ?args.?n].size() > 1",
    "[2].exists(one, one == args.n)",
    "[1, 2].map(one, one + args.n)[0] > 1",
    "args.list.exists(one, one > 1)",
    "cel.bind(one, args.n, one > 1)",
    "args.text.startsWith('x')",
    "'x'.startsWith(args.text)",
    "math.abs(args.n) > 1",
    "size(args.text) > 1",
    "args['n'] > 1",
    "args.?n.orValue(1) > 1",
    "has(args.n)",
    "has({'k': args.n}.k)",
    "{'k': args.n}.?k.hasValue()",
    "-args.n < 0",
    "!args.flag",
    "args.flag ? true : false",
    "agent.id == 'bot' ? args.flag : false",
    "1 in args.list",
    "args.n in [1, 2]",
  ])("reads arguments wherever they stand in it: `%s`", (text) => {
    expect(couldAllow([when("allow", text)])).toBe(true);
    expect(couldAllow([grant, when("deny", text)])).toBe(true);
  });

  test.each([
    "happened('done')",
    "count('done', duration('1h')) > 1",
    "since('done', 'begun')",
    "no_worse(origin('some words'), 'field')",
    "from_only('some words', ['user'])",
  ])("may come true by a key or a prompt that is not there yet: `%s`", (text) => {
    expect(couldAllow([when("allow", text)])).toBe(true);
  });

  test.each([
    "happened('begun')",
    "count('begun', duration('1h')) > 1",
    "since('begun', 'done')",
    "meter('s') > 1.0",
    "!no_worse(origin('some words'), 'field')",
    "!from_only('some words', ['user'])",
    "touches('some words', 'untrusted')",
    "requested_by('some words').mood != 'none'",
    "!names_act('mail.send')",
  ])("may come false by a key or a prompt that is not there yet: `%s`", (text) => {
    const bySession = meter("s", "match: {tools: [crm.read]}, key: [session.id]");
    expect(couldAllow([grant, bySession, when("deny", text)])).toBe(true);
  });

  test.each([
    ["variables.v", "variables: {v: args.n > 1}, ", true],
    ["variables.v", "variables: {v: variables.w, w: args.n > 1}, ", true],
    ["variables.v", "variables: {v: context.x == 1}, ", false],
    ["variables.v", "variables: {v: context.x == 1, w: args.n > 1}, ", false],
  ])("is looked at through variables: `%s` of `%s`", (text, more, shown) => {
    expect(couldAllow([when("allow", text, more)])).toBe(shown);
    expect(couldAllow([grant, when("deny", text, more)])).toBe(shown);
  });

  test.each(["resource.type", "resource.id", "args.to"])(
    "may come either way by the history of a key that arguments decide: `%s`",
    (part) => {
      const tool =
        "{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: fs.write}, spec: {labels: [write], resources: [{type: file, id: args.path}], schema: {type: object, properties: {path: {type: string}, to: {type: string}}}}}";
      const event = `{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: e}, spec: {match: {tools: [fs.write]}, at: success, key: [${part}], polarity: accepted}}`;
      const asked = { tool: { server: "fs", name: "write" } };
      for (const text of ["happened('e')", "!happened('e')", "count('e', duration('1h')) > 1"]) {
        expect(couldAllow([tool, event, when("allow", text)], { asked })).toBe(true);
        expect(couldAllow([tool, event, grant, when("deny", text)], { asked })).toBe(true);
      }
    },
  );

  test("that is no bool is an error whatever the arguments are", () => {
    const asked = { context: { x: "text" } };
    expect(couldAllow([when("allow", "context.x")], { asked })).toBe(false);
    expect(couldAllow([grant, when("deny", "context.x")], { asked })).toBe(false);
  });

  test("that is false denies nothing, and true denies all", () => {
    expect(couldAllow([grant, when("deny", "agent.id == 'other'")])).toBe(true);
    expect(couldAllow([grant, when("deny", "agent.id == 'bot'")])).toBe(false);
    const contain = "{id: no, effect: contain, restrict: [isolate], when: \"agent.id == 'bot'\"}";
    expect(couldAllow([grant, policy("", contain)])).toBe(false);
  });
});

describe("through a delegation", () => {
  const lead = { id: "lead", roles: ["lead"] };
  const asked = (...scopes: string[]): { asked: Partial<RequestInput> } => ({
    asked: { delegation: [{ agent: lead, scopes }] },
  });

  test("every agent must be granted, or the acting one by its own authority", () => {
    const devs = policy("agent_roles: [dev]", "{id: a, effect: allow}");
    expect(couldAllow([devs])).toBe(true);
    expect(couldAllow([devs], asked("tool:mail.send"))).toBe(false);
    const own = policy("agent_roles: [dev]", "{id: a, effect: allow, delegated: own_authority}");
    expect(couldAllow([own], asked("tool:mail.send"))).toBe(true);
  });

  test.each([
    ["tool:mail.send", true],
    ["tool:mail.*", true],
    ["tool:*", true],
    ["tool:crm.*", false],
    ["label:egress", true],
    ["label:write", false],
    ["resource:file//*", true],
    ["mail.send", false],
    ["", false],
  ])("the scope `%s`", (scope, shown) => {
    expect(couldAllow([grant], asked(...(scope === "" ? [] : [scope])))).toBe(shown);
  });

  test("every hop must cover the tool", () => {
    const hop = (scope: string): { agent: { id: string }; scopes: string[] } => ({
      agent: { id: "lead" },
      scopes: [scope],
    });
    const delegation = [hop("tool:mail.send"), hop("tool:crm.read")];
    expect(couldAllow([grant], { asked: { delegation } })).toBe(false);
  });
});

test("a request that is not valid, and a tool that is defined twice, hide it", () => {
  expect(couldAllow([grant], { asked: { environment: "nowhere" } })).toBe(false);
  expect(couldAllow([grant], { nowMs: -1 })).toBe(false);
  expect(couldAllow([grant], { registry: "ambiguous" })).toBe(false);
  expect(couldAllow([grant], { registry: "known" })).toBe(true);
  expect(couldAllow([grant], { registry: "unregistered" })).toBe(false);
});

test("what a policy in mode observe says hides nothing", () => {
  const observed = (name: string, rule: string): string =>
    `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: ${name}}, spec: {mode: observe, rules: [${rule}]}}`;
  expect(couldAllow([grant, observed("o", "{id: no, effect: deny}")])).toBe(true);
});
