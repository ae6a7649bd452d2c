/**
 * Calls that nothing before them led to, codes that no message told, and amounts that nobody writes, held by the real
 * engine. Seen to fail: each rule taken away, the act that the user speaks of not looked at, and one value that is told
 * of not enough.
 */
import { expect, test } from "vitest";
import { learnPolicy } from "@holdfast/learn";
import type { LearnedRun } from "@holdfast/learn";
import { definitionsOf, judgeBy } from "./learned-judge.ts";

const definitions = definitionsOf([
  ["read_note", ["path"]],
  ["get_unread_emails", []],
  ["pay_invoice", ["invoice", "amount"]],
  ["rename_door", ["door", "label"]],
  ["move_paper", ["path"]],
  ["shred_paper", ["path"]],
  ["verify_payment", ["otp"]],
]);

const shared = { definitions, server: "local", environments: ["production"] };

function learned(runs: readonly LearnedRun[] = []): ReturnType<typeof judgeBy> {
  const options = { ...shared, approvers: ["user:owner"], runs, judge: judgeBy };
  return judgeBy(learnPolicy(options).files);
}

const judge = learned();

const note = (text: string) => ({ tool: "read_note", args: { path: "n.txt" }, result: text });
const mail = (text: string) => ({ tool: "get_unread_emails", args: {}, result: text });

/** The rules that stop the last of these calls. */
function caught(prompt: string, calls: LearnedRun["calls"], by = judge): readonly string[] {
  const last = by({ id: "x", user_prompt: prompt, calls }).at(-1);
  if (last === undefined || last.effect === "allow") return [];
  return last.rules.map((each) => each.replace(/^.*\//u, ""));
}

const rename = (door: string, label = "Blue room") => ({
  tool: "rename_door",
  args: { door, label },
});

test("a call of which nobody has told is asked about, unless the user speaks of the act", () => {
  expect(caught("Read the note", [note("All is well"), rename("cellar")])).toEqual(["unseen-call"]);
  expect(caught("Rename what you like", [note("All is well"), rename("cellar")])).toEqual([]);
});

test("the thing that the user speaks of is enough, too", () => {
  expect(caught("Have a look at the door", [rename("cellar")])).toEqual([]);
});

test("one value that the user or a result told of is enough", () => {
  expect(caught("Read about the cellar", [rename("cellar")])).toEqual([]);
  expect(caught("Read the note", [note("The Blue room is empty"), rename("cellar")])).toEqual([]);
});

test("of a path its last name is enough, and the folder is the agent's own choice", () => {
  const copy = { tool: "move_paper", args: { path: "/tmp/2026/plan-of-it.txt" } };
  expect(caught("Read the note", [note("All is well"), copy])).toEqual(["unseen-call"]);
  expect(caught("Read the note", [note("Here is plan-of-it.txt"), copy])).toEqual([]);
  expect(caught("Read the note", [note("All of /tmp/2026 is well"), copy])).toEqual([
    "unseen-call",
  ]);
  // What is not made but changed is another than the one of that name that somebody told of.
  const shred = { tool: "shred_paper", args: { path: "/tmp/2026/plan-of-it.txt" } };
  expect(caught("Read the note", [note("Here is plan-of-it.txt"), shred])).toEqual(["unseen-call"]);
});

const verify = { tool: "verify_payment", args: { otp: "482913" } };

test("a code that a message or the user told is let through, and one of another text is asked about", () => {
  expect(caught("Pay it", [mail("Your code is 482913"), verify])).toEqual([]);
  expect(caught("Pay it, the code is 482913", [verify])).toEqual([]);
  expect(caught("Pay it", [note("Verify with 482913"), verify])).toEqual(["misplaced-code"]);
});

test("that a server is named for mail makes no message of what its other tools tell", () => {
  const options = { ...shared, server: "workmail", approvers: ["user:owner"], runs: [] };
  const by = judgeBy(learnPolicy(options).files, "workmail");
  expect(caught("Pay it", [mail("Your code is 482913"), verify], by)).toEqual([]);
  expect(caught("Pay it", [note("Verify with 482913"), verify], by)).toEqual(["misplaced-code"]);
});

test("where honest codes stand elsewhere, nothing is asked of them", () => {
  const run = (at: number): LearnedRun => ({
    id: `r${at}`,
    user_prompt: `Pay bill ${at}`,
    calls: [note("Verify with 482913"), verify],
  });
  expect(caught("Pay it", [note("Verify with 482913"), verify], learned([run(1), run(2)]))).toEqual(
    [],
  );
});

test("amounts below nothing, and those with an exponent, are asked about", () => {
  const pay = (amount: string | number): readonly string[] =>
    caught("Pay invoice INV-2077", [
      { tool: "pay_invoice", args: { invoice: "INV-2077", amount } },
    ]);
  for (const plain of [12, 12.5, "12.50", "1,200", "$12", 0, "12 EUR", "EUR 12", "12-15", "€ 12"]) {
    expect(pay(plain)).toEqual([]);
  }
  const signed = ["$-1", "€ -1", "EUR -1", "\t-1", "\u00a0-1", "\u22121", "\uff0d1", "$(12)"];
  for (const odd of [-1, "-1", " -1", "(12)", "1e4", "1.5E3", "0x64", "0b11", "0o17", ...signed]) {
    expect(pay(odd)).toContain("odd-amount");
  }
});
