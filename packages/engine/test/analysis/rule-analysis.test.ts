import { describe, expect, test } from "vitest";
import { RuleAnalysis, witnessCase } from "@holdfast/engine";
import type { PlaceAnalysis } from "@holdfast/engine";
import { not } from "../../src/analysis/formula/formula.ts";
import { refundSet } from "./refund-set.ts";

function analysed(rules: readonly string[]): { analysis: RuleAnalysis; refund: PlaceAnalysis } {
  const analysis = new RuleAnalysis(refundSet(rules));
  const [place] = analysis.placesOf("refunds/r");
  if (place === undefined) throw new Error("no place");
  return { analysis, refund: analysis.at(place) };
}

/** What can be said of a rule: whether it can hold, and whether it can be an error. */
function reach(when: string, effect = "deny"): { holds: string; errs: string } {
  const { analysis, refund } = analysed([
    `{id: r, effect: ${effect}, when: ${JSON.stringify(when)}}`,
  ]);
  const [rule] = refund.rules;
  if (rule === undefined) throw new Error("no rule");
  const holds = analysis.ask(refund, { must: [rule.holds] }, ({ matched }) =>
    matched.includes("refunds/r"),
  );
  const errs = analysis.ask(refund, { must: [rule.errs] }, ({ errors }) =>
    errors.includes("refunds/r"),
  );
  return { holds: holds.kind, errs: errs.kind };
}

const certain: readonly (readonly [string, string, string])[] = [
  ["args.amount > 5", "witness", "none"],
  ["args.amount > 5 && args.amount < 6", "none", "none"],
  ["args.amount < 0", "none", "none"],
  // An amount beyond 2^53 is a double, which no int is multiplied by.
  ["args.amount * 2 == 11", "none", "witness"],
  ["args.amount * 2 == 12", "witness", "witness"],
  ["args.amount < 9000 && args.amount * 2 == 12", "witness", "none"],
  ["3 - args.amount >= 4", "none", "witness"],
  // What is not given is 1.
  ["args.count * 2 == 2 && !has(original.count)", "witness", "none"],
  ["args.count + 1 == 3 && !has(original.count)", "none", "none"],
  ["args.to == 'a'", "witness", "witness"],
  ["has(args.to) && args.to == 'a'", "witness", "none"],
  ["has(args.to) || args.to == 'a'", "witness", "witness"],
  [
    "args.to.startsWith('ab') && args.to.endsWith('ba') && size(args.to) == 3",
    "witness",
    "witness",
  ],
  ["args.to.startsWith('ab') && args.to.endsWith('cd') && size(args.to) == 3", "none", "witness"],
  ["has(args.note) && size(args.note) > 20", "none", "none"],
  ["args.to.matches('^[a-c]+$') && args.to.contains('d')", "none", "witness"],
  ["args.to in ['x', 'y'] && args.to != 'x'", "witness", "witness"],
  ["args.to in ['x', 'y'] && args.to != 'x' && args.to != 'y'", "none", "witness"],
  ["'lead' in agent.roles && size(agent.roles) == 1", "none", "none"],
  ["'lead' in agent.roles && size(agent.roles) == 2", "witness", "none"],
  ["!('support' in agent.roles)", "none", "none"],
  ["'a' in args.tags && size(args.tags) == 0", "none", "witness"],
  ["domain(args.to, 'evil.example') && glob('good.*', args.to)", "none", "witness"],
  ["['a', 'b'].exists(x, args.to.startsWith(x)) && !args.to.startsWith('a')", "witness", "witness"],
  ["user != null && user.id == 'u'", "witness", "none"],
  ["happened(seen)", "witness", "witness"],
  ["happened(seen, duration('5m')) && !happened(seen)", "none", "witness"],
  ["count(seen, duration('5m')) > 2 && count(seen, duration('1h')) < 3", "none", "witness"],
  ["count(seen, duration('5m')) == 1 && count(seen, duration('1h')) == 3", "witness", "witness"],
  [
    "now < timestamp('2026-01-01T00:00:00Z') && now > timestamp('2025-12-31T23:59:59.999Z')",
    "none",
    "none",
  ],
  [
    "now <= timestamp('2026-01-01T00:00:00Z') && now > timestamp('2025-12-31T23:59:59.999Z')",
    "witness",
    "none",
  ],
  ["args.to == args.note && args.to == 'k' && args.note != 'k'", "none", "witness"],
  ["args.to == args.note && size(args.to) == 3", "witness", "witness"],
  ["action.kind == 'sql' && tool.name == 'refund' && 'money' in tool.labels", "witness", "none"],
  ["args.amount > params.limit ? args.amount < 50 : false", "none", "none"],
  ["(args.to == 'a') == false && args.to == 'a'", "none", "witness"],
  ["context.level > 3 && context.level < 3.5", "witness", "witness"],
  ["context.level == 'high' && context.level > 3", "none", "witness"],
  ["1 / 0 == 1", "none", "witness"],
];

