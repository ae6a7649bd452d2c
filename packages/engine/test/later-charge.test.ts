import { expect, test } from "vitest";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import type { Effect } from "@holdfast/model";
import { readRequest } from "@holdfast/model";
import { bundleOf } from "./decision-case.ts";

const bundle = bundleOf([
  "{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: bank.pay}, spec: {labels: [money]}}",
  "{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: paid}, spec: {match: {tools: [bank.pay]}, key: [agent.id], window: {calendar: day, zone: UTC}}}",
  `{apiVersion: holdfast.dev/v1, kind: Policy, metadata: {name: p}, spec: {rules: [
    {id: a, effect: allow}, {id: once, effect: deny, limit: {meter: paid, max: 1}}]}}`,
]);
const reading = readRequest({
  id: "a1",
  agent: { id: "bot" },
  tool: { server: "bank", name: "pay" },
});
const noon = Date.parse("2026-11-21T12:00:00Z");

/** Clocks of enforcement points differ: a charge may lie a little after the instant that is asked. */
test.each([createReferenceEngine(bundle), createEngine(bundle)])(
  "a charge of the same day counts from its instant on, to the millisecond, by the $name engine",
  (engine) => {
    if (!reading.ok) throw new Error("not a request");
    const { request } = reading;
    const state = engine.createState();
    const effectAt = (nowMs: number): Effect =>
      engine.decide({ state, request, external: {}, nowMs }).effect;
    const input = { request, external: {}, nowMs: noon + 1 };
    const decision = engine.decide({ state, ...input });
    engine.fold(state, { kind: "decision", sequence: 0, input, decision, granted: true });
    expect(effectAt(noon)).toBe("allow");
    expect(effectAt(noon + 1)).toBe("deny");
    expect(effectAt(noon + 2)).toBe("deny");
  },
);
