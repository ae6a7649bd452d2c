import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RequestInput } from "@holdfast/model";
import { openGuard } from "@holdfast/runtime";
import type { Clock, Guard, GuardOptions, Permit, Refusal } from "@holdfast/runtime";
import { afterEach } from "vitest";

const opened: { guards: Guard[]; folders: string[] } = { guards: [], folders: [] };

afterEach(async () => {
  await Promise.all(opened.guards.splice(0).map((guard) => guard.close()));
  for (const folder of opened.folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is gone after the test. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-runtime-"));
  opened.folders.push(folder);
  return folder;
}

/** A data directory that is gone after the test. */
export function dataDirectory(): string {
  const folder = join(scratch(), "data");
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/** A clock that stands still until told otherwise. */
export interface TestClock extends Clock {
  wall: number;
  monotonic: number;
  /** both clocks go on */
  pass(ms: number): void;
}

export const startMs = Date.UTC(2026, 10, 21, 10);

export function testClock(): TestClock {
  return {
    wall: startMs,
    monotonic: 0,
    wallMs() {
      return this.wall;
    },
    monotonicMs() {
      return this.monotonic;
    },
    pass(ms) {
      this.wall += ms;
      this.monotonic += ms;
    },
  };
}

export const pep = { type: "sdk", id: "test", version: "1.0.0" };

/** A policy set with a rule for each thing the runtime has to do. */
export const policyText = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.read}
spec: {labels: [read, untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.write}
spec: {labels: [write], root: /workspace}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: web.post}
spec: {labels: [egress]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund}
spec: {labels: [money]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: note.add}
spec: {labels: [write], audit: batched}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: untrusted-read}
spec: {match: {labels: [untrusted]}, at: begin, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: refunds}
spec: {match: {tools: [pay.refund]}, reserve: args.amount, settle: outcome.cost, key: [agent.id], window: 1h}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: base}
spec:
  match: {tools: [fs.read, fs.write, web.post, pay.refund, note.add]}
  rules:
    - {id: grant, effect: allow}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: narrow}
spec:
  rules:
    - id: after-untrusted
      effect: deny
      when: action.labels.exists(l, l == "egress") && happened("untrusted-read")
      reason: nothing leaves after untrusted text was read
    - id: big
      effect: step_up
      when: tool.name == "refund" && args.amount > 1000
      approval: {from: [group:leads], quorum: 1, ttl: 15m}
    - {id: budget, effect: throttle, when: tool.name == "refund", limit: {meter: refunds, max: 10}}
    - {id: later, effect: defer, when: 'tool.name == "write" && args.path == "later"', timeout: 1h, retry_after: 30s}
    - {id: trap, effect: contain, when: 'tool.name == "write" && args.path == "honeypot"', restrict: [isolate], ttl: 10m}
    - id: sign
      effect: modify
      when: tool.name == "write" && args.path == "report"
      set: {args.content: "args.content + ' (signed)'"}
    - id: divert
      effect: deny
      when: tool.name == "write" && args.path == "divert"
      fallback: {tool: note.add, args: {text: diverted}}
    - {id: secret-path, effect: deny, when: 'tool.name == "write" && args.path == "secret-place"'}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: results}
spec:
  match: {tools: [fs.read], phase: result}
  rules:
    - {id: redact, effect: modify, when: has(result.secret), remove: [result.secret]}
    - {id: withhold, effect: deny, when: 'has(result.text) && result.text.contains("poison")'}
    - {id: lock, effect: contain, when: 'has(result.text) && result.text.contains("worm")', restrict: [isolate]}
---
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}
`;

/** Opens a guard on a real log; closed after the test. */
export async function guardOn(
  data: string,
  options: Partial<GuardOptions> & { readonly policy?: string } = {},
): Promise<Guard> {
  const { policy = policyText, ...rest } = options;
  const guard = await openGuard({
    policies: [{ path: "policies/test.yaml", text: policy }],
    data,
    pep,
    ...rest,
  });
  opened.guards.push(guard);
  return guard;
}

let count = 0;

/** A request for `server.name`; each call has an action id of its own. */
export function request(
  tool: string,
  args: NonNullable<RequestInput["args"]> = {},
  rest: Partial<RequestInput> = {},
): RequestInput {
  const [server = "", name = ""] = tool.split(".");
  count += 1;
  return { id: `a${count}`, agent: { id: "agent-1" }, tool: { server, name }, args, ...rest };
}

/** The permit, or a failing test that says why there is none. */
export function permitted(answer: Permit | Refusal): Permit {
  if (!answer.granted) throw new Error(`refused: ${JSON.stringify(answer.decision)}`);
  return answer;
}

/** The refusal, or a failing test. */
export function refused(answer: Permit | Refusal): Refusal {
  if (answer.granted) throw new Error(`permitted: ${JSON.stringify(answer.decision)}`);
  return answer;
}
