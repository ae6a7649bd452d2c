import type { DecisionInput, Engine, State } from "@holdfast/engine";
import type { Decision, ReasonCode } from "@holdfast/model";

/** Everything a decision depends on but the state: what is recorded and replayed. */
export type RecordedInput = Omit<DecisionInput, "state">;

/**
 * Why the runtime itself denies: `request` (not valid), `session` (not the caller's),
 * `action_id` (used for another request), `agent` (not for this environment), `unregistered` (the operator admits no such tools),
 * `protected` (reaches what governs the agent), `result` (not JSON, or too large to record),
 * `engine` (it threw).
 */
export const vetoCauses = [
  "request",
  "session",
  "action_id",
  "agent",
  "unregistered",
  "protected",
  "result",
  "engine",
] as const;

/**
 * A denial by the runtime, before and above any policy. It can rest on things that no replay
 * finds again, such as links on a disk, so it is recorded as an input of the decision.
 */
export interface Veto {
  readonly cause: (typeof vetoCauses)[number];
  readonly code: ReasonCode;
  readonly reason: string;
  /** a rule that is built in, named like one of a policy */
  readonly rule?: string;
}

/** One thing to decide. */
export interface Matter {
  readonly input: RecordedInput;
  readonly veto?: Veto;
  /** a refusal's other action: it has no fallback of its own */
  readonly isFallback: boolean;
}

/** The decision on a matter: a function of its arguments alone, so that replay gives the same bytes. */
export function judge(engine: Engine, state: State, { input, veto, isFallback }: Matter): Decision {
  if (veto !== undefined) return denial(veto, engine.bundle.digest);
  // The state first: the other way round V8 gives every such object a hidden class of its own, and
  // each read of its fields by the engine is a search.
  const decision = engine.decide({ state, ...input });
  if (!isFallback || decision.fallback === undefined) return decision;
  const { fallback: _fallback, ...rest } = decision;
  return rest;
}

/** A deny that no policy made. */
export function denial({ code, reason, rule }: Omit<Veto, "cause">, bundle: string): Decision {
  const rules = rule === undefined ? [] : [rule];
  return { effect: "deny", code, rules, reason, obligations: [], bundle };
}

/**
 * Whether a veto leaves the attempt in history. Where identity or the request itself is in
 * doubt it does not: else anyone could fill another agent's counters or use up its action ids.
 */
export function countsAsAttempt(veto: Veto | undefined): boolean {
  switch (veto?.cause) {
    case undefined:
    case "agent":
    case "protected":
    case "unregistered":
    case "result":
      return true;
    case "request":
    case "session":
    case "action_id":
    case "engine":
      return false;
  }
}

/** Whether a decision lets the action run: everything not named here refuses. */
export function grants({ effect }: Decision): boolean {
  switch (effect) {
    case "allow":
    case "modify":
    case "sandbox":
      return true;
    case "throttle":
    case "defer":
    case "step_up":
    case "deny":
    case "contain":
      return false;
  }
}
