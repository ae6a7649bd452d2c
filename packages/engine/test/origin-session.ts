import { readRequest } from "@holdfast/model";
import type { Decision, Json, JsonObject, Request } from "@holdfast/model";
import type { Bundle, DecisionInput, Engine, Occurrence, State } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";

/** One thing that happens in a session. */
export type SessionStep =
  | {
      readonly step: "observe";
      readonly seen: "prompt" | "document" | "memory";
      readonly labels: readonly string[];
      readonly text: string;
      readonly source: string;
      readonly root?: string;
    }
  | {
      readonly step: "send";
      readonly tool: string;
      readonly args: JsonObject;
      /** default true */
      readonly granted?: boolean;
    }
  | {
      readonly step: "result";
      readonly tool: string;
      readonly args: JsonObject;
      readonly result: Json;
      readonly root?: string;
      /** what was decided on it, default that it is shown */
      readonly decided?: Partial<Decision>;
    };

export const sessionTools = `
apiVersion: holdfast.dev/v1
kind: Settings
metadata: {name: settings}
spec: {labels: [crm, own, directory, untrusted, unlabelled, user]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: crm.search}
spec:
  labels: [crm]
  acts: [look-up, search]
  results:
    "items[].iban": {labels: [own]}
    "items[].note": {as: content, labels: [untrusted]}
    "items[].who": {labels: [directory]}
    "items[].said": {labels: [untrusted]}
    text: {as: content, labels: [untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.send}
spec:
  labels: [crm]
  acts: [send-money, pay, copy]
`;

/** A tool's answer to what a session says of \`args.v\`, as the reason of a denial. */
export function askingBundle(parts: Readonly<Record<string, string>>): Bundle {
  const reason = Object.entries(parts).map(([name, part]) => `${name}={${part}}`);
  const rule = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: asking}
spec:
  rules:
    - id: say
      effect: deny
      reason: ${JSON.stringify(reason.join(" | "))}
`;
  return bundleOf([sessionTools, rule]);
}

const nowMs = Date.parse("2026-11-21T10:00:00Z");
const allowed: Decision = {
  effect: "allow",
  code: "rule",
  rules: [],
  reason: "allowed",
  obligations: [],
  bundle: "",
};

export function sessionRequest(tool: string, args: JsonObject, root = "s"): Request {
  const [server = "", name = ""] = tool.split(".");
  const session = { id: root };
  const reading = readRequest({ agent: { id: "bot" }, tool: { server, name }, args, session });
  if (reading.ok) return reading.request;
  throw new Error(JSON.stringify(reading.problems));
}

function occurrenceOf(step: SessionStep, sequence: number): Occurrence {
  if (step.step === "observe") {
    const { seen, labels, text, source, root = "s" } = step;
    const what = { seen, labels, text, source } as const;
    return { kind: "observation", sequence, nowMs, tenant: "default", root, ...what };
  }
  const root = step.step === "result" ? step.root : undefined;
  const request = sessionRequest(step.tool, step.args, root);
  if (step.step === "send") {
    const input = { request, external: {}, nowMs };
    return { kind: "decision", sequence, input, decision: allowed, granted: step.granted ?? true };
  }
  const done: Request = {
    ...request,
    action: { ...request.action, phase: "result" },
    result: step.result,
    outcome: { status: "success", durationMs: 1 },
  };
  const input = { request: done, external: {}, nowMs };
  const flags = { simulated: false, nothingSent: false };
  return { kind: "outcome", sequence, input, decision: { ...allowed, ...step.decided }, ...flags };
}

/** Plays a session, beginning with the sequence number `from`. */
export function play(engine: Engine, state: State, steps: readonly SessionStep[], from = 1): void {
  for (const [index, step] of steps.entries()) {
    engine.fold(state, occurrenceOf(step, from + index));
  }
}

/** What is asked of \`v\` in a session. */
export function question(state: State, v: Json, tool = "pay.send"): DecisionInput {
  return { request: sessionRequest(tool, { v }), external: {}, state, nowMs };
}
