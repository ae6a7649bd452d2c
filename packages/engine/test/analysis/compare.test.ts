import { describe, expect, test } from "vitest";
import { comparePolicies, createEngine, loadPolicySet, witnessCase } from "@holdfast/engine";
import type { Bundle, PolicyChange } from "@holdfast/engine";
import { Comparison } from "../../src/analysis/diff/compare.ts";
import { not } from "../../src/analysis/formula/formula.ts";
import type { Formula } from "../../src/analysis/formula/formula.ts";
import { numbersBetween } from "../../src/analysis/domain/number-set.ts";
import { PolicyRules, sidesAt } from "../../src/analysis/region/policy-region.ts";
import type { PlacedSides } from "../../src/analysis/region/policy-region.ts";
import { placesOf } from "../../src/analysis/region/place-list.ts";
import { refundSet } from "./refund-set.ts";

const grant = "{id: grant, effect: allow, when: args.amount <= params.limit}";

function kinds({ regions }: PolicyChange): readonly string[] {
  return regions.map(
    ({ change, rules }) => `${change} ${[...rules.old, "->", ...rules.new].join(" ")}`,
  );
}

describe("what a change does", () => {
  test("identical sets are told at once", () => {
    const set = refundSet([grant]);
    expect(comparePolicies(set, set)).toMatchObject({ regions: [], unknown: [], questions: 0 });
  });

  test("a higher bound is newly allowed, with the first amount that is", () => {
    const change = comparePolicies(
      refundSet([grant]),
      refundSet(["{id: grant, effect: allow, when: args.amount <= 500}"]),
    );
    expect(kinds(change)).toEqual(["newly_allowed -> refunds/grant"]);
    expect(change.unknown).toEqual([]);
    const [region] = change.regions;
    expect(region && witnessCase(region.witness)).toEqual({
      request: {
        agent: { id: "agent-1", roles: ["support"] },
        tool: "stripe.refund",
        args: { amount: 101 },
      },
    });
  });

  test("a longer text is found, also where a rule changes it on the way", () => {
    const sign = `{id: sign, effect: modify, set: {args.to: "args.to + ' by ' + agent.id"}}`;
    const longTo = (length: number): Bundle =>
      refundSet([`{id: grant, effect: allow, when: "size(args.to) <= ${length}"}`, sign]);
    const change = comparePolicies(longTo(2_000), longTo(5_000));
    expect(kinds(change)).toContain("newly_allowed -> refunds/grant");
    for (const { change: kind, witness } of change.regions) {
      expect(kind).toBe("newly_allowed");
      const args = new Map<string, unknown>(Object.entries(witness.request.args ?? {}));
      const to = args.get("to");
      expect(typeof to === "string" ? to.length : 0).toBeGreaterThan(1_900);
    }
  });

  test("another name, another reason and a condition written otherwise change nothing", () => {
    const change = comparePolicies(
      refundSet([grant, '{id: no, effect: deny, when: "args.amount > 50 && args.amount > 60"}']),
      refundSet([
        '{id: given, effect: allow, when: "!(args.amount > 100)"}',
        "{id: never, effect: deny, when: args.amount > 60, reason: too much}",
      ]),
    );
    expect(change).toMatchObject({ regions: [], unknown: [] });
    expect(change.questions).toBeGreaterThan(0);
  });

  test("an error that denies is a change, and guarding against it is another", () => {
    const old = refundSet([grant, "{id: no, effect: deny, when: \"args.to == 'x'\"}"]);
    const now = refundSet([
      grant,
      "{id: no, effect: deny, when: \"has(args.to) && args.to == 'x'\"}",
    ]);
    const change = comparePolicies(old, now);
    expect(kinds(change)).toContain("newly_allowed refunds/no ->");
    expect(change.regions[0]?.before.code).toBe("eval_error");
  });

  test("approvals and obligations that go are less narrow, those that come are narrower", () => {
    const approval =
      "{id: ask, effect: step_up, approval: {from: [user:bo], quorum: 1, ttl: 5m}, obligations: [{notify: ops}]}";
    const gone = comparePolicies(refundSet([grant, approval]), refundSet([grant]));
    expect(new Set(gone.regions.map(({ change }) => change))).toEqual(new Set(["widened"]));
    const come = comparePolicies(refundSet([grant]), refundSet([grant, approval]));
    expect(new Set(come.regions.map(({ change }) => change))).toEqual(new Set(["narrowed"]));
  });

  test("what rests on an expression that is not looked into is unknown and never fine", () => {
    const old = refundSet([
      "{id: grant, effect: allow, when: \"args.to.upperAscii() == 'a' || args.to.upperAscii() == 'b'\"}",
    ]);
    const change = comparePolicies(old, refundSet(["{id: no, effect: deny}"]));
    expect(change.regions.map(({ about }) => about)).not.toContain("newly allowed");
    expect(change.unknown.map(({ because }) => because).join(" ")).toContain(
      "args.to.upperAscii()",
    );
  });

  test("a definition that is read is unknown when it changes", () => {
    const rules = ["{id: grant, effect: allow}", "{id: no, effect: deny, when: happened(seen)}"];
    const text = (key: string): Bundle => {
      const set = refundSet(rules);
      const events = set.events.map((event) => ({ ...event, key: [key as "session.id"] }));
      return { ...set, events, digest: `${set.digest}${key}` };
    };
    const change = comparePolicies(text("session.id"), text("agent.id"));
    // One for the cause, with the rules whose questions rest on it.
    expect(change.unknown).toEqual([
      {
        about: "Event `seen` is defined otherwise",
        rules: { old: [], new: ["refunds/no"] },
        tools: [],
        because: "it will have happened in other cases",
      },
    ]);
  });

  test("an agent that only one set has is told", () => {
    const set = refundSet([grant]);
    const [first] = set.agents;
    const without = { ...set, agents: set.agents.slice(1), digest: `${set.digest}-less` };
    const abouts = (old: Bundle, now: Bundle): readonly string[] =>
      comparePolicies(old, now).unknown.map(({ about }) => about);
    expect(abouts(set, without)).toEqual([`Agent \`${first?.name}\` is no longer defined`]);
    expect(abouts(without, set)).toEqual([`Agent \`${first?.name}\` is now defined`]);
  });

  test("restrictions that go are told apart from a containment that goes", () => {
    const contains = [
      grant,
      "{id: all, effect: contain, restrict: [read_only]}",
      "{id: large, effect: contain, restrict: [network], when: args.amount > 50}",
    ];
    const change = comparePolicies(
      refundSet(contains),
      refundSet([grant, "{id: all, effect: deny}", contains[2] ?? ""]),
    );
    const found = change.regions
      .filter(({ about }) => about === "no longer: restrict read_only")
      .map(({ change: kind }) => kind);
    expect(found).toEqual(["widened", "consequences"]);
  });

  test("what only two delegating agents together show is shown with two", () => {
    const rules = [
      "{id: one, effect: allow, when: \"agent.id != 'x'\"}",
      "{id: other, effect: allow, when: \"agent.id != 'y'\"}",
      "{id: acting, effect: deny, when: \"agent.id in ['x', 'y']\"}",
    ];
    const change = comparePolicies(
      refundSet(["{id: any, effect: allow}", ...rules]),
      refundSet(rules),
    );
    expect(kinds(change)).toEqual(["newly_denied refunds/any ->"]);
    expect(change.unknown).toEqual([]);
    const hops = change.regions[0]?.witness.request.delegation?.map(({ agent }) => agent.id);
    expect(hops).toEqual(expect.arrayContaining(["x", "y"]));
  });

  test("a rule for longer chains alone is not proven to do nothing", () => {
    const change = comparePolicies(
      refundSet([grant]),
      refundSet([grant, "{id: far, effect: deny, when: size(delegation) == 5}"]),
    );
    expect(kinds(change)[0]).toBe("newly_denied -> refunds/far");
    expect(change.unknown).toEqual([]);
    expect(change.regions[0]?.witness.request.delegation).toHaveLength(5);
  });

  test("a chain that is not granted what its last agent always is can be denied otherwise", () => {
    const always = "{id: grant, effect: allow}";
    const hold = "id: hold, effect: contain, restrict: [read_only]";
    const change = comparePolicies(
      refundSet([always, `{${hold}, when: has(args.to)}`]),
      refundSet([always, `{${hold}}`]),
    );
    const narrowed = change.regions.find((region) => region.change === "narrowed");
    expect(narrowed?.before.code).toBe("default_deny");
    expect(narrowed?.tools).toEqual(["stripe.refund, delegated"]);
    expect(change.unknown).toEqual([]);
  });

  test("what can no longer be noted is told of such a chain too, though no rule of it moved", () => {
    const granting = `---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: direct}
spec:
  match: {tools: [stripe.refund]}
  rules: [{id: direct, effect: allow, when: size(delegation) == 0}]
`;
    const reading = `---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: elsewhere}
spec:
  match: {tools: [other.tool]}
  rules: [{id: seen, effect: deny, when: happened(seen)}]
`;
    const change = comparePolicies(
      refundSet([grant], granting),
      refundSet([grant], granting + reading),
    );
    const refunds = change.regions.filter(({ tools }) => tools.join().includes("stripe.refund"));
    expect(refunds.map((region) => `${region.change} ${region.tools.join()}`)).toEqual([
      "newly_denied stripe.refund",
      "reason stripe.refund, delegated",
    ]);
    expect(change.unknown).toEqual([]);
  });

  test("a label that facts of arguments may add is never proven to be missing", () => {
    const set = (rules: readonly string[]): Bundle => {
      const made = refundSet(rules);
      const tools = made.tools.map((tool) => ({ ...tool, arguments: { to: "url" as const } }));
      return { ...made, tools };
    };
    const rule = "{id: no, effect: deny, when: \"'egress' in action.labels\"}";
    const change = comparePolicies(set([grant]), set([grant, rule]));
    const facts = (one: typeof change): unknown =>
      one.regions.map(({ change: how, witness }) => [how, witness.given.facts]);
    expect(facts(change)).toContainEqual(["newly_denied", { urls: [{ opaque: true }] }]);
    // What no fact derives, and the tool has not, no action has: only that it is not known can deny.
    const never = rule.replace("egress", "pii");
    const rare = comparePolicies(set([grant]), set([grant, never]));
    expect(facts(rare)).toContainEqual(["newly_denied", { urls: { error: "invalid" } }]);
    expect(comparePolicies(refundSet([grant]), refundSet([grant, rule])).unknown).toEqual([]);
  });

  test("the same sets give the same bytes", () => {
    const [old, now] = [refundSet([grant]), refundSet(["{id: grant, effect: allow}"])];
    expect(JSON.stringify(comparePolicies(old, now))).toBe(
      JSON.stringify(comparePolicies(old, now)),
    );
  });
});

