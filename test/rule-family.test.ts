/**
 * Parts of learned policies left out, to measure what each buys. Seen to fail: a part that leaves its rules in,
 * places that stay known, exemptions that are made all the same.
 */
import { describe, expect, test } from "vitest";
import { learnPolicy, ruleFamilies } from "@holdfast/learn";
import type { LearnedPolicy, LearnedRun, RuleFamily } from "@holdfast/learn";
import { definitionsOf } from "./learned-judge.ts";

const definitions = definitionsOf([
  ["open_page", ["url"]],
  ["send_mail", ["to", "subject", "body"]],
  ["send_money", ["iban", "amount", "subject"]],
  ["delete_file", ["path"]],
  ["fill_form", ["url", "values"]],
]);
const runs: readonly LearnedRun[] = ["ana", "bo", "cy"].map((name) => ({
  id: name,
  user_prompt: `Write to ${name}@team.example`,
  calls: [
    { tool: "open_page", args: { url: "https://team.example" }, result: "Open at nine." },
    { tool: "send_mail", args: { to: `${name}@team.example`, subject: "Hello", body: "there" } },
  ],
}));

function learned(...without: readonly RuleFamily[]): LearnedPolicy {
  return learnPolicy({
    definitions,
    runs,
    without,
    server: "local",
    environments: ["production"],
    approvers: ["user:owner"],
    // Every mail is asked about, in every task.
    judge: () => (run) =>
      run.calls.map(({ tool }) =>
        tool === "send_mail"
          ? { effect: "step_up", rules: ["send-mail/dictated"] }
          : { effect: "allow", rules: [] },
      ),
  });
}

function rulesOf({ files }: LearnedPolicy): ReadonlySet<string> {
  const found = files.flatMap(({ text }) => [...text.matchAll(/^\s*- id: (.+)$/gmu)]);
  return new Set(found.map(([, id = ""]) => id));
}

describe("a part that is left out", () => {
  const whole = rulesOf(learned());

  test("takes nothing but its own, and leaves the grant", () => {
    const gone = ruleFamilies.flatMap((part) => {
      const left = rulesOf(learned(part));
      return [...whole].filter((id) => !left.has(id));
    });
    expect(gone.sort()).toEqual([...new Set(gone)].sort());
    expect(new Set([...gone, "grant"])).toEqual(whole);
  });

  test("leaves out the rules that are its own", () => {
    expect([...whole].sort()).toEqual(expect.arrayContaining(["asked-off-topic", "unseen-party"]));
    expect(rulesOf(learned("asked")).has("asked-off-topic")).toBe(false);
    expect(rulesOf(learned("asked")).has("unseen-party")).toBe(true);
    expect(rulesOf(learned("origins")).has("unseen-party")).toBe(false);
    expect(rulesOf(learned("origins")).has("asked-off-topic")).toBe(true);
    expect(rulesOf(learned("secrets")).has("secret-leaves")).toBe(false);
    expect(rulesOf(learned("origins")).has("passed-on")).toBe(true);
    expect(rulesOf(learned("context")).has("passed-on")).toBe(false);
  });

  test("knows no places, and exempts nothing", () => {
    expect(learned().places.domains).toEqual(["team.example"]);
    expect(learned("places").places).toEqual({ domains: [], hosts: [], values: new Map() });
    expect(learned().exemptions).toHaveLength(1);
    expect(learned("exemptions").exemptions).toEqual([]);
  });

  test("all of them leave the grants", () => {
    expect([...rulesOf(learned(...ruleFamilies))]).toEqual(["grant"]);
  });
});
