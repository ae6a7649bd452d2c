import type { JsonObject } from "@holdfast/model";
import type { Event, EventMoment, Meter } from "../document/history.ts";
import type { Match } from "../document/policy.ts";
import type { Occurrence } from "../engine.ts";
import { CelError } from "./cel-error.ts";
import { evaluate } from "./evaluate.ts";
import { amountOf, checkedAmount } from "./judge.ts";
import { coversAnyPhase } from "./match.ts";
import type { Entry } from "./origin/memory.ts";
import { observedEntry, resultEntries, sentEntries } from "./origin/remember.ts";
import type { PolicyIndex } from "./policy-index.ts";
import type { RecordedInput } from "./recorded-input.ts";
import type { ReferenceState } from "./reference-state.ts";
import { situationScope } from "./rule-scope.ts";
import { sessionRootOf, situate } from "./situation.ts";
import type { Situation } from "./situation.ts";
import { slotOf } from "./state-key.ts";

type OccurrenceOf<Kind extends Occurrence["kind"]> = Extract<Occurrence, { readonly kind: Kind }>;

/** Adds one occurrence to the state (POLICY.md section 3). All it reads is the state before it. */
export function fold(index: PolicyIndex, state: ReferenceState, occurrence: Occurrence): void {
  switch (occurrence.kind) {
    case "decision":
      return foldDecision(index, state, occurrence);
    case "outcome":
      return foldOutcome(index, state, occurrence);
    case "approval": {
      const situation = situationOf(index, state, occurrence.input);
      return commitEvents(situation, [occurrence.verdict], occurrence.sequence);
    }
    case "restrict":
      return state.restrict({
        id: occurrence.id,
        tenant: occurrence.tenant,
        agent: occurrence.agent,
        sessionRoot: occurrence.sessionRoot,
        kinds: occurrence.kinds,
        untilMs: occurrence.ttlMs === undefined ? undefined : occurrence.nowMs + occurrence.ttlMs,
      });
    case "release":
      return state.release(occurrence.id);
    case "observation": {
      const { tenant, root, erased } = occurrence;
      if (erased === true) return forget(index, state, { tenant, root });
      return remember(index, state, { tenant, root }, () => [observedEntry(occurrence)]);
    }
    case "given":
      return foldGiven(index, state, occurrence);
  }
}

/** What is known of an action of which everything personal is gone, folded so that it narrows. */
function foldErased(
  index: PolicyIndex,
  state: ReferenceState,
  occurrence: OccurrenceOf<"decision"> | OccurrenceOf<"outcome">,
): void {
  const { input, sequence, decision } = occurrence;
  const situation = situationOf(index, state, input);
  const moments = erasedMoments(occurrence);
  const begun = occurrence.kind === "decision" && occurrence.granted;
  const charges = begun
    ? [...index.meters.values()].filter(({ match }) => coversKnown(match, situation))
    : [];
  const amounts = charges.map((meter) => ({ meter, amount: erasedAmount(meter, situation) }));
  for (const event of index.events.values()) {
    if (!moments.includes(event.at) || !coversKnown(event.match, situation)) continue;
    const slot = slotOf(event, situation);
    if (slot.present) state.occur(slot.slot, { atMs: input.nowMs, sequence });
  }
  for (const { meter, amount } of amounts) {
    const slot = slotOf(meter, situation);
    if (amount === undefined || !slot.present) continue;
    state.charge(slot.slot, { atMs: input.nowMs, sequence, actionId: input.request.id, amount });
  }
  install(state, input, decision.restrict, sequence);
  if (begun || occurrence.kind === "outcome") forget(index, state, placeOf(input));
}

/** Moments at which an Event can only narrow. */
function erasedMoments(
  occurrence: OccurrenceOf<"decision"> | OccurrenceOf<"outcome">,
): readonly EventMoment[] {
  if (occurrence.kind === "decision")
    return occurrence.granted ? ["decision", "begin"] : ["decision"];
  return occurrence.input.request.outcome?.status === "success" ? [] : ["failure"];
}