/** A comparison in which what is known of both sides is distorted first. */
function distorted(
  old: Bundle,
  now: Bundle,
  distort: (formula: Formula) => Formula,
  dropErrors: boolean,
): PolicyChange {
  const comparison = new Comparison({ old: createEngine(old), new: createEngine(now) });
  const sets = [new PolicyRules(old), new PolicyRules(now)];
  const places = placesOf([old, now]);
  for (const place of places) {
    comparison.ask(place, (hops): PlacedSides => {
      const placed = sidesAt(sets, place, hops);
      const sides = placed.sides.map((side) => ({
        ...side,
        rules: side.rules.map((rule) => ({
          ...rule,
          holds: distort(rule.holds),
          errs: dropErrors ? not({ kind: "true" }) : distort(rule.errs),
        })),
      }));
      return { ...placed, sides };
    });
  }
  return {
    digests: { old: old.digest, new: now.digest },
    places: places.length,
    ...comparison.result(),
  };
}

/** Every amount that stands in a formula, one higher. */
function oneOff(formula: Formula): Formula {
  if (formula.kind === "all" || formula.kind === "any")
    return { ...formula, parts: formula.parts.map(oneOff) };
  if (formula.kind !== "atom" || formula.slot !== "args.amount") return formula;
  const [range] = formula.set.numbers.whole;
  if (range === undefined) return formula;
  const [low, high] = range;
  const numbers = numbersBetween(low > 0 ? low - 1 : low, high < 1e9 ? high + 1 : high);
  return { ...formula, set: { ...formula.set, numbers } };
}

