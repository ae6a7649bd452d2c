/**
 * Rules that are tried on what survived, of tools whose arguments somebody else named. Seen to fail: a name that ends the
 * condition that it stands in, and a number that no condition can be written with.
 */
import { loadPolicySet, printForm } from "@holdfast/engine";
import type { Json } from "@holdfast/model";
import { expect, test } from "vitest";
import { candidatesFor } from "../src/score/candidate.ts";
import { agentView } from "../src/view/agent-view.ts";
import { stressTools } from "../src/view/stress-tool.ts";

/** Conditions of the rules on this argument, which load. */
function conditionsOf(name: string, value: Json): readonly string[] {
  const runs = [{ id: "r", user_prompt: "p", calls: [{ tool: "send", args: { [name]: value } }] }];
  const tools = stressTools({ bundle: { tools: [] }, definitions: [], runs, server: "s" });
  const focus = { tool: "send", arguments: [name] };
  const setting = { server: "s", described: new Set<string>(), approvers: ["user:ana"] };
  return candidatesFor("unit-format", focus, agentView(runs, tools), setting).flatMap(
    ({ documents }) => {
      const text = documents.map((each) => printForm(each)).join("---\n");
      const loaded = loadPolicySet([{ path: "p.yaml", text }], { root: "" });
      if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
      return loaded.bundle.policies.flatMap(({ rules }) =>
        rules.flatMap(({ when }) => (when === undefined ? [] : [when.text])),
      );
    },
  );
}

test.for(["x` + args.y) && false && has(args.`z", "`", "to // \n", "", 'q"'])(
  "an argument `%s` is never more than a name",
  (name) => {
    const [form = ""] = conditionsOf(name, "word");
    expect(form.startsWith(`(${JSON.stringify(name)} in args && (`)).toBe(true);
  },
);

test.for([1e300, 1e308, -1e308, 2 ** 70])("the range of %d can be asked for", (amount) => {
  expect(conditionsOf("amount", amount)[0]).toContain("double(args.amount) >");
});
