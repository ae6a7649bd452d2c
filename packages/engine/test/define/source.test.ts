import { loadPolicySet } from "@holdfast/engine";
import {
  allow,
  cel,
  defineAgent,
  definePolicy,
  defineTool,
  deny,
  inFolder,
  modify,
  policySet,
  set,
  sourcesOf,
} from "@holdfast/engine/define";
import type { Definition } from "@holdfast/engine/define";
import { renderDiagnostic } from "@holdfast/model";
import { expect, test } from "vitest";

const tool = defineTool({
  name: "a.b",
  labels: ["read"],
  schema: { type: "object", properties: { note: { type: "string" } } },
});

function rendered(definitions: readonly Definition[]): readonly string[] {
  const result = policySet(definitions);
  if (result.ok) return [];
  const textOf = (path: string) => result.files.find((file) => file.path === path)?.text;
  return result.diagnostics.map((each) => renderDiagnostic(each, textOf(each.span.file)));
}

test("what does not compile is shown in the printed YAML, and told where it was defined", () => {
  const policy = definePolicy({
    name: "refunds",
    match: { tools: [tool] },
    rules: [allow("grant"), deny("late", { when: cel`args.nte == "x"` })],
  });
  const [first, ...others] = rendered([tool, policy]);
  expect(others).toEqual([]);
  const told = first?.replace(/note: \S*source\.test\.ts:\d+:\d+ /u, "note: source.test.ts:LINE ");
  expect(told?.split("\n")).toEqual([
    "policy.refunds.yaml:14:18 cel_unknown_field unknown field `nte` of the arguments of `a.b`",
    '  14 |       when: args.nte == "x"',
    "     |                  ^^^",
    "help: did you mean `note`?",
    "note: source.test.ts:LINE in Policy `refunds` at `spec.rules[1].when`, defined here",
  ]);
});

test("every error of a set is told at once, each with its document", () => {
  const found = rendered([
    definePolicy({ name: "one", rules: [allow("a", { when: cel`nowhere` })] }),
    definePolicy({ name: "two", rules: [deny("b", { limit: { meter: "spnt", max: 1 } })] }),
    definePolicy({ name: "three", rules: [deny("c")] }),
    definePolicy({ name: "three", rules: [deny("d")] }),
  ]);
  expect(found.map((each) => each.split(" ").slice(0, 2).join(" "))).toEqual([
    "policy.one.yaml:9:13 cel_unknown_variable",
    expect.stringMatching(/^policy\.three(?:-1)?\.yaml:4:9 duplicate_document$/u),
    expect.stringMatching(/^policy\.two\.yaml:\d+:\d+ unknown_meter$/u),
  ]);
  const note = /note: \S*source\.test\.ts:\d+:\d+ in Policy `(?:one|two|three)` at `/u;
  expect(found.filter((each) => !note.test(each))).toEqual([]);
});

test("files are named by kind and name, whatever the name, and no two the same", () => {
  const names = ["aB", "Ab", ".hidden", "a/../b", "a:b", `long${"x".repeat(200)}`, "%41"];
  const agents = names.map((name) => defineAgent({ name }));
  const sources = sourcesOf(inFolder("team-a", agents), { under: "printed" });
  expect(sources.map(({ path }) => path)).toEqual([
    "printed/team-a/agent.%2541.yaml",
    "printed/team-a/agent..hidden.yaml",
    "printed/team-a/agent.Ab.yaml",
    "printed/team-a/agent.a%2F..%2Fb.yaml",
    "printed/team-a/agent.a%3Ab.yaml",
    "printed/team-a/agent.aB-1.yaml",
    expect.stringMatching(/^printed\/team-a\/agent\.longx{116}-[0-9a-f]{12}\.yaml$/u),
  ]);
  const loaded = loadPolicySet(sources);
  expect(loaded.ok && loaded.bundle.agents.map(({ name }) => name)).toEqual(names.toSorted());
});

test("a folder cannot lead out of where the files are written", () => {
  for (const folder of ["..", "a/../..", "/etc", "", ".git", "a//b", "a\\b", "c:x"]) {
    expect(() => sourcesOf(inFolder(folder, [tool])), folder).toThrow("a folder is relative");
  }
});

test("what cannot be written down is refused, with the document and the path", () => {
  const wrong = (value: unknown) => () =>
    definePolicy({ name: "p", params: { x: value as never }, rules: [deny("r")] });
  expect(wrong(() => 1)).toThrow(
    "Policy `p` cannot be written down: function is not JSON at `params.x`",
  );
  expect(wrong(new Date(0))).toThrow("object of a class is not JSON");
  expect(wrong(Number.NaN)).toThrow("number that is not finite");
  expect(() => sourcesOf([{ name: "p" } as never])).toThrow("entry 0 is no definition");
  expect(() =>
    definePolicy({
      name: "p",
      match: { tools: [tool] },
      rules: ({ args }) => [modify("m", { changes: [set(args.note, "a"), set(args.note, "b")] })],
    }),
  ).toThrow("`args.note` is changed twice by one rule");
});

test("characters that a policy file may not hold are written as escapes", () => {
  const hidden = "a\u202eb\u0000c\ufeffd\u0085e’";
  const agent = defineAgent({ name: "a", description: hidden });
  const loaded = loadPolicySet(sourcesOf([agent]));
  expect(loaded.ok && loaded.bundle.agents[0]?.description).toBe(hidden);
});

test("a text that YAML would fold keeps its white space", () => {
  for (const description of [" \n", "a \n", "\n\n", "\t\n x", " a\n  b\n"]) {
    const loaded = loadPolicySet(sourcesOf([defineAgent({ name: "a", description })]));
    expect(loaded.ok && loaded.bundle.agents[0]?.description).toBe(description);
  }
});

test("a definition is data that nobody can change behind its back", () => {
  const names = ["a", "b"];
  const agent = defineAgent({ name: "x", roles: names });
  names.push("c");
  expect(agent).toEqual({
    apiVersion: "holdfast.dev/v1",
    kind: "Agent",
    metadata: { name: "x" },
    spec: { roles: ["a", "b"] },
  });
});

test("a header is one line of comment at the top of every file", () => {
  const [source] = sourcesOf([tool], { header: "printed from\nx.ts" });
  expect(source?.text.startsWith("# printed from x.ts\napiVersion:")).toBe(true);
});

test("documents beside the definitions are compiled with them", () => {
  const policy = definePolicy({
    name: "p",
    match: { tools: ["a.b"] },
    rules: [allow("a", { when: cel`args.note == "x"` })],
  });
  const beside = sourcesOf([tool]);
  expect(policySet([policy], { beside }).ok).toBe(true);
  const wrong = definePolicy({ name: "p", match: { tools: ["a.c"] }, rules: [allow("a")] });
  expect(policySet([wrong], { beside })).toMatchObject({
    ok: false,
    diagnostics: [{ code: "unknown_tool" }],
  });
});
