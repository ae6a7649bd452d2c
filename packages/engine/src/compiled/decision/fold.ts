import type { Decision, JsonObject } from "@holdfast/model";
import type { EventMoment } from "../../document/history.ts";
import type { Match } from "../../document/policy.ts";
import type { Occurrence } from "../../engine.ts";
import type { CompiledState } from "../history/compiled-state.ts";
import { entriesOfResult, entriesOfSent, entryOfObservation } from "../origin/origin-entry.ts";
import type { OriginEntry } from "../origin/origin-entry.ts";
import { Absent } from "../rule/key-reader.ts";
import type { EventPlan, Program } from "../rule/program.ts";
import { Situation, frameFor, sessionRootOf } from "../rule/subject.ts";
import type { Recorded } from "../rule/subject.ts";
import { toolPlan } from "../rule/tool-plan.ts";
import { Failure } from "../value/failure.ts";
import { amountOf, checkedAmount, coversMoment } from "./judge.ts";

type Kind<K extends Occurrence["kind"]> = Extract<Occurrence, { readonly kind: K }>;

/** Adds one occurrence to the state; all it reads is the state before it. */
export function fold(program: Program, state: CompiledState, occurrence: Occurrence): void {
  switch (occurrence.kind) {
    case "decision":
      return foldDecision(program, state, occurrence);
    case "outcome":
      return foldOutcome(program, state, occurrence);
    case "approval": {
      const situation = situationOf(program, state, occurrence.input);
      return occur(situation, [occurrence.verdict], {
        sequence: occurrence.sequence,
        erased: false,
      });
    }
    case "restrict": {
      const { id, tenant, agent, sessionRoot, kinds, ttlMs, nowMs } = occurrence;
      const untilMs = ttlMs === undefined ? undefined : nowMs + ttlMs;
      return state.restrict({ id, tenant, agent, sessionRoot, kinds, untilMs });
    }
    case "release":
      return state.release(occurrence.id);
    case "observation": {
      const { tenant, root, erased } = occurrence;
      if (!program.readsOrigins) return;
      if (erased === true) state.origins.forget(tenant, root);
      else state.origins.add(tenant, root, [entryOfObservation(occurrence)]);
      return;
    }
    case "given":
      return foldGiven(program, state, occurrence);
  }
}

function foldDecision(
  program: Program,
  state: CompiledState,
  { input, decision, granted, sequence, erased, redacted }: Kind<"decision">,
): void {
  // Of an erased action the arguments that ran are gone with those that were asked for.
  const ran = erased === true ? undefined : decision.args;
  const situation = situationOf(program, state, input, ran);
  const charges = granted ? chargesOf(situation, erased === true) : [];
  const place = { sequence, erased: erased === true };
  occur(situation, granted ? ["decision", "begin"] : ["decision"], place);
  for (const charge of charges) charge();
  contain(state, input, decision.restrict, sequence);
  const isLost = erased === true || redacted === true;
  if (granted) remember(situation, () => entriesOfSent(sequence, situation.args), isLost);
}

/** What this action is charged, found before anything is committed. */
function chargesOf(situation: Situation, erased: boolean): readonly (() => void)[] {
  const { program, state, recorded, request } = situation;
  const charges: (() => void)[] = [];
  for (const plan of program.meters) {
    const { match } = plan.meter;
    if (!coversMoment({ match: erased ? knownOf(match) : match }, situation)) continue;
    const amount = plan.reserve === undefined ? 1 : amountOf(plan, situation);
    const path = plan.key(situation);
    // Deciding has denied both; only in mode observe can the action have run all the same.
    if (amount instanceof Failure || path instanceof Absent) continue;
    charges.push(() => {
      const account = state.meters(plan.shelf).take(path);
      account.charge(plan.window, recorded.nowMs, amount, request.id);
    });
  }
  return charges;
}

function foldOutcome(program: Program, state: CompiledState, occurrence: Kind<"outcome">): void {
  const { input, decision, sequence, simulated, nothingSent, erased, redacted } = occurrence;
  const situation = situationOf(program, state, input);
  const succeeded = input.request.outcome?.status === "success";
  const place = { sequence, erased: erased === true };
  // What was settled is gone; the reservation stands.
  if (erased !== true) settle(situation, nothingSent);
  if (!succeeded) occur(situation, ["failure"], place);
  else if (!simulated) occur(situation, ["success"], place);
  contain(state, input, decision.restrict, sequence);
  const isLost = erased === true || redacted === true;
  remember(situation, () => entriesShown(situation, occurrence), isLost);
}

/** What the session root of an action has seen is kept where conditions read it. */
function remember(
  { program, state, request }: Situation,
  entries: () => readonly OriginEntry[],
  isLost: boolean,
): void {
  const root = sessionRootOf(request);
  if (!program.readsOrigins || root === undefined) return;
  if (isLost) state.origins.forget(request.tenant, root);
  else state.origins.add(request.tenant, root, entries());
}

