import { canonicalJson, readRequest } from "@holdfast/model";
import type { ActionFacts, Decision, Effect, Json, RequestInput } from "@holdfast/model";
import type { Bundle, Capabilities, DecisionInput, Engine, State } from "@holdfast/engine";
import { loadPolicySet } from "@holdfast/engine";

/** One case of conformance/decisions; its schema.json says what each part means. */
export interface DecisionCase {
  readonly name: string;
  readonly covers: readonly string[];
  readonly now: string;
  readonly policy: readonly string[];
  readonly history?: readonly Step[];
  readonly request: RequestInput;
  readonly registry?: NonNullable<DecisionInput["registry"]>;
  readonly approved?: readonly string[];
  readonly mode?: "enforce" | "observe";
  readonly external?: Readonly<Record<string, Json>>;
  readonly capabilities?: Capabilities;
  readonly facts?: ActionFacts;
  readonly expect: Omit<Decision, "bundle">;
}

interface Taken {
  readonly ago: string;
}

export type Step =
  | (Taken & {
      readonly step: "begin";
      /** absent: whatever is decided */
      readonly effect?: Effect;
      readonly request?: RequestInput;
      readonly approved?: readonly string[];
      readonly mode?: "enforce" | "observe";
      readonly facts?: ActionFacts;
    })
  | (Taken & {
      readonly step: "end";
      readonly effect?: Effect;
      readonly request: RequestInput;
      readonly mode?: "enforce" | "observe";
      readonly facts?: ActionFacts;
      readonly simulated?: boolean;
      readonly nothingSent?: boolean;
      readonly fromAgent?: boolean;
    })
  | (Taken & {
      readonly step: "approval";
      readonly verdict: "approved" | "rejected";
      readonly request?: RequestInput;
      readonly facts?: ActionFacts;
    })
  | (Taken & {
      readonly step: "restrict";
      readonly id: string;
      readonly tenant?: string;
      readonly agent: string;
      readonly sessionRoot?: string;
      readonly kinds: readonly string[];
      readonly ttlMs?: number;
    })
  | (Taken & { readonly step: "release"; readonly id: string })
  | (Taken & {
      readonly step: "observe";
      readonly seen: "prompt" | "document" | "memory";
      readonly text: string;
      readonly source: string;
      readonly labels: readonly string[];
      /** session root; absent: that of the case's request */
      readonly root?: string;
      /** absent: that of the case's request */
      readonly tenant?: string;
      /** in so many sessions, of the roots `ROOT-1`, `ROOT-2` and so on; absent: in `root` alone */
      readonly sessions?: number;
    });

const bundles = new Map<string, Bundle>();
const bundlesMax = 4_000;

/**
 * The bundle of policy documents that must compile. The same documents give the same bundle again,
 * frozen to the bottom: an engine that changed one would decide other cases by it.
 */
export function bundleOf(documents: readonly string[]): Bundle {
  const text = documents.join("\n---\n");
  const known = bundles.get(text);
  if (known !== undefined) return known;
  if (bundles.size >= bundlesMax) bundles.clear();
  const bundle = frozen(compiled(text));
  bundles.set(text, bundle);
  return bundle;
}

function compiled(text: string): Bundle {
  const loaded = loadPolicySet([{ path: "policies/case.yaml", text }], { root: "policies" });
  if (loaded.ok) return loaded.bundle;
  throw new Error(loaded.diagnostics.map((one) => `${one.code}: ${one.message}`).join("\n"));
}

function frozen<T>(value: T): T {
  // Bytes cannot be frozen.
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) frozen(part);
  return value;
}

/** The input of a case's decision, after its history has been played into a fresh state. */
export function playedInput(engine: Engine, one: DecisionCase): DecisionInput {
  const nowMs = Date.parse(one.now);
  const state = engine.createState();
  for (const [index, step] of (one.history ?? []).entries()) {
    play(engine, state, { one, step, sequence: index + 1, nowMs: nowMs - ageMs(step.ago) });
  }
  return {
    ...inputOf(one.request, state, nowMs),
    ...(one.external === undefined ? {} : { external: one.external }),
    ...(one.registry === undefined ? {} : { registry: one.registry }),
    ...(one.approved === undefined ? {} : { approved: one.approved }),
    ...(one.mode === undefined ? {} : { mode: one.mode }),
    ...(one.capabilities === undefined ? {} : { capabilities: one.capabilities }),
    ...(one.facts === undefined ? {} : { facts: one.facts }),
  };
}

/** A decision as cases expect it: canonical, without the digest of the bundle. */
export function canonicalDecision(decision: Decision): string {
  const { bundle: _bundle, ...rest } = decision;
  return canonicalJson(rest);
}

interface Played {
  readonly one: DecisionCase;
  readonly step: Step;
  readonly sequence: number;
  readonly nowMs: number;
}

function play(engine: Engine, state: State, { one, step, sequence, nowMs }: Played): void {
  if (step.step === "restrict") {
    const { step: _step, ago: _ago, ...rest } = step;
    engine.fold(state, { kind: "restrict", sequence, nowMs, ...rest });
    return;
  }
  if (step.step === "release") {
    engine.fold(state, { kind: "release", sequence, id: step.id });
    return;
  }
  if (step.step === "observe") {
    const { step: _step, ago: _ago, sessions, ...seen } = step;
    const { request } = inputOf(one.request, state, nowMs);
    const { tenant, session } = request;
    const place = { tenant, root: session?.root ?? session?.id ?? "" };
    const observation = { kind: "observation", sequence, nowMs, ...place, ...seen } as const;
    if (sessions === undefined) engine.fold(state, observation);
    for (let at = 1; at <= (sessions ?? 0); at += 1) {
      engine.fold(state, { ...observation, root: `${observation.root}-${at}` });
    }
    return;
  }
  const full = {
    ...inputOf(step.request ?? one.request, state, nowMs),
    ...("mode" in step && step.mode !== undefined ? { mode: step.mode } : {}),
    ...(step.facts === undefined ? {} : { facts: step.facts }),
  };
  const { state: _state, ...input } = full;
  if (step.step === "approval") {
    engine.fold(state, { kind: "approval", sequence, input, verdict: step.verdict });
    return;
  }
  const approved = step.step === "begin" ? step.approved : undefined;
  const decision = engine.decide(approved === undefined ? full : { ...full, approved });
  if (step.effect !== undefined && decision.effect !== step.effect) {
    throw new Error(`step ${sequence} was decided ${decision.effect}: ${decision.reason}`);
  }
  if (step.step === "begin") {
    const granted = ["allow", "modify", "sandbox"].includes(decision.effect);
    engine.fold(state, { kind: "decision", sequence, input, decision, granted });
    return;
  }
  const { simulated = false, nothingSent = false, fromAgent = false } = step;
  const how = { simulated, nothingSent, fromAgent };
  engine.fold(state, { kind: "outcome", sequence, input, decision, ...how });
}

function inputOf(request: RequestInput, state: State, nowMs: number): DecisionInput {
  const reading = readRequest(request);
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return { request: reading.request, external: {}, state, nowMs };
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function ageMs(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  return Number(match?.[1]) * (unitMs[match?.[2] ?? ""] ?? Number.NaN);
}
