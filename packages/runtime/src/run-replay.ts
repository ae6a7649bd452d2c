import { gatherFacts, invalidRequestDecision } from "@holdfast/engine";
import type { Bundle, DecisionInput, Engine, FactReader, State } from "@holdfast/engine";
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
  environment: z.string().min(1).nullish(),
  calls: z.array(
    z.object({
      tool: z.string().min(1),
      args: jsonObject,
      result: json.nullish(),
      error: json.nullish(),
    }),
  ),
});

type ParsedRun = z.output<typeof runSchema>;

/** One run of another system: what a person asked for, and what was called in order. */
export interface RecordedRun extends Omit<ParsedRun, "calls" | "environment"> {
  /** each with the environment of the run, where it tells one */
  readonly calls: readonly (ParsedRun["calls"][number] & { readonly environment?: string })[];
}

/** A run with what files of runs do not hold: what would be attested of its calls. */
export interface AttestedRun extends Omit<RecordedRun, "calls"> {
  readonly calls: readonly AttestedCall[];
}

/** A call, with what an enforcement point would attest of it. */
export interface AttestedCall {
  readonly tool: string;
  readonly args: JsonObject;
  readonly result?: Json | undefined;
  readonly error?: Json | undefined;
  /** agents on whose behalf it is made, outermost first; default: none */
  readonly delegation?: readonly { readonly agent: string; readonly scopes: readonly string[] }[];
  /** what the registry knows of the tool's definition; default: that it is the pinned one */
  readonly registry?: "known" | "changed";
  /** where it is made; default: the setting's */
  readonly environment?: string;
}

/** Who acts in a run, and where. */
export interface RunSetting {
  readonly agent: string;
  /** of the tools, whose names have none, but for those that a Tool document names with their server */
  readonly server: string;
  /** of calls that tell none */
  readonly environment: string;
  /** computes what decisions need of arguments and results; absent: reading a fact is an error */
  readonly factReader?: FactReader;
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
  if (parsed.success) {
    const { environment, ...run } = parsed.data;
    if (environment === undefined || environment === null) return run;
    return { ...run, calls: run.calls.map((call) => Object.assign(call, { environment })) };
  }
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
export function replayRun(engine: Engine, run: AttestedRun, setting: RunSetting): DecidedCall[] {
  const begun = begin(engine, run, setting);
  return run.calls.map((_, place) => replayCall(begun, place));
}

/**
 * What one call of a run is decided on, after every call before it was decided as `replayRun` does; for a call
 * that is no valid request the decision on it. Places count from 0.
 *
 * @throws RangeError for a place that the run does not have
 */
export function callOfRun(
  engine: Engine,
  run: AttestedRun,
  { place, ...setting }: RunSetting & { readonly place: number },
): { readonly input: DecisionInput } | { readonly refused: Decision } {
  const begun = begin(engine, run, setting);
  for (let before = 0; before < place; before += 1) replayCall(begun, before);
  const { call, request } = callAt(begun, place);
  if (typeof request === "string") {
    return { refused: invalidRequestDecision(engine.bundle, request) };
  }
  return { input: { ...askedOf(begun, { request, call, place }), state: begun.state } };
}

/** A run that is being replayed. */
interface Begun {
  readonly engine: Engine;
  readonly run: AttestedRun;
  readonly setting: SessionSetting;
  readonly state: State;
  readonly next: () => number;
}

interface SessionSetting extends RunSetting {
  readonly session: { readonly id: string; readonly root: string };
}

function begin(engine: Engine, run: AttestedRun, setting: RunSetting): Begun {
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
  return { engine, run, setting: { ...setting, session }, state, next };
}

/** A call, and its request or what is wrong with it. */
function callAt(
  { engine, run, setting }: Begun,
  place: number,
): { readonly call: AttestedCall; readonly request: Request | string } {
  const call = run.calls[place];
  if (call === undefined) throw new RangeError(`the run has no call ${place}`);
  return { call, request: requestOf(engine.bundle, call, setting) };
}

function replayCall(begun: Begun, place: number): DecidedCall {
  const { call, request } = callAt(begun, place);
  return typeof request === "string"
    ? { tool: call.tool, decision: invalidRequestDecision(begun.engine.bundle, request) }
    : decideCall(begun, { request, call, place });
}

/** A call that is a valid request. */
interface Asked {
  readonly request: Request;
  readonly call: AttestedCall;
  readonly place: number;
}

/** What a call is decided on, but for the state. */
function askedOf(begun: Begun, { request, call, place }: Asked): Omit<DecisionInput, "state"> {
  const { engine, state, setting } = begun;
  const registry = call.registry === undefined ? {} : { registry: call.registry };
  const nowMs = startMs + (place + 1) * callMs;
  const input = { request, external: {}, nowMs, ...registry };
  if (setting.factReader === undefined) return input;
  const { facts } = gatherFacts(engine, { ...input, state }, undefined, setting.factReader).input;
  return facts === undefined ? input : { ...input, facts };
}

function decideCall(begun: Begun, asked: Asked): DecidedCall {
  const { engine, state, next } = begun;
  const { request, call } = asked;
  const tool = `${request.tool.server}.${request.tool.name}`;
  const input = askedOf(begun, asked);
  const decision = engine.decide({ state, ...input });
  const granted = grants(decision);
  engine.fold(state, { kind: "decision", sequence: next(), input, decision, granted });
  if (!granted) return { tool, decision };
  const failed = call.error !== undefined && call.error !== null;
  const ended = askedOf(begun, {
    ...asked,
    request: {
      ...request,
      action: { ...request.action, phase: "result" },
      args: decision.args ?? request.args,
      result: (failed ? call.error : call.result) ?? null,
      outcome: { status: failed ? "failure" : "success", durationMs: 0 },
    },
  });
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
  bundle: Bundle,
  call: AttestedCall,
  { agent, server, environment, session }: SessionSetting,
): Request | string {
  const described = bundle.tools.find(({ name }) => name === call.tool);
  const tool =
    described === undefined
      ? { server, name: call.tool }
      : { server: described.server, name: described.tool };
  const delegation = (call.delegation ?? []).map((hop) => ({
    agent: agentOf(bundle, hop.agent),
    scopes: [...hop.scopes],
  }));
  const reading = readRequest({
    agent: agentOf(bundle, agent),
    session,
    tool,
    args: call.args,
    environment: call.environment ?? environment,
    ...(delegation.length === 0 ? {} : { delegation }),
  });
  if (reading.ok) return reading.request;
  return reading.problems.map(({ path, message }) => `${path} ${message}`.trim()).join("; ");
}

/** An agent as the policy set describes it; one without a document has an id and nothing else. */
function agentOf({ agents }: Bundle, id: string): Request["agent"] {
  const { attributes = {}, roles = [] } = agents.find(({ name }) => name === id) ?? {};
  return { id, attributes, roles: [...roles] };
}