/** The entries of a result that was let through, as it was shown to the agent or sent by it. */
function entriesShown(
  { request, plan }: Situation,
  { decision, fromAgent, sequence }: Kind<"outcome">,
): readonly OriginEntry[] {
  if (decision.effect !== "allow" && decision.effect !== "modify") return [];
  const result = decision.result === undefined ? request.result : decision.result;
  if (result === undefined || result === null) return [];
  if (fromAgent === true) return entriesOfSent(sequence, result);
  const { name, tool: document, labels } = plan;
  return entriesOfResult({ sequence, result, tool: name, document, labels, args: request.args });
}

/** An action id ties the outcome to what its `begin` charged; without one the charge stands. */
function settle(situation: Situation, nothingSent: boolean): void {
  const { program, state, request } = situation;
  const { id } = request;
  if (id === undefined) return;
  for (const plan of program.meters) {
    const path = plan.key(situation);
    if (path instanceof Absent) continue;
    const account = state.meters(plan.shelf).find(path);
    if (account === undefined) continue;
    if (nothingSent) account.settle(id, undefined);
    else if (plan.settle !== undefined) {
      const value = plan.settle(frameFor(situation, request.agent, undefined));
      const amount = value instanceof Failure ? value : checkedAmount(plan.meter.name, value);
      if (!(amount instanceof Failure)) account.settle(id, amount);
    }
  }
}

function foldGiven(
  program: Program,
  state: CompiledState,
  { input, event, meter, sequence }: Kind<"given">,
): void {
  const situation = situationOf(program, state, input);
  const eventPlan = event === undefined ? undefined : program.eventsByName.get(event.name);
  if (event !== undefined && eventPlan !== undefined) {
    const path = eventPlan.key(situation);
    if (!(path instanceof Absent)) {
      state.events(eventPlan.shelf).take(path).add(event.atMs, sequence);
    }
  }
  const meterPlan = meter === undefined ? undefined : program.metersByName.get(meter.name);
  if (meter === undefined || meterPlan === undefined) return;
  const path = meterPlan.key(situation);
  if (path instanceof Absent) return;
  const account = state.meters(meterPlan.shelf).take(path);
  account.charge(meterPlan.window, input.nowMs, meter.amount, undefined);
}

/** The action with the arguments that run: those decided, else those asked. */
function situationOf(
  program: Program,
  state: CompiledState,
  input: Recorded,
  decided?: JsonObject,
): Situation {
  const { request } = input;
  const stage = { args: decided ?? request.args, result: request.result };
  return new Situation(program, input, state, toolPlan(program, request.tool), stage);
}

/** All Events are looked at before any is committed, so that their order never matters. */
function occur(
  situation: Situation,
  moments: readonly EventMoment[],
  { sequence, erased }: { readonly sequence: number; readonly erased: boolean },
): void {
  const { program, state, recorded } = situation;
  const commits: (() => void)[] = [];
  for (const plan of program.events) {
    if (!moments.includes(plan.event.at) || !occurs(plan, situation, erased)) continue;
    const path = plan.key(situation);
    if (path instanceof Absent) continue;
    commits.push(() => state.events(plan.shelf).take(path).add(recorded.nowMs, sequence));
  }
  for (const commit of commits) commit();
}

/** What of a match an erased record can still be held to. */
function knownOf({ phase, tools, labels, kinds, agents }: Match): Match {
  return {
    phase,
    ...(tools && { tools }),
    ...(labels && { labels }),
    ...(kinds && { kinds }),
    ...(agents && { agents }),
  };
}

/** In doubt an Event that can only narrow occurs, and one that can grant does not. */
function occurs({ event, when }: EventPlan, situation: Situation, erased: boolean): boolean {
  const grants = event.at === "success" || event.at === "approved";
  if (erased) return !grants && coversMoment({ match: knownOf(event.match) }, situation);
  if (!coversMoment(event, situation, grants ? "granting" : "narrowing")) return false;
  if (when === undefined) return true;
  const value = when(frameFor(situation, situation.request.agent, undefined));
  return typeof value === "boolean" ? value : !grants;
}

/** A `contain` binds the agent and its session root, under the number of its record. */
function contain(
  state: CompiledState,
  { request, nowMs }: Recorded,
  restrict: Decision["restrict"],
  sequence: number,
): void {
  if (restrict === undefined) return;
  const { kinds, ttlMs } = restrict;
  state.restrict({
    id: String(sequence),
    tenant: request.tenant,
    agent: request.agent.id,
    sessionRoot: sessionRootOf(request),
    kinds,
    untilMs: ttlMs === undefined ? undefined : nowMs + ttlMs,
  });
}