describe("what a rule reaches", () => {
  test.each(certain)("%s", (when, holds, errs) => {
    // A condition that nothing makes hold may also be an error only where it is absorbed by nothing.
    expect(reach(when)).toEqual({ holds, errs });
  });

  test("an expression that is not looked into is unknown when the engine does not bear it out", () => {
    expect(reach("args.to.upperAscii() == 'a'").holds).toBe("unknown");
    expect(reach("args.to.upperAscii() == 'X' && args.to == 'x'").holds).toBe("witness");
  });

  test("equal opaque parts are equal", () => {
    const part = "args.amount / 2 == 7";
    expect(reach(`${part} && !(${part})`).holds).toBe("none");
  });
});

test("a witness is a case of a PolicyTest", () => {
  const { analysis, refund } = analysed([
    `{id: r, effect: deny, when: "happened(seen, duration('5m')) && args.amount > 5"}`,
  ]);
  const [rule] = refund.rules;
  const found = analysis.ask(
    refund,
    { must: [rule?.holds ?? { kind: "false" }] },
    ({ decision }) => decision.effect === "deny",
  );
  if (found.kind !== "witness") throw new Error(found.kind);
  expect(witnessCase(found.witness)).toMatchInlineSnapshot(`
    {
      "given": {
        "events": {
          "seen": [
            "-299s",
          ],
        },
      },
      "request": {
        "agent": {
          "id": "agent-1",
          "roles": [
            "support",
          ],
        },
        "args": {
          "amount": 6,
        },
        "session": {
          "id": "session-1",
        },
        "tool": "stripe.refund",
      },
    }
  `);
});

test("a question that takes too long is unknown", () => {
  const parts = Array.from(
    { length: 16 },
    (_, i) => `(args.to.contains('${"abcdefghijklmnop"[i]}') || args.note.contains('${i}a'))`,
  );
  const { analysis, refund } = analysed([
    `{id: r, effect: deny, when: ${JSON.stringify(parts.join(" && "))}}`,
  ]);
  const [rule] = refund.rules;
  expect(analysis.ask(refund, { must: [rule?.holds ?? { kind: "false" }] }, () => false).kind).toBe(
    "unknown",
  );
});

describe("what a limit reaches", () => {
  const meter = `---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: paid}
spec: {match: {tools: [stripe.refund]}, reserve: args.amount, key: [agent.id], window: 10m}
`;
  /** Whether a limit of 3.5 can be passed, and whether it can be kept, where rules hold. */
  const passedAndKept = (amount: string, least: string, most: string): readonly string[] => {
    // What was charged may deny when it is high and grant when it is low.
    const analysis = new RuleAnalysis(
      refundSet(
        [
          `{id: amount, effect: allow, when: "${amount}"}`,
          `{id: least, effect: deny, when: "meter(paid) ${least}"}`,
          `{id: most, effect: allow, when: "meter(paid) ${most}"}`,
          "{id: r, effect: deny, limit: {meter: paid, max: 3.5}}",
        ],
        meter,
      ),
    );
    const [place] = analysis.placesOf("refunds/r");
    if (place === undefined) throw new Error("no place");
    const refund = analysis.at(place);
    const around = refund.rules.filter(({ name }) => name !== "refunds/r");
    const limit = refund.rules.find(({ name }) => name === "refunds/r");
    if (limit === undefined) throw new Error("no rule");
    const must = around.map(({ holds }) => holds);
    const passed = analysis.ask(
      refund,
      { must: [...must, limit.holds] },
      ({ matched }) => matched.length === 4,
    );
    const kept = analysis.ask(
      refund,
      { must: [...must, not(limit.holds), not(limit.errs)] },
      ({ matched }) => matched.length === 3 && !matched.includes("refunds/r"),
    );
    return [passed.kind, kept.kind];
  };

  test.each([
    ["args.amount == 1", ">= 0.0", "< 9.0", "witness", "witness"],
    ["args.amount == 4", ">= 0.0", "< 9.0", "witness", "none"],
    ["args.amount == 1", ">= 0.0", "<= 2.5", "none", "witness"],
    ["args.amount <= 1", ">= 0.0", "<= 2.75", "witness", "witness"],
    // What is charged after the next double above 1.5 and 2 is 3.5, as doubles add.
    ["args.amount == 2", "> 1.5", "< 9.0", "witness", "witness"],
    ["args.amount == 2", "> 1.75", "< 9.0", "witness", "none"],
    ["args.amount >= 1", "> 2.5", "< 9.0", "witness", "none"],
    ["args.amount >= 1", ">= 2.5", "< 9.0", "witness", "witness"],
    ["args.amount >= 2", "> 1.0", "< 1.25", "witness", "witness"],
  ])("%s, charged %s and %s", (amount, least, most, passed, kept) => {
    expect(passedAndKept(amount, least, most)).toEqual([passed, kept]);
  });

  test("what a rule takes away is no amount", () => {
    const take = "{id: take, effect: modify, remove: [args.amount]}";
    const limit = "{id: r, effect: deny, limit: {meter: paid, max: 3.5}}";
    const analysis = new RuleAnalysis(refundSet([limit, take], meter));
    const [place] = analysis.placesOf("refunds/r");
    if (place === undefined) throw new Error("no place");
    const refund = analysis.at(place);
    const rule = refund.rules.find(({ name }) => name === "refunds/r");
    if (rule === undefined) throw new Error("no rule");
    expect(analysis.ask(refund, { must: [rule.holds] }, () => true).kind).toBe("none");
  });
});
