import { createEngine, loadPolicySet, originTiers } from "@holdfast/engine";
import type { DecisionInput, Engine, OriginTier } from "@holdfast/engine";
import { escapedJson, HoldfastError, readRequest } from "@holdfast/model";
import type { Json, JsonObject, Request } from "@holdfast/model";
import { isGiven, valueOf } from "../policy/condition-text.ts";
import { settingsDocument } from "../policy/policy-document.ts";
import { roleOf } from "../tool/argument-role.ts";
import { namesWithRoom } from "../tool/name-room.ts";
import type { ObservedCall, ObservedRun } from "./observed-run.ts";

/** Where the arguments of a call were first seen, by name; those of which nothing can be told are absent. */
export type ArgumentOrigins = Readonly<Record<string, OriginTier>>;

const apiVersion = "holdfast.dev/v1";

/** What is asked about in place of a run's tool, of which no document may tell: origins are the same for any. */
const asked = { server: "origins", name: "ask" } as const;

/** Runs begin at one time, so that what is told never depends on the day: 1 January 2026. */
const startMs = Date.UTC(2026, 0, 1, 12);
const callMs = 1000;

/**
 * Tells for each call of these runs where its arguments come from: by the engine that decides, with a
 * policy that puts the tier of every argument beside it. What a run's prompt and results were is taken as it
 * is recorded. Of a run without a prompt nothing is known.
 */
export function originReader(
  runs: readonly ObservedRun[],
): (run: ObservedRun) => readonly ArgumentOrigins[] {
  const names = askedNames(runs);
  const engine = names.length === 0 ? undefined : engineFor(names);
  return (run) =>
    engine === undefined || run.prompt === undefined
      ? run.calls.map(() => ({}))
      : originsOf(engine, names, run, run.prompt);
}

/**
 * Arguments that are told of, which every decision asks for, so that of more than these those of the fewest runs stay
 * unknown. One with half a character no condition can name.
 */
const namesMax = 1000;

function askedNames(runs: readonly ObservedRun[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { calls } of runs) {
    // Of one run that names very many nothing comes before what others share.
    const own = new Set(calls.flatMap(({ args }) => Object.keys(args)));
    for (const name of own) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const named = [...counts]
    .filter(([name]) => !/\p{Cs}/u.test(name))
    .sort(([a, one], [b, two]) => two - one || (a < b ? -1 : 1))
    .map(([name]) => name);
  return namesWithRoom(named).slice(0, namesMax).toSorted();
}

function engineFor(names: readonly string[]): Engine {
  const rules = names.map((name, at) => {
    const argument = { name, role: roleOf(name), isList: false };
    const set = { [`args.${tierName(at)}`]: `origin(${valueOf(argument)}).tier` };
    return { id: tierName(at), effect: "modify", when: isGiven(argument), set };
  });
  const documents: readonly JsonObject[] = [
    settingsDocument(["any"]),
    {
      apiVersion,
      kind: "Tool",
      metadata: { name: `${asked.server}.${asked.name}` },
      spec: { labels: ["read"] },
    },
    {
      apiVersion,
      kind: "Policy",
      metadata: { name: "origins" },
      spec: { rules: [{ id: "grant", effect: "allow" }, ...rules] },
    },
  ];
  const files = documents.map((document, at) => ({
    path: `${at}.yaml`,
    text: escapedJson(JSON.stringify(document)),
  }));
  const loaded = loadPolicySet(files, { root: "" });
  if (loaded.ok) return createEngine(loaded.bundle);
  const first = loaded.diagnostics[0]?.message ?? "no reason";
  throw new HoldfastError("baseline_origin", `origins cannot be asked for: ${first}`);
}

function originsOf(
  engine: Engine,
  names: readonly string[],
  run: ObservedRun,
  prompt: string,
): readonly ArgumentOrigins[] {
  const state = engine.createState();
  const session = { id: "run", root: "run" };
  let sequence = 1;
  engine.fold(state, {
    kind: "observation",
    sequence,
    nowMs: startMs,
    tenant: "default",
    root: session.root,
    seen: "prompt",
    text: prompt,
    source: "prompt",
    labels: ["user"],
  });
  return run.calls.map((call, place) => {
    const nowMs = startMs + (place + 1) * callMs;
    const request = requestOf(call, session);
    if (request === undefined) return {};
    const input: Omit<DecisionInput, "state"> = { request, external: {}, nowMs };
    const tell = (args: JsonObject): JsonObject | undefined => {
      const asking = { ...request, args, tool: { ...request.tool, ...asked } };
      return engine.decide({ state, ...input, request: asking }).args;
    };
    const told = tell(call.args) ?? toldApart(call.args, names, tell);
    const decision = {
      effect: "allow",
      code: "rule",
      rules: [],
      reason: "",
      obligations: [],
    } as const;
    const { digest: bundle } = engine.bundle;
    sequence += 1;
    engine.fold(state, {
      kind: "decision",
      sequence,
      input,
      decision: { ...decision, bundle, obligations: [], rules: [] },
      granted: true,
    });
    sequence += 1;
    engine.fold(state, {
      kind: "outcome",
      sequence,
      input: { ...input, request: endedRequest(request, call.result) },
      decision: { ...decision, bundle, obligations: [], rules: [] },
      simulated: false,
      nothingSent: false,
    });
    return toldTiers(told, names, call.args);
  });
}

function endedRequest(request: Request, result: Json | undefined): Request {
  const outcome = { status: "success", durationMs: 0 } as const;
  const action = { ...request.action, phase: "result" } as const;
  return { ...request, action, outcome, ...(result === undefined ? {} : { result }) };
}

/** Where the tier of an argument is put. */
function tierName(at: number): string {
  return `tier${at}`;
}

/** What is told of each argument alone, where of one among them it cannot be, as of a list of very many. */
function toldApart(
  args: JsonObject,
  names: readonly string[],
  tell: (args: JsonObject) => JsonObject | undefined,
): JsonObject {
  return Object.fromEntries(
    names.flatMap((name, at) => {
      const value = Object.hasOwn(args, name) ? args[name] : undefined;
      if (value === undefined) return [];
      const told = tell(Object.fromEntries([[name, value]]))?.[tierName(at)];
      return told === undefined ? [] : [[tierName(at), told]];
    }),
  );
}

/** What was put into the arguments; nothing of one whose origin could not be told. */
function toldTiers(told: JsonObject, names: readonly string[], args: JsonObject): ArgumentOrigins {
  return Object.fromEntries(
    names.flatMap((name, at) => {
      if (!Object.hasOwn(args, name) || !hasOrigin(args[name])) return [];
      const tier = originTiers.find((each) => each === told[tierName(at)]);
      return tier === undefined ? [] : [[name, tier]];
    }),
  );
}

/** Booleans, null and what is empty come from nowhere, always. */
function hasOrigin(value: Json | undefined): boolean {
  if (typeof value === "number") return true;
  if (typeof value === "string") return value !== "";
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some((each) => hasOrigin(each));
}

function requestOf(
  { server, tool, args }: ObservedCall,
  session: { readonly id: string; readonly root: string },
): Request | undefined {
  const reading = readRequest({
    agent: { id: "agent" },
    session,
    tool: { server, name: tool },
    args,
  });
  return reading.ok ? reading.request : undefined;
}
