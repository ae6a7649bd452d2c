import fc from "fast-check";
import {
  createEngine,
  createReferenceEngine,
  lintPolicySet,
  loadPolicySet,
  runPolicyTests,
} from "@holdfast/engine";
import type { Engine, Finding, PolicyFileText } from "@holdfast/engine";
import { canonicalJson, copyJson } from "@holdfast/model";
import { expect, test } from "vitest";

const tool = `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund}
spec:
  labels: [money]
  schema:
    type: object
    required: [amount, to]
    properties:
      amount: {type: integer, minimum: 0, maximum: 100}
      to: {type: string, maxLength: 100}
      note: {type: string}
      urgent: {type: boolean}
`;

const event = `apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: seen}
spec: {match: {tools: [pay.refund]}, at: begin, key: [session.id], polarity: accepted}
`;

const atom = fc.oneof(
  fc
    .tuple(fc.constantFrom("<", "<=", ">", ">=", "=="), fc.integer({ min: -5, max: 105 }))
    .map(([sign, number]) => `args.amount ${sign} ${number}`),
  fc.constantFrom("a", "b", "ab").map((text) => `args.to == "${text}"`),
  fc.constantFrom("a", "b", "ab").map((text) => `args.to.startsWith("${text}")`),
  fc
    .constantFrom("a", "^b", "b$", "^(?:a|b)$", "a^")
    .map((pattern) => `args.to.matches("${pattern}")`),
  fc.constantFrom(
    "has(args.note)",
    'args.note == "x"',
    "happened(seen)",
    "has(args.urgent) && args.urgent",
  ),
  fc.constant('"lead" in agent.roles'),
);
const condition = fc
  .tuple(atom, fc.constantFrom("&&", "||"), atom, fc.boolean())
  .map(([one, operator, other, negated]) =>
    negated ? `!(${one}) ${operator} (${other})` : `(${one}) ${operator} (${other})`,
  );

const rule = fc.tuple(
  fc.constantFrom("allow", "allow", "deny", "step_up", "modify"),
  fc.oneof(atom, condition),
);

function setOf(rules: readonly (readonly [string, string])[]): readonly PolicyFileText[] {
  const lines = rules.map(([effect, when], index) => {
    const more =
      effect === "step_up"
        ? ', approval: {from: ["user:bo"], quorum: 1, ttl: 5m}'
        : effect === "modify"
          ? `, set: {args.note: "'${index}'"}`
          : "";
    return `    - {id: r${index}, effect: ${effect}, when: '${when}'${more}}\n`;
  });
  const policy = `apiVersion: holdfast.dev/v1\nkind: Policy\nmetadata: {name: p}\nspec:\n  match: {tools: [pay.refund]}\n  rules:\n${lines.join("")}`;
  return [{ path: "policies/main.yaml", text: `${tool}---\n${event}---\n${policy}` }];
}

function caseOf({ witness, code }: Finding, index: number) {
  return {
    name: `${code} ${index}`,
    ...(witness?.given === undefined ? {} : { given: witness.given }),
    request: witness?.request ?? null,
    expect: copyJson(witness?.decision),
  };
}

/** Runs the witnesses of findings as cases of a PolicyTest, as whoever reads them would. */
function unconfirmed(
  files: readonly PolicyFileText[],
  findings: readonly Finding[],
  engineOf: (bundle: Engine["bundle"]) => Engine,
): readonly string[] {
  const shown = findings.filter(({ witness }) => witness !== undefined);
  if (shown.length === 0) return [];
  const cases = shown.map(caseOf);
  const document = {
    apiVersion: "holdfast.dev/v1",
    kind: "PolicyTest",
    metadata: { name: "witnesses" },
    spec: { cases },
  };
  const file = { path: "policies/witnesses.yaml", text: canonicalJson(copyJson(document)) };
  const loaded = loadPolicySet([...files, file], { root: "policies" });
  if (!loaded.ok) return loaded.diagnostics.map(({ message }) => message);
  return runPolicyTests(engineOf(loaded.bundle))
    .results.filter(({ passed }) => !passed)
    .map(({ name, mismatches }) => `${name}: ${JSON.stringify(mismatches)}`);
}

