/**
 * The smallest change that lets approved calls run. Seen to fail: an exception for all agents, one that takes
 * in a denied call, edits in the order of calls, a rule that is left out whole though a target tells it, a list of texts whose test an
 * object meets by its names.
 */
import { loadPolicySet } from "@holdfast/engine";
import { closingProposals, editedFiles, refine } from "@holdfast/learn";
import type { RefusedCall } from "@holdfast/learn";
import type { JsonObject } from "@holdfast/model";
import { describe, expect, test } from "vitest";

const text = `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: mail}
spec:
  match: {tools: [office.send], agents: [helper]}
  rules:
    - {id: grant, effect: allow}
    - id: stop
      effect: deny   # hard
      reason: no
`;

const loaded = loadPolicySet([{ path: "p.yaml", text }], { root: "" });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
const { bundle } = loaded;

let sequence = 0;
function call(review: RefusedCall["review"], args: JsonObject, more: Partial<RefusedCall> = {}) {
  sequence += 1;
  const tool = { server: "office", tool: "send", agent: "helper" };
  return { sequence, ...tool, args, review, code: "rule", rules: ["mail/stop"], ...more };
}

const conditionOf = (...calls: readonly RefusedCall[]) =>
  refine(calls, bundle).edits.map(({ condition }) => condition);

describe("what a rule leaves out", () => {
  test("is calls with the targets of those that were approved, whatever they say", () => {
    const approved = [
      call("approved", { to: "bo", body: "one", urgent: true }),
      call("approved", { to: "ana", body: "two", urgent: false }),
    ];
    expect(conditionOf(...approved)).toEqual(['has(args.to) && args.to in ["ana", "bo"]']);
    expect(refine(approved.toReversed(), bundle)).toEqual(refine(approved, bundle));
    const [edit] = refine(approved, bundle).edits;
    const [file] = editedFiles([{ path: "p.yaml", text }], edit === undefined ? [] : [edit], "");
    expect(file?.text).toContain(
      `      effect: deny\n      when: '!(has(args.to) && args.to in ["ana", "bo"])'   # hard\n`,
    );
  });

  test("is no call that was denied, and as few as can be that nobody looked at", () => {
    const approved = call("approved", { to: "bo", folder: "in", body: "one" });
    const same = { to: "bo", body: "two" };
    expect(conditionOf(approved, call("denied", { ...same, folder: "out" }))).toEqual([
      'has(args.folder) && args.folder == "in" && has(args.to) && args.to == "bo"',
    ]);
    expect(conditionOf(approved, call("open", { ...same, folder: "out" }))).toHaveLength(1);
    const denied = refine([approved, call("denied", { ...same, folder: "in" })], bundle);
    expect(denied.edits[0]?.condition).toContain('args.body == "one"');
    const twin = call("denied", { ...approved.args });
    expect(refine([approved, twin], bundle)).toMatchObject({
      edits: [],
      unresolved: [{ sequence: approved.sequence }],
    });
    // Of another agent's calls nothing is said: the exception is for this one.
    expect(conditionOf(approved, { ...twin, agent: "other" })).toEqual([
      'has(args.to) && args.to == "bo"',
    ]);
  });

  test("is for the agent alone where the policy is for more", () => {
    const wide = {
      ...bundle,
      policies: bundle.policies.map((each) => ({ ...each, match: { phase: "call" as const } })),
    };
    const { edits } = refine([call("approved", { "odd name": ["a"], n: 1 })], wide);
    expect(edits.map(({ condition }) => condition)).toEqual([
      'tool.server == "office" && tool.name == "send" && agent.id == "helper" && has(args.n) && args.n == 1 && has(args.`odd name`) && type(args.`odd name`) == list && args.`odd name`.all(x, x in ["a"])',
    ]);
  });

  test("are numbers between those that were, and optional arguments that are left out", () => {
    expect(
      conditionOf(
        call("approved", { amount: 5, to: "bo" }),
        call("approved", { amount: 9.5, to: "bo", url: "https://a.example" }),
      ),
    ).toEqual([
      'has(args.amount) && args.amount >= 5 && args.amount <= 9.5 && has(args.to) && args.to == "bo" && (!(has(args.url)) || args.url == "https://a.example")',
    ]);
  });

  test("is nothing where no rule refuses", () => {
    const why = (code: string, rules: readonly string[] = []) =>
      refine([call("approved", {}, { code, rules })], bundle).unresolved[0]?.because;
    expect(why("schema")).toContain("`schema`");
    expect(why("limit", ["mail/stop"])).toContain("is a limit");
    expect(why("rule", ["built-in/path"])).toContain("built in");
    expect(refine([call("open", { to: "bo" })], bundle)).toEqual({ edits: [], unresolved: [] });
  });
});

describe("what hostile calls make of it", () => {
  test("an object, a mixture of kinds and a name that every object has are held to what was given", () => {
    expect(conditionOf(call("approved", { to: { iban: "X" }, body: "hi" }))).toEqual([
      'has(args.to) && args.to == {"iban":"X"}',
    ]);
    expect(conditionOf(call("approved", { amount: 5 }), call("approved", { amount: "5" }))).toEqual(
      ['has(args.amount) && (args.amount == "5" || args.amount == 5)'],
    );
    expect(conditionOf(call("approved", { constructor: "x" }), call("approved", {}))).toEqual([
      '(!(has(args.constructor)) || args.constructor == "x")',
    ]);
  });

  test("no text turns around or moves what a reader sees", () => {
    expect(conditionOf(call("approved", { to: "a\u202e\u009b1m" }))).toEqual([
      String.raw`has(args.to) && args.to == "a\u202e\u009b1m"`,
    ]);
  });

  test.for([{ agent: "help*" }, { tool: "se*" }])(
    "a name that is a pattern gets no grant: %o",
    (more) => {
      const refused = call("approved", { to: "bo" }, { code: "default_deny", rules: [], ...more });
      const { edits, unresolved } = refine([refused], bundle);
      expect(edits).toEqual([]);
      expect(unresolved[0]?.because).toContain("ends with `*`");
    },
  );

  test("an exception for an agent called like a pattern is not for all that it takes in", () => {
    const [mail] = bundle.policies;
    if (mail === undefined) throw new Error("no policy");
    const match = { ...mail.match, agents: ["help*"] };
    const wide = { ...bundle, policies: [{ ...mail, match }] };
    const { edits } = refine([call("approved", { to: "bo" }, { agent: "help*" })], wide);
    expect(edits[0]?.condition).toContain('agent.id == "help*"');
  });
});

test("proposals that close are the fewest, in whatever order they come", () => {
  const proposals = ["c", "bb", "a"].map((policy) => ({
    name: policy,
    policy,
    kills: policy === "bb" ? ["1", "2"] : ["1"],
  }));
  const more = [...proposals, { name: "d", policy: "d", kills: ["3"] }];
  const chosen = closingProposals(more).map(({ policy }) => policy);
  expect(chosen).toEqual(["bb", "d"]);
  expect(closingProposals(more.toReversed()).map(({ policy }) => policy)).toEqual(chosen);
  expect(closingProposals([])).toEqual([]);
});