describe("a planted unsound step", () => {
  const old = refundSet([grant, "{id: no, effect: deny, when: \"args.to == 'x'\"}"]);
  const now = refundSet([
    grant,
    "{id: no, effect: deny, when: \"has(args.to) && args.to == 'x'\"}",
  ]);

  test("without a distortion the change is found", () => {
    expect(kinds(distorted(old, now, (formula) => formula, false))).toEqual(
      kinds(comparePolicies(old, now)),
    );
  });

  test("errors that are dropped make the comparison miss what decisions show", () => {
    const change = distorted(old, now, (formula) => formula, true);
    expect(kinds(change)).not.toContain("newly_allowed refunds/no ->");
  });

  test("a bound that is off by one gives no false change: the engine does not bear it out", () => {
    const wider = refundSet([
      "{id: grant, effect: allow, when: args.amount <= 100 || args.amount == 0}",
    ]);
    const change = distorted(
      refundSet(["{id: grant, effect: allow, when: args.amount < 101}"]),
      wider,
      oneOff,
      false,
    );
    expect(change.regions).toEqual([]);
    expect(
      comparePolicies(refundSet(["{id: grant, effect: allow, when: args.amount < 101}"]), wider),
    ).toMatchObject({ regions: [], unknown: [] });
  });
});

