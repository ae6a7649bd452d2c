/**
 * Policies refined by what people said of a log. Seen to fail: an exception that takes in a denied call,
 * one for every agent, a test written of a call that is decided otherwise, a widening that is not told.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGuard } from "@holdfast/runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folderOf, holdfast } from "./command.ts";

const policies = `# who may be written to, and what may be paid
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: office.send_mail}
spec: {labels: [egress]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: office.pay}
spec: {labels: [money]}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: paid}
spec: {match: {tools: [office.pay]}, at: begin, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: mails}
spec: {match: {tools: [office.send_mail]}, key: [session.id], window: 1h}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: mail}
spec:
  match: {tools: [office.send_mail]}
  rules:
    - {id: grant, effect: allow}
    # our own people
    - id: outside
      effect: deny
      when: >-
        !args.to.endsWith("@team.example")
      reason: not one of us
    - {id: enough, effect: throttle, limit: {meter: mails, max: 2}}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: pay}
spec:
  match: {labels: [money]}
  rules:
    - {id: grant, effect: allow}
    - {id: ask, effect: step_up, approval: {from: [user:bo], ttl: 15m}}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: after-pay}
spec:
  match: {tools: [office.send_mail]}
  rules:
    - {id: quiet, effect: deny, when: happened("paid")}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: looked}
spec: {match: {tools: [office.look]}, at: begin, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: notes}
spec:
  match: {tools: [office.look, office.note]}
  rules:
    - {id: grant, effect: allow}
    - {id: after-look, effect: deny, when: 'tool.name == "note" && happened("looked")'}
`;

const asked: readonly (readonly [string, string, Record<string, string | number>])[] = [
  ["mail-partner", "send_mail", { to: "bo@partner.example", body: "hello" }],
  ["mail-evil", "send_mail", { to: "eve@evil.example", body: "hello" }],
  ["pay-known", "pay", { to: "acct-1", amount: 150 }],
  ["pay-new", "pay", { to: "acct-2", amount: 900 }],
  ["find", "find", { id: 4 }],
  ["mail-1", "send_mail", { to: "ana@team.example", body: "1" }],
  ["mail-2", "send_mail", { to: "ana@team.example", body: "2" }],
  ["mail-3", "send_mail", { to: "ana@team.example", body: "3" }],
  ["look", "look", { at: "page" }],
  ["note", "note", { text: "seen" }],
];

let kept = "";
beforeAll(async () => {
  kept = join(mkdtempSync(join(tmpdir(), "holdfast-refine-")), "log");
  const pep = { type: "test", id: "t", version: "0" };
  const guard = await openGuard({
    policies: [{ path: "p.yaml", text: policies }],
    data: kept,
    pep,
  });
  const { id } = await guard.openSession({ agent: "helper" });
  const prompt = "Write to everybody";
  await guard.observe(id, { kind: "prompt", text: prompt, source: "chat", labels: ["user"] });
  for (const [action, name, args] of asked) {
    const tool = { server: "office", name };
    const rest = { agent: { id: "helper" }, session: { id }, tool, args };
    const begun = await guard.begin({ id: action, ...rest });
    if (begun.granted) await guard.end(begun, { status: "success", result: "sent" });
  }
  await guard.close();
});
afterAll(() => rmSync(join(kept, ".."), { recursive: true, force: true }));

const approved =
  'mail-partner\n# looked at by bo\n\n{"action": "pay-known", "by": "bo"}\nfind\nmail-3\n';

/** A policy folder, what people said, and the command that refines by both. */
function given(files: Readonly<Record<string, string>> = {}) {
  const folder = folderOf({
    "policies/all.yaml": policies,
    "approved.txt": approved,
    "denied.txt": "mail-evil\nnote\n",
    ...files,
  });
  const at = (name: string): string => join(folder, name);
  const args = ["learn", "--from-log", "--data", kept, "--policy", at("policies")];
  const said = ["--approved", at("approved.txt"), "--denied", at("denied.txt")];
  return {
    at,
    refine: (...more: readonly string[]) => holdfast([...args, ...said, ...more]),
    args,
  };
}

interface Report {
  readonly totals?: object;
  readonly changed: number;
  readonly groups: readonly { readonly change: string; readonly after: object }[];
}