function erasedAmount(meter: Meter, situation: Situation): number | undefined {
  if (meter.reserve === undefined) return 1;
  const value = evaluate(meter.reserve.ast, situationScope(situation));
  const amount = value instanceof CelError ? value : checkedAmount(meter.name, value);
  return amount instanceof CelError ? undefined : amount;
}

/** Whether a match holds as far as it asks for what no erasure takes. */
function coversKnown({ tools, labels, kinds, agents }: Match, situation: Situation): boolean {
  const known = Object.fromEntries(
    Object.entries({ tools, labels, kinds, agents }).filter(([, value]) => value !== undefined),
  );
  const match: Match = { phase: "call", ...known };
  return coversAnyPhase(match, situation, situation.request.agent, "narrowing");
}

function foldDecision(
  index: PolicyIndex,
  state: ReferenceState,
  occurrence: OccurrenceOf<"decision">,
): void {
  if (occurrence.erased === true) return foldErased(index, state, occurrence);
  const { input, decision, granted, sequence } = occurrence;
  const situation = situationOf(index, state, input, decision.args);
  const charges = granted ? chargesOf(situation) : [];
  commitEvents(situation, granted ? ["decision", "begin"] : ["decision"], sequence);
  for (const { slot, amount } of charges) {
    const actionId = input.request.id;
    state.charge(slot, { atMs: input.nowMs, sequence, actionId, amount });
  }
  install(state, input, decision.restrict, sequence);
  if (granted && occurrence.redacted === true) forget(index, state, placeOf(input));
  else if (granted) {
    remember(index, state, placeOf(input), () => sentEntries(situation.args, sequence));
  }
}

function foldOutcome(
  index: PolicyIndex,
  state: ReferenceState,
  occurrence: OccurrenceOf<"outcome">,
): void {
  if (occurrence.erased === true) return foldErased(index, state, occurrence);
  const { input, decision, sequence, simulated, nothingSent } = occurrence;
  const situation = situationOf(index, state, input);
  const succeeded = input.request.outcome?.status === "success";
  const moments: readonly EventMoment[] = !succeeded ? ["failure"] : simulated ? [] : ["success"];
  settleMeters(situation, nothingSent);
  commitEvents(situation, moments, sequence);
  install(state, input, decision.restrict, sequence);
  if (occurrence.redacted === true) return forget(index, state, placeOf(input));
  const shown = decision.effect === "allow" || decision.effect === "modify";
  const result = decision.result === undefined ? input.request.result : decision.result;
  if (shown && result !== undefined && result !== null) {
    remember(index, state, placeOf(input), () =>
      occurrence.fromAgent === true
        ? sentEntries(result, sequence)
        : resultEntries(result, situation, sequence),
    );
  }
}

/** Where origins are kept: by tenant and session root. */
interface Place {
  readonly tenant: string;
  /** `undefined` for a request without session, of which nothing is kept */
  readonly root: string | undefined;
}

function placeOf({ request }: RecordedInput): Place {
  return { tenant: request.tenant, root: sessionRootOf(request) };
}

/** Keeps what a session has seen, when the bundle asks for it at all. */
function remember(
  index: PolicyIndex,
  state: ReferenceState,
  { tenant, root }: Place,
  entries: () => readonly Entry[],
): void {
  if (index.readsOrigins && root !== undefined) state.memories.bring(tenant, root, entries());
}

/** What a session has seen is not known whole any more. */
function forget(index: PolicyIndex, state: ReferenceState, { tenant, root }: Place): void {
  if (index.readsOrigins && root !== undefined) state.memories.forget(tenant, root);
}

