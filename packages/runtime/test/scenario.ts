import type { Json } from "@holdfast/model";
import type { Guard } from "@holdfast/runtime";
import { request, testClock } from "./support.ts";
import type { TestClock } from "./support.ts";

/** One step of a session with a guard. */
export type Step =
  | { readonly kind: "act"; readonly tool: string; readonly args: Record<string, Json> }
  | {
      readonly kind: "finish";
      readonly success: boolean;
      readonly result: Json;
      readonly cost: number;
    }
  | { readonly kind: "repeat" }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "list"; readonly description: string };

/** Plays steps on a guard: what is permitted is ended by a later `finish`, or never. */
export async function play(
  guard: Guard,
  steps: readonly Step[],
  clock: TestClock = testClock(),
): Promise<void> {
  const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
  const open = [];
  let last = request("fs.write", { path: "first" }, { session });
  for (const step of steps) {
    switch (step.kind) {
      case "act": {
        last = request(step.tool, step.args, { session });
        const answer = await guard.begin(last);
        if (answer.granted) open.push(answer);
        else if (answer.fallback !== undefined) {
          const other = await guard.begin(answer.fallback);
          if (other.granted) open.push(other);
        }
        break;
      }
      case "finish": {
        const permit = open.shift();
        const { success, result, cost } = step;
        if (permit === undefined) break;
        await guard.end(permit, { status: success ? "success" : "failure", result, cost });
        break;
      }
      case "repeat":
        await guard.begin(last);
        break;
      case "wait":
        clock.pass(step.ms);
        break;
      case "list":
        await guard.registerTools("fs", [{ name: "write", description: step.description }]);
    }
  }
}

/** A sequence that makes every kind of decision the runtime knows. */
export const everyDecision: readonly Step[] = [
  { kind: "act", tool: "fs.write", args: { path: "x" } },
  { kind: "repeat" },
  { kind: "act", tool: "fs.write", args: { path: "report", content: "c" } },
  { kind: "act", tool: "fs.read", args: { path: "x" } },
  { kind: "finish", success: true, result: {}, cost: 0 },
  { kind: "finish", success: true, result: "ok", cost: 0 },
  { kind: "finish", success: true, result: { text: "t", secret: "s" }, cost: 0 },
  { kind: "act", tool: "web.post", args: {} },
  { kind: "act", tool: "pay.refund", args: { amount: 6 } },
  { kind: "finish", success: true, result: null, cost: 9 },
  { kind: "act", tool: "pay.refund", args: { amount: 6 } },
  { kind: "act", tool: "pay.refund", args: { amount: -1 } },
  { kind: "act", tool: "pay.refund", args: { amount: 5000 } },
  { kind: "wait", ms: 3_700_000 },
  { kind: "act", tool: "pay.refund", args: { amount: 6 } },
  { kind: "act", tool: "fs.write", args: { path: "divert" } },
  { kind: "act", tool: "fs.write", args: { path: "later" } },
  { kind: "act", tool: "fs.unknown", args: { user: "ana" } },
  { kind: "list", description: "one" },
  { kind: "list", description: "two" },
  { kind: "act", tool: "fs.write", args: { path: "x" } },
  { kind: "list", description: "one" },
  { kind: "act", tool: "fs.write", args: { path: "honeypot" } },
  { kind: "act", tool: "fs.read", args: { path: "x" } },
  { kind: "wait", ms: 700_000 },
  { kind: "act", tool: "fs.read", args: { path: "x" } },
  { kind: "finish", success: false, result: { text: "worm" }, cost: 1 },
  { kind: "finish", success: false, result: { text: "worm" }, cost: 1 },
  { kind: "finish", success: false, result: { text: "worm" }, cost: 1 },
  { kind: "act", tool: "fs.read", args: { path: "x" } },
];