test("lets run what people approved and nothing else, tells it as a widening, and tests it", async () => {
  const { at, refine } = given();
  const to = at("refined");
  const ran = await refine("-o", to, "--tests", join(to, "tests"));
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain(
    'WIDENS  `mail/outside` leaves out\n        agent.id == "helper" && has(args.to) && args.to == "bo@partner.example"',
  );
  expect(ran.stdout).toContain("WIDENS  a new rule grants `office.find` to helper where");
  expect(ran.stdout).toContain("NEWLY ALLOWED  office.send_mail");
  expect(ran.stdout).toContain("mail/enough is a limit");
  expect(ran.stderr).toContain("wrote 5 test cases");
  // What is written stays as it was written, but for what is changed.
  const text = readFileSync(join(to, "all.yaml"), "utf8");
  expect(text.split("\n").filter((line) => !policies.split("\n").includes(line))).toHaveLength(2);
  expect(text).toContain("# our own people");
  const tested = await holdfast(["test", to]);
  expect([tested.code, tested.stdout]).toEqual([0, expect.stringContaining("5 passed, 0 failed")]);
  const replayed = await holdfast(["replay", "-d", kept, "-p", to, "-o", "json"]);
  const { changed, groups } = JSON.parse(replayed.stdout) as Report;
  expect(changed).toBe(3);
  expect(groups.map(({ after }) => after)).toEqual(
    expect.arrayContaining([expect.objectContaining({ effect: "allow", rules: ["mail/grant"] })]),
  );
  const compared = await holdfast(["diff", at("policies"), to, "--fail-on-widening"]);
  expect(compared.code).toBe(10);
  // Nothing is left to do, and nothing is widened.
  const again = await holdfast([
    ..."learn --from-log --diff --fail-on-widening --data".split(" "),
    kept,
    "--policy",
    to,
    "--approved",
    at("approved.txt"),
  ]);
  expect([again.code, again.stdout]).toEqual([0, ""]);
  expect(again.stderr).toContain("no change");
});

test("prints the difference and writes nothing, and exits with 10 when asked to", async () => {
  const { at, refine } = given();
  const ran = await refine("--diff", "--fail-on-widening");
  expect(ran.code).toBe(10);
  expect(ran.stdout).toContain(`+++ b/${at("policies")}/all.yaml`);
  expect(ran.stdout.split("\n").filter((line) => line.startsWith("- "))).toHaveLength(3);
  expect(ran.stderr).toContain("WIDENS");
  expect(readdirSync(at(""))).not.toContain("refined");
});

test("takes in no call that was denied, and says which it cannot tell apart", async () => {
  // Both went to the same place with the same words.
  const { refine } = given({ "approved.txt": "pay-new\n", "denied.txt": "pay-known\n" });
  const ran = await refine("--diff");
  expect(ran.stdout).toContain('args.to == "acct-2"');
  expect(ran.stdout).not.toContain("acct-1");
  const both = given({ "approved.txt": "pay-new\n", "denied.txt": "pay-new\n" });
  expect(await both.refine("--diff")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("both approved and denied") as string,
  });
  const unknown = given({ "approved.txt": "nobody\n" });
  expect((await unknown.refine("--diff")).stderr).toContain("in no record that was read: nobody");
});

const rule = (name: string, when: string): string => `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: ${name}}
spec:
  match: {tools: [office.send_mail]}
  rules:
    - {id: stop, effect: deny, when: '${when}'}
`;

test("closes what stress found with the fewest rules that refuse no work", async () => {
  const proposals = [
    { policy: rule("one", 'args.body == "attack 1"'), kills: ["a1"] },
    { policy: rule("both", 'args.body.startsWith("attack")'), kills: ["a1", "a2"] },
    { policy: rule("work", 'args.to == "ana@team.example"'), kills: ["a1", "a2", "a3"] },
  ];
  const { at, args } = given({ "stress.json": JSON.stringify({ mutants: 4, proposals }) });
  const to = at("refined");
  const ran = await holdfast([
    ...args,
    "--close",
    at("stress.json"),
    "-o",
    to,
    "--fail-on-widening",
  ]);
  expect([ran.code, ran.stdout]).toEqual([
    0,
    expect.stringContaining("NARROWS  `both` is new, and stops 2 attacks"),
  ]);
  expect(ran.stdout).toContain(
    "left out: `work`, which stops 3 attacks, as it would refuse 2 calls",
  );
  const added = readFileSync(join(to, "refined.yaml"), "utf8");
  expect(added).toContain("name: both");
  expect(added).not.toContain("name: one");
  expect(readFileSync(join(to, "all.yaml"), "utf8")).toBe(policies);
});

test("says which tests of the policies expect what is changed, and needs a place to write", async () => {
  const { at, refine, args } = given({
    "policies/tests.yaml": `apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: own}
spec:
  cases:
    - name: partners are outside
      request: {agent: {id: helper}, session: {id: s}, tool: office.send_mail, args: {to: bo@partner.example}}
      expect: {effect: deny}
`,
  });
  expect((await refine("--diff")).stderr).toContain("fails now: own/partners are outside");
  expect(await refine()).toMatchObject({ code: 2 });
  expect(await refine("-o", at("policies"))).toMatchObject({ code: 2 });
  const learn = (...more: readonly string[]) => holdfast(["learn", ...more]);
  expect(await learn("--policy", at("policies"), "--runs", "x")).toMatchObject({ code: 2 });
  expect(await learn("--runs", "x", "--diff", "-o", "y")).toMatchObject({ code: 2 });
  expect(await holdfast([...args, "--close", at("denied.txt"), "--diff"])).toMatchObject({
    code: 2,
  });
});
