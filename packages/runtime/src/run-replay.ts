import { invalidRequestDecision } from "@holdfast/engine";
import type { Bundle, DecisionInput, Engine, State } from "@holdfast/engine";
import { HoldfastError, problemsOf, readRequest } from "@holdfast/model";
import type { Decision, Json, JsonObject, Request } from "@holdfast/model";
import { z } from "zod";
import { grants } from "./judgement.ts";

const json = z.custom<Json>((value) => value !== undefined);
const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "expected an object",
);

/** What is read of a run of another system; whatever else it says of itself is not looked at. */
const runSchema = z.object({
  id: z.string().min(1),
  user_prompt: z.string().optional(),
  calls: z.array(
    z.object({
      tool: z.string().min(1),
      args: jsonObject,
      result: json.nullish(),
      error: json.nullish(),
    }),
  ),
});

/** One run of another system: what a person asked for, and what was called in order. */
export type RecordedRun = z.output<typeof runSchema>;

/** Who acts in a run, and where. */
export interface RunSetting {
  readonly agent: string;
  /** of the tools, whose names have none */
  readonly server: string;
  readonly environment: string;
}

/** One call of a run as it would have been decided. */
export interface DecidedCall {
  readonly tool: string;
  readonly decision: Decision;
  /** of showing what it gave; absent when it was refused */
  readonly shown?: Decision;
}

/** Runs begin at one time, so that what is decided never depends on the day: 1 January 2026. */
const startMs = Date.UTC(2026, 0, 1, 12);
const callMs = 1000;

/**
 * Reads a run, of which `place` says where it stands.
 *
 * @throws HoldfastError `run_invalid` with every problem
 */
export function readRun(value: Json, place: string): RecordedRun {
  const parsed = runSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(runSchema, parsed.error.issues).map(
    ({ path, message }) => `\`${path}\` ${message}`,
  );
  throw new HoldfastError("run_invalid", `${place}: not a run: ${problems.join("; ")}`);
}

/**
 * Decides each call of a run in order. The prompt counts as typed by the user; a call that is granted
 * happened, with the result that is recorded, and what is shown of it enters the session; of
 * one that is refused nothing does. Open loop: an agent that is refused might go on otherwise.
 */
export function replayRun(engine: Engine, run: RecordedRun, setting: RunSetting): DecidedCall[] {
  const state = engine.createState();
  const session = { id: `run-${run.id}`.slice(0, 256), root: `run-${run.id}`.slice(0, 256) };
  let sequence = 0;
  const next = (): number => (sequence += 1);
  if (run.user_prompt !== undefined) {
    const { root } = session;
    const prompt = { tenant: "default", root, seen: "prompt", text: run.user_prompt } as const;
    const labels = ["user"];
    engine.fold(state, {
      kind: "observation",
      sequence: next(),
      nowMs: startMs,
      source: "prompt",
      labels,
      ...prompt,
    });
  }
  return run.calls.map((call, place) => {
    const nowMs = startMs + (place + 1) * callMs;
    const request = requestOf(engine.bundle, call, { ...setting, session });
    const world = { engine, state, nowMs, next };
    return typeof request === "string"
      ? { tool: call.tool, decision: invalidRequestDecision(engine.bundle, request) }
      : decideCall(world, request, call);
  });
}

interface World {
  readonly engine: Engine;
  readonly state: State;
  readonly nowMs: number;
  readonly next: () => number;
}

function decideCall(
  { engine, state, nowMs, next }: World,
  request: Request,
  call: RecordedRun["calls"][number],
): DecidedCall {
  const tool = `${request.tool.server}.${request.tool.name}`;
  const input: Omit<DecisionInput, "state"> = { request, external: {}, nowMs };
  const decision = engine.decide({ state, ...input });
  const granted = grants(decision);
  engine.fold(state, { kind: "decision", sequence: next(), input, decision, granted });
  if (!granted) return { tool, decision };
  const failed = call.error !== undefined && call.error !== null;
  const ended: Omit<DecisionInput, "state"> = {
    ...input,
    request: {
      ...request,
      action: { ...request.action, phase: "result" },
      args: decision.args ?? request.args,
      result: (failed ? call.error : call.result) ?? null,
      outcome: { status: failed ? "failure" : "success", durationMs: 0 },
    },
  };
  const shown = engine.decide({ state, ...ended });
  engine.fold(state, {
    kind: "outcome",
    sequence: next(),
    input: ended,
    decision: shown,
    simulated: decision.sandbox !== undefined,
    nothingSent: false,
  });
  return { tool, decision, shown };
}

/** The request of a call, or what is wrong with it. */
function requestOf(
  { agents }: Bundle,
  call: RecordedRun["calls"][number],
  {
    agent,
    server,
    environment,
    session,
  }: RunSetting & { readonly session: { readonly id: string; readonly root: string } },
): Request | string {
  const document = agents.find(({ name }) => name === agent);
  const { attributes = {}, roles = [] } = document ?? {};
  const reading = readRequest({
    agent: { id: agent, attributes, roles: [...roles] },
    session,
    tool: { server, name: call.tool },
    args: call.args,
    environment,
  });
  if (reading.ok) return reading.request;
  return reading.problems.map(({ path, message }) => `${path} ${message}`.trim()).join("; ");
}