function lint(files: readonly PolicyFileText[]): readonly Finding[] {
  const result = lintPolicySet(files, { root: "policies" });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  return result.findings;
}

let witnesses = 0;

test("every witness is a case that passes, in both engines", () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 2, maxLength: 5 }), (rules) => {
      const files = setOf(rules);
      const findings = lint(files);
      witnesses += findings.filter(({ witness }) => witness !== undefined).length;
      expect(unconfirmed(files, findings, createEngine)).toEqual([]);
      expect(unconfirmed(files, findings, createReferenceEngine)).toEqual([]);
    }),
    { numRuns: 60 },
  );
  expect(witnesses).toBeGreaterThan(20);
});

const amounts = Array.from({ length: 101 }, (_, amount) => amount);
const texts = ["", "a", "b", "ab", "ba", "c", "ac"];

/** What requests all around the conditions come to: the rules that held, and whether it is refused. */
function seenIn(
  files: readonly PolicyFileText[],
): readonly { readonly matched: readonly string[]; readonly refused: boolean }[] {
  const loaded = loadPolicySet(files, { root: "policies" });
  if (!loaded.ok) throw new Error("the set does not compile");
  const engine = createEngine(loaded.bundle);
  const seen: { matched: readonly string[]; refused: boolean }[] = [];
  for (const amount of amounts.filter((each) => each % 7 === 0 || each < 8 || each > 96)) {
    for (const to of texts) {
      for (const extra of [{}, { note: "x", urgent: true }]) {
        for (const roles of [[], ["lead"]]) {
          const request = {
            tenant: "default",
            agent: { id: "a", roles, attributes: {} },
            user: null,
            delegation: [],
            session: { id: "s", root: "s" },
            tool: { server: "pay", name: "refund" },
            action: { kind: "tool" as const, operation: "call", phase: "call" as const },
            args: { amount, to, ...extra },
            resources: [],
            context: {},
            claims: {},
          };
          const input = { request, external: {}, state: engine.createState(), nowMs: 0 };
          const { effect } = engine.decide(input);
          seen.push({ matched: engine.explain(input).matched, refused: effect === "deny" });
        }
      }
    }
  }
  return seen;
}

/** What a finding says of all requests, and whether it is so of one. */
function isBorneOut(
  { code, rules: [own = "", other = ""] }: Finding,
  { matched, refused }: { readonly matched: readonly string[]; readonly refused: boolean },
): boolean {
  if (!matched.includes(own)) return code !== "always_true";
  if (code === "never_matches") return false;
  if (code === "shadowed") return refused;
  return code !== "redundant" || matched.includes(other);
}

test("what is said of all requests is so of all that lie around the conditions", () => {
  let checked = 0;
  fc.assert(
    fc.property(fc.array(rule, { minLength: 2, maxLength: 4 }), (rules) => {
      // What modify rules contradict each other on is denied before other rules are asked.
      const plain = rules.filter(([effect]) => effect !== "modify");
      if (plain.length === 0) return;
      const files = setOf(plain);
      const said = lint(files).filter(
        ({ code, level }) =>
          level !== "unknown" &&
          ["never_matches", "always_true", "shadowed", "redundant"].includes(code),
      );
      if (said.length === 0) return;
      checked += said.length;
      const seen = seenIn(files);
      expect(said.filter((finding) => !seen.every((one) => isBorneOut(finding, one)))).toEqual([]);
    }),
    { numRuns: 60 },
  );
  expect(checked).toBeGreaterThan(20);
});

test("a finding whose witness is another request is caught", () => {
  const files = setOf([
    ["allow", "args.amount < 20"],
    ["deny", "args.amount < 50"],
  ]);
  const findings = lint(files);
  expect(findings.map(({ code }) => code)).toContain("shadowed");
  expect(unconfirmed(files, findings, createEngine)).toEqual([]);
  const unsound = findings.map(withOtherRequest);
  expect(unconfirmed(files, unsound, createEngine)).toHaveLength(1);
});

/** The finding with a request for which the rule does not hold at all. */
function withOtherRequest(finding: Finding): Finding {
  if (finding.witness === undefined) return finding;
  const request = { agent: { id: "a" }, tool: "pay.refund", args: { amount: 70, to: "a" } };
  return { ...finding, witness: { ...finding.witness, request } };
}
