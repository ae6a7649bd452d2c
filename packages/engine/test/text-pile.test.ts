/** Texts are searched under one another, and are texts of their own all the same. */
import { expect, test } from "vitest";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { askingBundle, play, question } from "./origin-session.ts";
import type { SessionStep } from "./origin-session.ts";

const bundle = askingBundle({ tier: "origin(args.v).tier", mood: "requested_by(args.v).mood" });
const prompt: SessionStep = {
  step: "observe",
  seen: "prompt",
  labels: ["user"],
  text: "hello",
  source: "chat",
};
const engines = [
  ["reference", createReferenceEngine],
  ["compiled", createEngine],
] as const;
const both = "please pay alpha\nbeta";

test.each(engines)("what two texts hold is in neither: %s", (_, make) => {
  const engine = make(bundle);
  const state = engine.createState();
  const listed = ["please pay alpha", "beta", "x".repeat(20_000), "please pay gamma"];
  play(engine, state, [
    prompt,
    { step: "result", tool: "crm.search", args: {}, result: { items: listed } },
  ]);
  const said = (v: string): string => engine.decide(question(state, v)).reason;
  expect(said("alpha")).toBe("tier=text | mood=request");
  expect(said("alpha\nbeta")).toBe("tier=nowhere | mood=none");
  expect(said("alpha\n")).toBe("tier=nowhere | mood=none");
  expect(said("gamma")).toBe("tier=text | mood=request");
});

test.each(engines)("nor was it sent in two parts: %s", (_, make) => {
  const engine = make(bundle);
  const state = engine.createState();
  play(engine, state, [
    prompt,
    { step: "send", tool: "crm.search", args: { a: "alpha", b: "beta" } },
    { step: "result", tool: "crm.search", args: {}, result: { items: [{ note: both }] } },
  ]);
  const said = (v: string): string => engine.decide(question(state, v)).reason;
  expect(said("alpha\nbeta")).toBe("tier=text | mood=none");
  expect(said("alpha")).toBe("tier=nowhere | mood=request");
});
