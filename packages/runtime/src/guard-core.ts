import type { Capabilities, Engine, Explanation, State } from "@holdfast/engine";
import { digestOf } from "@holdfast/model";
import type { Decision, Json, JsonObject } from "@holdfast/model";
import type { LiveIndex } from "@holdfast/store";
import type { AdmissionContext, Admitted } from "./admission.ts";
import { inputOf, protectedVeto } from "./admission.ts";
import type { Clock, Timekeeper } from "./clock.ts";
import type { EnforcementPoint } from "./decision-record.ts";
import type { Random, Sealing } from "./evidence.ts";
import type { FactPool } from "./fact/fact-pool.ts";
import { untoldWriting, writtenPaths } from "./fact/written-path.ts";
import type { Turns } from "./fact/turns.ts";
import type { Journal } from "./journal.ts";
import { denial, judge } from "./judgement.ts";
import type { Matter, RecordedInput, Veto } from "./judgement.ts";
import type { SeenTable } from "./snapshot/seen-table.ts";

/**
 * All of a guard that belongs to one bundle: one reference, so that what is decided in one step is
 * decided by one bundle. `state` changes only by the engine's fold, in log order.
 */
export interface InForce {
  readonly engine: Engine;
  readonly state: State;
  readonly admission: AdmissionContext;
}

/** What the parts of one guard share, whatever bundle is in force. */
export interface GuardGround {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly timekeeper: Timekeeper;
  readonly random: Random;
  /** what payloads are sealed with */
  readonly sealing: Sealing;
  readonly pep: EnforcementPoint;
  readonly capabilities: Capabilities;
  /** compute an explanation with each answer of `begin` */
  readonly explanations: boolean;
  /** computes what arguments would really do */
  readonly facts: FactPool;
  /** order of actions of which some wait for their facts */
  readonly turns: Turns;
  /** what sessions have seen, as the records up to the last one say */
  readonly seen: SeenTable;
  /** keeps the index in step with the log; absent where whoever asks it does that */
  readonly indexing: LiveIndex | undefined;
}

/**
 * A guard's ground with the bundle in force. **Contract:** whoever waits asks again after it,
 * since another bundle may have come into force.
 */
export interface GuardCore extends GuardGround, InForce {
  /** From here on another bundle decides. */
  bringInForce(next: InForce): void;
}

/** Puts a guard's first bundle in force. */
export function createGuardCore(ground: GuardGround, first: InForce): GuardCore {
  let inForce = first;
  return {
    ...ground,
    get engine() {
      return inForce.engine;
    },
    get state() {
      return inForce.state;
    },
    get admission() {
      return inForce.admission;
    },
    bringInForce(next) {
      inForce = next;
    },
  };
}

/** A decision with what it rests on. */
export interface Judged {
  readonly input: RecordedInput;
  readonly decision: Decision;
  readonly veto?: Veto;
  /** digest of what the decision could read of the state */
  readonly state: string;
  /** what was charged under the action's keys before it, by Meter */
  readonly meters?: Json;
}

const engineVeto: Veto = {
  cause: "engine",
  code: "unavailable",
  reason: "the engine failed on this request",
};

/** Digest of a state of which nothing was read. */
const nothingRead = digestOf({});

/** Decides a matter. An engine that throws breaks its contract; that denies and harms nothing else. */
export function decideMatter({ engine, state }: GuardCore, matter: Matter): Judged {
  const { input, veto } = matter;
  try {
    const decision = judge(engine, state, matter);
    const read = engine.slice({ ...input, state });
    const { meters = null } = read;
    const judged = { input, decision, state: digestOf(read), meters };
    return veto === undefined ? judged : { ...judged, veto };
  } catch {
    return vetoed(input, veto ?? engineVeto, engine.bundle.digest);
  }
}

/**
 * Decides an admitted action at `nowMs`. The resources its Tool document derives, and what a rule
 * made of the arguments, are checked against the protected paths like the arguments themselves.
 */
export function decideAdmitted(core: GuardCore, admitted: Admitted, nowMs: number): Judged {
  const input = inputOf(admitted, nowMs, core.capabilities);
  const { isFallback, request } = admitted;
  // The arguments as given were checked when they were taken up.
  const veto =
    admitted.veto ?? derivedVeto(core, input, { args: request.args, isRewritten: false });
  const matter: Matter = { input, isFallback, ...(veto === undefined ? {} : { veto }) };
  const judged = decideMatter(core, matter);
  const { args } = judged.decision;
  if (judged.veto !== undefined || args === undefined) return judged;
  const reaches = derivedVeto(core, input, { args, isRewritten: true });
  if (reaches === undefined) return judged;
  return { ...vetoed(input, reaches, core.engine.bundle.digest), state: judged.state };
}

/**
 * The protected paths against arguments that were rewritten (those that were given were checked when they
 * were taken up), what commands would write, and the resources that `args` make the action touch.
 */
function derivedVeto(
  { admission }: GuardCore,
  input: RecordedInput,
  { args, isRewritten }: { readonly args: JsonObject; readonly isRewritten: boolean },
): Veto | undefined {
  const document = admission.registry.document(input.request.tool);
  // Where an expression fails there is no resource, and what needs one is not granted.
  const resources = admission.resourcesOf(input, args) ?? [];
  const runsCommands = Object.values(document?.arguments ?? {}).includes("shell");
  const untold = runsCommands ? untoldWriting(input.facts, isRewritten) : undefined;
  const reached = { args: isRewritten ? args : {}, written: writtenPaths(input.facts), resources };
  const given = untold === undefined ? reached : { ...reached, untold };
  return protectedVeto(given, { document, context: admission });
}

function vetoed(input: RecordedInput, veto: Veto, bundle: string): Judged {
  return { input, decision: denial(veto, bundle), veto, state: nothingRead };
}

/** The decision when nothing can be decided or recorded at all. */
export function unavailable({ engine }: GuardCore, reason: string): Decision {
  return denial({ code: "unavailable", reason }, engine.bundle.digest);
}

/** Why a decision came out as it did; empty when an engine fails to say. */
export function explainJudged({ engine, state }: GuardCore, { input, veto }: Judged): Explanation {
  const nothing: Explanation = { determining: [], matched: [], errors: [] };
  if (veto !== undefined) return nothing;
  try {
    return engine.explain({ ...input, state });
  } catch {
    return nothing;
  }
}
