/**
 * What one run of somebody else's making does to what is learned of all. Seen to fail: no policy at all as a number, an id
 * or a text cannot be written down, keys in a choice, texts and names that take square time, and names of arguments, fields and tools that no file has room for.
 */
import { loadPolicySet } from "@holdfast/engine";
import { driftOf, learnBaseline, learnPolicy, noveltyRules } from "@holdfast/learn";
import type { LearnedRun, ObservedRun } from "@holdfast/learn";
import type { Json, JsonObject } from "@holdfast/model";
import { expect, test } from "vitest";

/** The files, which load. */
function learnedText(runs: readonly LearnedRun[]): string {
  const { files } = learnPolicy({
    definitions: [],
    runs,
    server: "local",
    environments: ["production"],
    approvers: ["user:owner"],
    judge: (first) => {
      const loaded = loadPolicySet(first, { root: "" });
      if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
      return ({ calls }) => calls.map(() => ({ effect: "step_up", rules: ["p/dictated"] }));
    },
  });
  const loaded = loadPolicySet(files, { root: "" });
  expect(loaded.ok ? [] : loaded.diagnostics).toEqual([]);
  return files.map(({ text }) => text).join("");
}

/** Eight tasks that call a tool alike, but for the first. */
function eight(tool: string, args: JsonObject, first: JsonObject = args): readonly LearnedRun[] {
  return Array.from({ length: 8 }, (_, at) => ({
    id: `r${at}`,
    user_prompt: `task ${at}`,
    calls: [{ tool, args: at === 0 ? first : args }],
  }));
}

test.for(["__proto__", "half\uD800"])("an argument `%s` of runs is left out", (name) => {
  const args: JsonObject = { to: "bo@a.example" };
  Object.defineProperty(args, name, { value: "abcd", enumerable: true });
  learnedText(eight("send_mail", args));
});

const read = (result: Json): readonly LearnedRun[] => [
  { id: "r", user_prompt: "p", calls: [{ tool: "get_page", args: {}, result }] },
];

test.for([1e308, -1e308, Number.MAX_VALUE, 1e300, 2 ** 53, 5e-324])(
  "an amount of %d leaves a policy that loads",
  (amount) => {
    const text = learnedText(eight("send_money", { amount: 5 }, { amount }));
    expect(text).toContain("unusual-number");
  },
);

test("sums that no number holds leave a policy that loads", () => {
  const calls = [1, 2, 3].map(() => ({ tool: "send_money", args: { amount: 1e308 } }));
  learnedText([{ id: "r", user_prompt: "p", calls }, ...eight("send_money", { amount: 5 })]);
});

test.for([
  "x\uD800",
  `x${"\u{1F600}".repeat(3000)}`,
  `xy${"\u{1F600}".repeat(3000)}`,
  "a\u001B[31m\n---\u202E",
])("an id of a run is never more than words %#", (id) => {
  const text = learnedText([
    { id, user_prompt: "p", calls: [{ tool: "send_mail", args: { to: "b" } }] },
  ]);
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/\u001B|\u202E|\\u202e|\\e/u);
});

test.for([
  ["authorization", "hunter2hunter2"],
  ["x-api-key", "opensesame"],
  ["accessKey", "opensesame"],
  ["header", "Bearer abcdef"],
  ["mode", "sk-proj-4f9QzK2m81LxPw"],
  ["mode", "0123456789abcdef0123456789abcdef"],
  ["mode", "half\uD800"],
] as const)("what `%s` holds is no choice that a policy tells: %s", ([name, value]) => {
  expect(learnedText(eight("set_state", { [name]: value }))).not.toContain("unusual-choice");
});

/** So many arguments of one call, with names so long. */
function many(count: number, units: number): JsonObject {
  const names = Array.from({ length: count }, (_, at) => `${"n".repeat(units)}${at}`);
  return Object.fromEntries(names.map((name) => [name, `value of ${name.slice(-4)}`]));
}

test.for([
  ["one long name", many(1, 70_000)],
  ["one that is shorter", many(1, 20_000)],
  ["very many", many(1500, 300)],
  ["very many that are unseen", Object.fromEntries([["\u202E".repeat(900), "x"]])],
] as const)("arguments that one task makes up leave others known: %s", ([, made]) => {
  const shared = { to: "the known office" };
  for (const tool of ["send_mail", "read_mail"]) {
    const text = learnedText(eight(tool, shared, { ...shared, ...made }));
    expect(text).toContain("`to` a text in 8 tasks");
  }
});

test.for([
  ["a long path", { ["f".repeat(5000)]: { password: "hunter22" } }],
  ["very many", Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`a_${at}_pin`, "1"]))],
] as const)("fields that one task makes up leave others known: %s", ([, made]) => {
  const runs = eight("read_mail", { id: "m" }).map((run, at) =>
    Object.assign({}, run, {
      calls: [{ tool: "read_mail", args: {}, result: { token: "abc", ...(at === 0 ? made : {}) } }],
    }),
  );
  expect(learnedText(runs)).toMatch(/^ +token:\n +labels:\n +- secrets$/mu);
});

test("a tool whose first word is very long is learned", () => {
  expect(learnedText(eight("y".repeat(200), { to: "bo" }))).toContain("y".repeat(200));
});

test("what is chosen is told, with no character that nobody sees", () => {
  const text = learnedText(eight("set_state", { mode: "fast\u202E\u009B" }));
  expect(text).toContain("unusual-choice");
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u202E\u009B]/u);
});

// What these took before was minutes, each: a test that times out tells of it.
test(
  "neither dots, keys nor names that fall together take square time",
  { timeout: 60_000 },
  () => {
    learnedText(eight("send_mail", { to: "bo" }, { to: `a@${".".repeat(400_000)} ` }));
    learnedText(read(Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`).join("\n")));
  },
);

test("a tool with a long name has files that can be written", () => {
  const { files } = learnPolicy({
    definitions: [{ name: "aA".repeat(120), description: "", arguments: [] }],
    runs: [],
    server: "local",
    environments: ["production"],
    approvers: ["user:owner"],
  });
  for (const { path } of files) expect(path.length).toBeLessThan(140);
});

/** A run of one agent with one call. */
function observed(args: JsonObject): ObservedRun {
  const call = { server: "s", tool: "send", args, agent: { id: "helper" }, place: "span 1" };
  return { id: "r", prompt: "send it", calls: [call] };
}

test.for([
  { amount: 1e300 },
  { amount: -1e308 },
  { amount: 2 ** 69 },
  { "to\u202E\u009B": "x" },
] as const)("rules on what is new of %o load", (args) => {
  const text = noveltyRules(learnBaseline([observed(args)]), { most: 1, approvers: ["user:ana"] });
  const loaded = loadPolicySet([{ path: "novelty.yaml", text }], { root: "" });
  expect(loaded.ok ? [] : loaded.diagnostics).toEqual([]);
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u202E\u009B]/u);
});

test("half a character in a name of an argument hides the drift of nothing else", () => {
  const baseline = learnBaseline([observed({ to: "ana" })]);
  const drift = driftOf(baseline, [observed({ to: "ana", "\uD800": 1 })]);
  expect(drift[0]?.changes.length).toBeGreaterThan(0);
});

test("an address made of dots is told the shape of at once", { timeout: 60_000 }, () => {
  learnBaseline([observed({ to: `a@${".".repeat(400_000)} ` })]);
});
