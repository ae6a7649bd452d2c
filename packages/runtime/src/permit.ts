import type { Explanation } from "@holdfast/engine";
import type { Decision, Json, JsonLike, JsonObject, Obligation, Request } from "@holdfast/model";
import type { Revocation } from "./revocation.ts";

/**
 * The one-time right to execute one action, with these arguments and no others. Frozen through
 * and through but for `signal`.
 */
export interface Permit {
  readonly granted: true;
  /** action id */
  readonly id: string;
  /** index of the decision record, which is durable unless the tool is declared `audit: batched` */
  readonly sequence: number;
  /** the request as decided, with what the runtime filled in */
  readonly request: Request;
  /** what executes: frozen, and the request's own unless a rule modified them */
  readonly args: JsonObject;
  readonly decision: Decision;
  /** where to execute instead of the real place */
  readonly sandbox?: string;
  /** the enforcement point carries all of these out */
  readonly obligations: readonly Obligation[];
  /** of the action (W3C Trace Context), for who executes to hand on; it is in the record */
  readonly traceparent: string;
  /** runs in a sandbox or as another action's fallback: its success counts for nothing */
  readonly simulated: boolean;
  /** aborted when a restriction revokes the permit; what has not started must not start */
  readonly signal: AbortSignal;
  /** for operators, when the guard was opened with `explanations` */
  readonly explanation?: Explanation;
}

/** A permit, revoked or not by what holds it. */
export class GivenPermit implements Permit {
  readonly granted = true;
  readonly id: string;
  readonly sequence: number;
  readonly request: Request;
  readonly args: JsonObject;
  readonly decision: Decision;
  declare readonly sandbox?: string;
  readonly obligations: readonly Obligation[];
  readonly traceparent: string;
  readonly simulated: boolean;
  declare readonly explanation?: Explanation;
  readonly #revocation: Revocation;

  constructor(
    { decision, sequence, explanation }: Pick<Permit, "decision" | "sequence" | "explanation">,
    given: Pick<Permit, "traceparent" | "simulated"> & {
      readonly request: Request & { readonly id: string };
      readonly revocation: Revocation;
    },
  ) {
    const { request } = given;
    this.id = request.id;
    this.sequence = sequence;
    this.request = request;
    this.args = decision.args ?? request.args;
    this.decision = decision;
    this.obligations = decision.obligations;
    this.traceparent = given.traceparent;
    this.simulated = given.simulated;
    this.#revocation = given.revocation;
    if (decision.sandbox !== undefined) this.sandbox = decision.sandbox;
    if (explanation !== undefined) this.explanation = explanation;
    Object.freeze(this);
  }

  /** It alone changes: when the permit is revoked. */
  get signal(): AbortSignal {
    return this.#revocation.signal;
  }
}

/** How an execution ended, as the enforcement point saw it. */
export interface Ending {
  readonly status: "success" | "failure";
  /** what the tool gave back; absent means null */
  readonly result?: JsonLike;
  /** measured by the guard when absent */
  readonly durationMs?: number;
  readonly cost?: number;
  /** attested: the action never left, so that its reservation is given back */
  readonly nothingSent?: boolean;
  /**
   * The action was a server's and the result is what the agent's side answers: it is decided like
   * any, but for origins it is what the agent sent, so that no answer makes a value a known one.
   */
  readonly fromAgent?: boolean;
}

/** What may be shown of a result. */
export type ResultDecision =
  | {
      readonly released: true;
      readonly decision: Decision;
      /** index of the outcome record */
      readonly sequence: number;
      readonly result: Json;
      /** `result` is not what the tool gave back */
      readonly redacted: boolean;
    }
  | {
      readonly released: false;
      readonly decision: Decision;
      /** absent when nothing could be recorded */
      readonly sequence?: number;
      /** for the agent */
      readonly message: string;
    };

/** Runs an action whose permit was given, with exactly these arguments. */
export type Execute<T> = (args: JsonObject, permit: Permit) => Promise<T>;