/** An action id ties the outcome to what its `begin` charged; without one the charge stands. */
function settleMeters(situation: Situation, nothingSent: boolean): void {
  const actionId = situation.request.id;
  if (actionId === undefined) return;
  for (const meter of situation.index.meters.values()) {
    const slot = slotOf(meter, situation);
    if (!slot.present) continue;
    if (nothingSent) {
      situation.state.settle(slot.slot, actionId, undefined);
      continue;
    }
    if (meter.settle === undefined) continue;
    const value = evaluate(meter.settle.ast, situationScope(situation));
    const amount = value instanceof CelError ? value : checkedAmount(meter.name, value);
    if (!(amount instanceof CelError)) situation.state.settle(slot.slot, actionId, amount);
  }
}

function foldGiven(
  index: PolicyIndex,
  state: ReferenceState,
  { input, event, meter, sequence }: OccurrenceOf<"given">,
): void {
  const situation = situationOf(index, state, input);
  const eventDocument = event === undefined ? undefined : index.events.get(event.name);
  if (event !== undefined && eventDocument !== undefined) {
    const slot = slotOf(eventDocument, situation);
    if (slot.present) state.occur(slot.slot, { atMs: event.atMs, sequence });
  }
  const meterDocument = meter === undefined ? undefined : index.meters.get(meter.name);
  if (meter !== undefined && meterDocument !== undefined) {
    const slot = slotOf(meterDocument, situation);
    const { amount } = meter;
    if (slot.present) {
      state.charge(slot.slot, { atMs: input.nowMs, sequence, actionId: undefined, amount });
    }
  }
}

/**
 * The action with the arguments that run: those decided, else those asked. Of a refused action
 * nothing ran, so its Events see the arguments as asked.
 */
function situationOf(
  index: PolicyIndex,
  state: ReferenceState,
  input: RecordedInput,
  decided?: JsonObject,
): Situation {
  const { request } = input;
  const args = decided ?? request.args;
  return situate(index, input, state, { args, original: request.args, result: request.result });
}

function chargesOf(situation: Situation): readonly { slot: string; amount: number }[] {
  return [...situation.index.meters.values()].flatMap((meter) => {
    if (!coversAnyPhase(meter.match, situation, situation.request.agent, "narrowing")) return [];
    const amount = amountOf(meter, situation);
    const slot = slotOf(meter, situation);
    // Deciding has denied both; only in mode observe can the action have run all the same.
    if (amount instanceof CelError || !slot.present) return [];
    return [{ slot: slot.slot, amount }];
  });
}

/** All Events are looked at before any is committed, so that their order never matters. */
function commitEvents(
  situation: Situation,
  moments: readonly EventMoment[],
  sequence: number,
): void {
  const slots = [...situation.index.events.values()].flatMap((event) => {
    if (!moments.includes(event.at) || !occurs(event, situation)) return [];
    const slot = slotOf(event, situation);
    return slot.present ? [slot.slot] : [];
  });
  for (const slot of slots) {
    situation.state.occur(slot, { atMs: situation.input.nowMs, sequence });
  }
}

/**
 * Whether an Event occurs with this action. In doubt (an erroring condition, a match that the
 * request does not settle) an Event that can only narrow occurs and one that can grant does not;
 * which of the two it is follows from its moment (POLICY.md section 3, polarity).
 */
function occurs(event: Event, situation: Situation): boolean {
  const grants = event.at === "success" || event.at === "approved";
  const stance = grants ? "granting" : "narrowing";
  if (!coversAnyPhase(event.match, situation, situation.request.agent, stance)) return false;
  if (event.when === undefined) return true;
  const value = evaluate(event.when.ast, situationScope(situation));
  return typeof value === "boolean" ? value : !grants;
}

/** A `contain` binds the agent and its session root, under the sequence number of its record. */
function install(
  state: ReferenceState,
  { request, nowMs }: RecordedInput,
  restrict: { readonly kinds: readonly string[]; readonly ttlMs?: number | undefined } | undefined,
  sequence: number,
): void {
  if (restrict === undefined) return;
  state.restrict({
    id: String(sequence),
    tenant: request.tenant,
    agent: request.agent.id,
    sessionRoot: sessionRootOf(request),
    kinds: restrict.kinds,
    untilMs: restrict.ttlMs === undefined ? undefined : nowMs + restrict.ttlMs,
  });
}
