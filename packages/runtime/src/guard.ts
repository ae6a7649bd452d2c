import type { Bundle, Explanation } from "@holdfast/engine";
import type { Decision, Json, JsonLike, RequestInput } from "@holdfast/model";
import type { IndexStatus } from "@holdfast/store";
import type { Activation, PolicyPlace } from "./activation.ts";
import type { Ending, Execute, Permit, ResultDecision } from "./permit.ts";
import type { Refusal } from "./refusal.ts";
import type { Session } from "./session-table.ts";

/** Who speaks, as the enforcement point verified it: the name of a credential, never the secret. */
export interface Caller {
  readonly credential: string;
}

/** Something that enters a session's origins. */
export interface Observation {
  readonly kind: "prompt" | "document" | "memory";
  readonly text: string;
  readonly source: string;
  /** of Settings, or `untrusted`; `user` only on a prompt that the enforcement point attests a person typed */
  readonly labels: readonly string[];
}

/** Who a session is opened for. */
export interface SessionStart {
  /** agent id */
  readonly agent: string;
  readonly task?: string;
  /** id of the caller's own session that this one continues; state is kept at its root */
  readonly parent?: string;
}

/** A granted action whose outcome nobody will ever report: it may have run, or not. */
export interface AmbiguousAction {
  /** index of the decision record */
  readonly sequence: number;
  /** action id */
  readonly id: string;
  /** when it was found: at `close`, or at the `restart` after a crash */
  readonly found: "close" | "restart";
  readonly timeMs: number;
}

/** How a guard is, for operators. */
export interface GuardStatus {
  /** number of records appended */
  readonly records: number;
  readonly index: IndexStatus;
}

/** What `run` needs besides the action. */
export interface RunOptions<T> {
  readonly caller?: Caller;
  /** executes a refusal's other action; without it a fallback is only named in the refusal */
  readonly fallback?: Execute<T>;
}

/**
 * Decides actions and keeps the evidence (DESIGN section 3). Every path that is not a granted
 * decision on record refuses; no member but `openSession`, `observe`, `registerTools`, `activate`
 * and `close` throws. Requests are copied on entry, so nobody can change what was decided.
 */
export interface Guard {
  /** the bundle in force; another one after `activate` */
  readonly bundle: Bundle;
  readonly environment: string;
  /** data directory, absolute */
  readonly directory: string;

  /** A peek: moves no state, writes no record, uses up no action id. */
  decide(request: RequestInput, caller?: Caller): Promise<Decision>;

  /**
   * Decides at execution: records, moves Events and Meters, and gives a permit only after the
   * record is durable. Deciding, recording and moving state are one synchronous step, so an
   * action sees the commits of every `begin` that returned before it, and of those that were
   * merely decided before it, while many actions share one flush to disk. An action id is bound to
   * its request and credential: another request under it is denied; a repeat gets the recorded
   * answer and no second permit.
   *
   * `step_up` and `defer` refuse: no approver is configured in an embedded guard.
   */
  begin(request: RequestInput, caller?: Caller): Promise<Permit | Refusal>;

  /**
   * Decides whether the result may be shown, and records the outcome. The result is released
   * only when that record is durable (unless the tool is declared `audit: batched`): the rules
   * on history judge the next action by what the agent has seen, so nothing may be seen that a
   * crash could make history forget. Any failure withholds the result. A permit ends once.
   */
  end(permit: Permit, ending: Ending): Promise<ResultDecision>;

  /**
   * Adds a prompt, document or memory to the origins of a session's root (POLICY.md section 3),
   * and records it, text in the erasable payload. Returns when the record is durable; an action
   * that is begun after the call sees it, awaited or not.
   *
   * @throws HoldfastError `session_unknown`, `label_unknown`, `observation_label`,
   * `observation_size`, `observation_text`, `json_…` on text that is not Unicode,
   * `guard_unavailable`
   */
  observe(session: string, seen: Observation, caller?: Caller): Promise<void>;

  /**
   * `begin`, `execute`, `end`. `execute` is never called without a permit. Gives back what it
   * returned, what a rule made of that, or the refusal. When it throws, phase `result` decides on
   * `{error: {message}}`: released, the error is rethrown; redacted, a HoldfastError
   * `action_failed` with what is left of the message is thrown; withheld, it is a refusal.
   */
  run<T extends JsonLike | void>(
    request: RequestInput,
    execute: Execute<T>,
    options?: RunOptions<T>,
  ): Promise<T | Json | Refusal>;

  /**
   * Opens a session bound to the caller: the runtime chooses the id, and no other credential or
   * agent can use it. Durable when it returns.
   *
   * @throws HoldfastError `session_unknown` for a parent that is not the caller's,
   * `session_invalid`, `guard_unavailable`
   */
  openSession(start: SessionStart, caller?: Caller): Promise<Session>;

  /**
   * Takes the complete list of a server's tool definitions; first ones are pinned, changes
   * recorded. Durable when it returns, and decisions follow it from the call on.
   *
   * @throws HoldfastError `tool_definition`, `guard_unavailable`
   */
  registerTools(server: string, definitions: readonly JsonLike[]): Promise<void>;

  /**
   * Puts other policies in force, by default those the guard was opened with, read again. They are
   * compiled and, where an Event or Meter or anything it rests on changed, folded from the log
   * while the old bundle goes on deciding; a `policy` record is durable before the new one
   * decides anything. The change is one step: each decision is wholly of the bundle it names.
   * Actions that were permitted stay permitted, with the arguments that were decided; their
   * results are decided by the bundle in force when they end. Restrictions, sessions, action ids
   * and tool pins stay. Returns when the new bundle decides; whatever fails, the old one stays
   * in force, and that another was refused is recorded.
   *
   * @throws DiagnosticsError `policy_invalid` with every error at once
   * @throws HoldfastError `policy_folder`, `configuration_unknown_name`, `environment_unknown`,
   * `bundle_store`, `activation_behind`, `guard_unavailable`; `log_…`, `payload_…` on a log that
   * cannot be read whole
   */
  activate(policies?: PolicyPlace): Promise<Activation>;

  /** False only when no arguments could make the request allowed: used to hide tools from lists. */
  couldAllow(request: RequestInput, caller?: Caller): boolean;

  /** Why `decide` would answer as it does now; for operators, never for agents. */
  explain(request: RequestInput, caller?: Caller): Promise<Explanation>;

  /** Granted actions without an outcome, newest last; those still running are not among them. */
  ambiguous(): readonly AmbiguousAction[];

  /** How the guard is at this moment. */
  status(): GuardStatus;

  /** Refuses what comes, records open permits as ambiguous, and closes the log. */
  close(): Promise<void>;
}
