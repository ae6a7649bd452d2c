/** What a call came to is kept for the rules of a decision that write the same, and for no others. */
import { expect, test } from "vitest";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";
import { askingBundle, play, question, sessionTools } from "./origin-session.ts";
import type { SessionStep } from "./origin-session.ts";

const steps: SessionStep[] = [
  { step: "observe", seen: "prompt", labels: ["user"], text: "pay abcd for asker", source: "chat" },
];

test("a name that a macro binds is not the variable of the same name", () => {
  const bundle = askingBundle({
    whole: "origin(args).tier",
    each: '["none", "abcd"].exists(args, origin(args).tier == "prompt")',
  });
  for (const engine of [createEngine(bundle), createReferenceEngine(bundle)]) {
    const state = engine.createState();
    play(engine, state, steps);
    const { reason } = engine.decide(question(state, "wxyz"));
    expect(reason).toBe("whole=nowhere | each=true");
  }
});

test("what is known of one agent of a chain is not said of another", () => {
  const allow = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: named}
spec:
  rules:
    - {id: named, effect: allow, when: 'no_worse(origin(agent.id), "field")'}
`;
  const bundle = bundleOf([sessionTools, allow]);
  for (const engine of [createEngine(bundle), createReferenceEngine(bundle)]) {
    const state = engine.createState();
    play(engine, state, steps);
    const effects = ["asker", "other"].map((id) => {
      const input = question(state, "abcd");
      const { request } = input;
      const agent = { ...request.agent, id: "asker" };
      const delegation = [{ agent: { ...agent, id }, scopes: ["tool:*"] }];
      return engine.decide({ ...input, request: { ...request, agent, delegation } }).effect;
    });
    expect(effects).toEqual(["allow", "deny"]);
  }
});
