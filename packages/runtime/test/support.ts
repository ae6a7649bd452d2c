import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject, RequestInput } from "@holdfast/model";
import { openGuard } from "@holdfast/runtime";
import type { Clock, Guard, GuardOptions, Permit, Refusal } from "@holdfast/runtime";
import { afterEach } from "vitest";
import { pep, policyText } from "./policy-set.ts";

export { pep };

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

/** The next action id is `a` and one more than this: for guards that must be asked the same. */
export function countActionsFrom(next: number): void {
  count = next;
}

/** A request for `server.name`; each call has an action id of its own. */
export function request(
  tool: string,
  args: JsonObject = {},
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
