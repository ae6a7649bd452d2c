/**
 * In which environments honest runs used tools. Seen to fail: an environment that one task alone showed, taken for
 * usual; tools of few tasks held to their own; and something learned though a call told no environment.
 */
import { loadPolicySet } from "@holdfast/engine";
import { learnPolicy } from "@holdfast/learn";
import type { LearnedPolicy, LearnedRun } from "@holdfast/learn";
import fc from "fast-check";
import { expect, test } from "vitest";

/** A task of its own that calls these tools, all in one environment or in none that is told. */
function task(
  at: number,
  environment: string | undefined,
  ...tools: readonly string[]
): LearnedRun {
  const calls = tools.map((tool) => {
    const call = { tool, args: { name: `it ${at}` } };
    return environment === undefined ? call : Object.assign(call, { environment });
  });
  return { id: `r${at}`, user_prompt: `do it ${at}`, calls };
}

/** So many tasks there. */
function tasks(count: number, environment: string | undefined, ...tools: readonly string[]) {
  return Array.from({ length: count }, () => task((next += 1), environment, ...tools));
}
let next = 0;

const declared = ["staging", "production"];

function learned(runs: readonly LearnedRun[], environments = declared): LearnedPolicy {
  const shared = { definitions: [], server: "local", approvers: ["user:owner"] };
  const policy = learnPolicy({ ...shared, runs, environments });
  const loaded = loadPolicySet(policy.files, { root: "" });
  expect(loaded.ok ? [] : loaded.diagnostics).toEqual([]);
  return policy;
}

/** The condition of the rule on a tool, and what bears it out; undefined where there is none. */
function held(tool: string, runs: readonly LearnedRun[], environments = declared) {
  const rules = learned(runs, environments).rules.get(tool) ?? [];
  const rule = rules.find(({ id }) => id === "unusual-environment");
  return rule === undefined ? undefined : [rule.when, rule.support];
}

const inStaging = '!(environment in ["staging"])';

test("a tool is held to where five tasks used it, reads as well", () => {
  const runs = tasks(5, "staging", "deploy_site", "read_file");
  for (const tool of ["deploy_site", "read_file"]) {
    expect(held(tool, runs)).toEqual([inStaging, "staging in 5 tasks"]);
  }
  const both = [...runs, ...tasks(2, "production", "read_file")];
  expect(held("deploy_site", both)).toEqual([inStaging, "staging in 5 tasks"]);
  // Where all that is declared is usual there is nothing to ask.
  expect(held("read_file", both)).toBeUndefined();
  expect(held("read_file", both, [...declared, "moon"])).toEqual([
    '!(environment in ["production","staging"])',
    "production in 2 tasks, staging in 5 tasks",
  ]);
});

test("one of fewer tasks to where any tool was used, and none where all are fewer than five", () => {
  const few = tasks(4, "staging", "deploy_site");
  expect(held("deploy_site", few)).toBeUndefined();
  const more = [...few, ...tasks(2, "staging", "read_file")];
  expect(held("deploy_site", more)).toEqual([inStaging, "all tools: staging in 6 tasks"]);
  // What the tool's own four tasks did would be unusual otherwise.
  const apart = [...tasks(4, "production", "deploy_site"), ...tasks(9, "staging", "read_file")];
  expect(held("deploy_site", apart)).toBeUndefined();
  expect(held("read_file", apart)).toEqual([inStaging, "staging in 9 tasks"]);
  // One task that is run often is one.
  const often = Array.from({ length: 9 }, (_, at) => ({ ...few[0], id: `again ${at}` }));
  expect(held("deploy_site", often as readonly LearnedRun[])).toBeUndefined();
});

test("where one task alone was, be it a lie, is not usual", () => {
  const runs = tasks(9, "staging", "deploy_site");
  const lied = [...runs, ...tasks(1, "production", "deploy_site")];
  const support = "staging in 9 tasks; not usual: production in 1 task";
  expect(held("deploy_site", lied)).toEqual([inStaging, support]);
  expect(held("deploy_site", [...lied, ...tasks(1, "production", "deploy_site")])).toBeUndefined();
  const scattered = ["a", "b", "c", "d", "e"].flatMap((each) => tasks(1, each, "deploy_site"));
  expect(held("deploy_site", scattered)).toBeUndefined();
});

test("nothing is learned of a tool with a call that tells no environment", () => {
  const runs = [...tasks(9, "staging", "deploy_site"), ...tasks(9, "staging", "read_file")];
  const some = [...runs, ...tasks(2, undefined, "deploy_site")];
  expect(held("deploy_site", some)).toBeUndefined();
  expect(held("read_file", some)).toEqual([inStaging, "staging in 9 tasks"]);
  const rarely = [...some, ...tasks(1, "staging", "list_files")];
  expect(held("list_files", rarely)).toBeUndefined();
  expect(held("deploy_site", tasks(9, undefined, "deploy_site"))).toBeUndefined();
});

test("of twelve tasks one that tells no environment, as a lie would, counts for nothing", () => {
  const runs = tasks(11, "staging", "deploy_site");
  const lied = [...runs, ...tasks(1, undefined, "deploy_site")];
  expect(held("deploy_site", lied)).toEqual([inStaging, "staging in 11 tasks"]);
  expect(held("deploy_site", [...runs.slice(1), ...lied.slice(-1)])).toBeUndefined();
  expect(held("deploy_site", [...lied, ...tasks(1, undefined, "deploy_site")])).toBeUndefined();
});

test("no environment is named that is not declared, and where none of them is every call is asked about", () => {
  const runs = tasks(5, "staging", "deploy_site");
  expect(held("deploy_site", runs, ["production"])).toEqual([undefined, "staging in 5 tasks"]);
  const both = [...runs, ...tasks(5, "__proto__", "deploy_site")];
  expect(held("deploy_site", both)?.[0]).toBe(inStaging);
});

test("the same runs give the same bytes, in whatever order they come", () => {
  const runs = [
    ...tasks(5, "staging", "deploy_site", "read_file"),
    ...tasks(3, "production", "read_file"),
    ...tasks(1, "moon", "deploy_site"),
    ...tasks(2, "staging", "list_files"),
  ];
  const { files } = learned(runs, [...declared, "moon"]);
  expect(files.map(({ text }) => text).join("")).toContain("unusual-environment");
  fc.assert(
    fc.property(fc.shuffledSubarray(runs, { minLength: runs.length }), (shuffled) => {
      expect(learned(shuffled, [...declared, "moon"]).files).toEqual(files);
    }),
    { numRuns: 8 },
  );
});

test("is left out with what surrounds a call", () => {
  const runs = tasks(5, "staging", "deploy_site");
  const shared = { definitions: [], server: "local", approvers: ["user:owner"], runs };
  const { rules } = learnPolicy({ ...shared, environments: declared, without: ["context"] });
  expect(rules.get("deploy_site")?.map(({ id }) => id)).not.toContain("unusual-environment");
});
