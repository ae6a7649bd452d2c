import { loadPolicySet } from "@holdfast/engine";
import { learnPolicy } from "@holdfast/learn";
import type { LearnedPolicy, ToolDefinition } from "@holdfast/learn";
import { expect, test } from "vitest";

function learned(definitions: readonly ToolDefinition[]): LearnedPolicy {
  return learnPolicy({
    definitions,
    runs: [],
    server: "local",
    environments: ["production"],
    approvers: ["user:owner"],
  });
}

function toolOf(name: string, names: readonly string[] = ["to"]): ToolDefinition {
  return {
    name,
    description: "",
    arguments: names.map((each) => ({ name: each, isList: false })),
  };
}

function conditionsOf({ files }: LearnedPolicy): readonly string[] {
  const loaded = loadPolicySet(files, { root: "" });
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return loaded.bundle.policies.flatMap(({ rules }) =>
    rules.flatMap(({ when }) => (when === undefined ? [] : [when.text])),
  );
}

test.for([
  // Otherwise a field of another argument, which is never there.
  ["reply.email", "has(args.`reply.email`)"],
  ["x.my_url", "has(args.`x.my_url`)"],
  ["Content-Type", "has(args.`Content-Type`)"],
  ["in", "has(args.`in`)"],
  ["x) && false && has(args.my_url", '"x) && false && has(args.my_url" in args'],
  ["to // \n_email", '"to // \\n_email" in args'],
  [`q"'\\`, `"q\\"'\\\\" in args`],
  ["`", '"`" in args'],
  ["", '"" in args'],
] as const)("an argument `%s` is never more than a name", ([name, given]) => {
  const conditions = conditionsOf(learned([toolOf("send_mail", ["to", "body", name])]));
  expect(conditions.some((each) => each.includes(given))).toBe(true);
});

test("every tool has a policy of its own, whatever its name", () => {
  const names = ["getUser", "get_user", "get-user", "get_user_2", "../../get_user", "___"];
  const policy = learned(names.map((name) => toolOf(name)));
  expect(policy.files.map(({ path }) => path)).toEqual([
    "settings.yaml",
    "tools/get-user-2-2.yaml",
    "tools/get-user-2.yaml",
    "tools/get-user-3.yaml",
    "tools/get-user-4.yaml",
    "tools/get-user.yaml",
    "tools/tool.yaml",
  ]);
  expect(conditionsOf(policy).length).toBeGreaterThan(0);
});

test.for(["__proto__", "half\uD800_id"])(
  "an argument `%s`, which no policy can name, is left out",
  (name) => {
    const policy = learned([toolOf("send_mail", ["to", name])]);
    expect(conditionsOf(policy).length).toBeGreaterThan(0);
    expect(policy.files.map(({ text }) => text).join("")).not.toContain("__proto__");
  },
);

test.for([
  ["create_event", "email"],
  ["create_event", "id"],
  ["create_event", "x"],
  ["get_page", "url"],
  ["verify_code", "otp"],
] as const)("`%s` with a thousand arguments `%s` gets a policy that loads", ([tool, part]) => {
  for (const isList of [false, true]) {
    const all = Array.from({ length: 1000 }, (_, at) => ({ name: `ä${at}_${part}`, isList }));
    const policy = learned([{ name: tool, description: "", arguments: all }]);
    expect(conditionsOf(policy)).toBeDefined();
    expect(policy.files.map(({ text }) => text).join("")).toContain("too many arguments");
  }
});

test("one list that it is too dear to look into is enough", () => {
  const tool = { name: "verify_code", description: "", arguments: [{ name: "otp", isList: true }] };
  const policy = learned([tool]);
  expect(conditionsOf(policy).join(" ")).not.toContain("origin");
  expect(policy.files.map(({ text }) => text).join("")).toContain("id: misplaced-code");
});

test("a tool that no policy can name is left out, with what it gave, and the rest loads", () => {
  const odd = ["a b", "ä", "a*", "a\nb", "read\u200bfile", "x".repeat(300)];
  const call = (tool: string) => ({ tool, args: { to: "ana" }, result: "ok" });
  const run = { id: "r", user_prompt: "go", calls: [...odd, "send_mail"].map(call) };
  const shared = { server: "local", environments: ["production"], approvers: ["user:owner"] };
  const definitions = [...odd, "send_mail"].map((name) => toolOf(name));
  const policy = learnPolicy({ ...shared, definitions, runs: [run] });
  expect(policy.unnamed).toEqual(odd.toSorted());
  expect(policy.tools.map(({ name }) => name)).toEqual(["send_mail"]);
  expect(conditionsOf(policy).length).toBeGreaterThan(0);
  const used = learnPolicy({ ...shared, definitions: [], runs: [run] });
  expect(used.unnamed).toEqual(odd.toSorted());
  expect(conditionsOf(used).length).toBeGreaterThan(0);
});

test("a tool of whose arguments no file has room is left out, and the others are learned", () => {
  const names = Array.from({ length: 1000 }, (_, at) => `${"n".repeat(300)}${at}`);
  const policy = learned([toolOf("send_mail"), toolOf("send_all", names)]);
  expect(policy.unnamed).toEqual(["send_all"]);
  expect(conditionsOf(policy).length).toBeGreaterThan(0);
});