test("ten thousand rules are compared by the few that differ", { timeout: 120_000 }, () => {
  const tools = Array.from(
    { length: 100 },
    (_, tool) => `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: crm.t${tool}}
spec: {labels: [read], schema: {type: object, properties: {n: {type: integer}}, required: [n]}}
`,
  );
  const roles = Array.from({ length: 100 }, (_, role) => role);
  const agents = roles.map(
    (role) => `
apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: a${role}}
spec: {roles: [r${role}]}
`,
  );
  const policies = (bound: number): readonly string[] =>
    tools.flatMap((_, tool) =>
      roles.map(
        (role) => `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p${tool}-${role}}
spec: {match: {tools: [crm.t${tool}], agent_roles: [r${role}]}, rules: [{id: r, effect: allow, when: "args.n < ${tool === 3 && role === 9 ? bound : 10 + role}"}]}
`,
      ),
    );
  const load = (bound: number): Bundle => {
    const texts = [...tools, ...agents, ...policies(bound)];
    const files = Array.from({ length: Math.ceil(texts.length / 500) }, (_, index) => ({
      path: `policies/many-${index}.yaml`,
      text: texts.slice(index * 500, (index + 1) * 500).join("---"),
    }));
    const loaded = loadPolicySet(files, { root: "policies" });
    if (loaded.ok) return loaded.bundle;
    throw new Error(loaded.diagnostics[0]?.message);
  };
  const change = comparePolicies(load(19), load(40));
  expect(kinds(change)).toEqual(["newly_allowed -> p3-9/r"]);
  expect(change.regions[0]?.tools).toEqual(["crm.t3"]);
  expect(change.unknown).toEqual([]);
  expect(change.places).toBe(1);
});
