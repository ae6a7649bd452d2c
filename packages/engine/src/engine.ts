import type {
  ActionFacts,
  Decision,
  DecisionTrace,
  Effect,
  FactName,
  Json,
  JsonObject,
  Request,
} from "@holdfast/model";
import type { Bundle } from "./document/bundle.ts";

/** Everything a decision depends on besides the bundle; the same input gives the same bytes. */
export interface DecisionInput {
  readonly request: Request;
  /** answers of External documents by name, gathered before; an absent one is an error to read */
  readonly external: Readonly<Record<string, Json>>;
  readonly state: State;
  /** what annotated arguments and results would really do; a fact that is absent is an error to read */
  readonly facts?: ActionFacts;
  /** Unix time in ms; an input, recorded */
  readonly nowMs: number;
  /** what the registry knows of the tool's definition; default `known` */
  readonly registry?: "known" | "unregistered" | "changed" | "ambiguous";
  /** rules (`policy/rule`) whose approval requirement is met; `begin` fills it */
  readonly approved?: readonly string[];
  /** `observe`: the call runs unmodified and the real decision becomes `shadow`; default `enforce` */
  readonly mode?: "enforce" | "observe";
  /** what the enforcement point can carry out; absent means everything */
  readonly capabilities?: Capabilities;
}

export interface Capabilities {
  readonly effects: readonly Effect[];
  /** obligation names: notify, run, label, log */
  readonly obligations: readonly string[];
  readonly sandboxes: readonly string[];
}

/**
 * What of an action differs from what was asked once it is rewritten, so that facts of it must be
 * gathered apart. Absent parts do not differ.
 */
export interface Rewriting {
  /** goes with `facts.decided` */
  readonly decided?: Rewritten;
  /** goes with `facts.observed` */
  readonly observed?: Rewritten;
}

/** The arguments after rewriting, with defaults filled in; in phase `result` also the result. */
export interface Rewritten {
  readonly args: JsonObject;
  readonly result?: Json;
}

/** History as one engine keeps it: opaque to everyone else, changed only by that engine's `fold`. */
export interface State {
  readonly engine: string;
}

/**
 * One recorded happening, in log order. With `erased`, what was personal is gone (POLICY.md
 * section 3): the request has the agent's id, session, tool and action alone. An Event that can only
 * narrow occurs whatever else its match and condition ask, one that can grant does not; where a key
 * needs what is gone, nothing is kept; what the session had seen reads as dropped. The state is
 * a fold of these, and of nothing else.
 */
export type Occurrence =
  /** `begin` decided: `decision` Events always; `begin` Events and Meter amounts when it granted */
  | {
      readonly kind: "decision";
      readonly sequence: number;
      readonly input: Omit<DecisionInput, "state">;
      readonly decision: Decision;
      readonly granted: boolean;
      /** what was personal is gone */
      readonly erased?: true;
      /** marks stand for values that are not kept: what the session had seen reads as dropped */
      readonly redacted?: true;
    }
  /** `end`: `success` or `failure` Events, settles Meters; `request` carries `result` and `outcome` */
  | {
      readonly kind: "outcome";
      readonly sequence: number;
      readonly input: Omit<DecisionInput, "state">;
      readonly decision: Decision;
      /** ran in a sandbox or as a fallback: never commits `success` */
      readonly simulated: boolean;
      /** the enforcement point attests that nothing was sent: the reservation is given back */
      readonly nothingSent: boolean;
      /** the result is what the agent's side answered a server: for origins it is sent, not seen */
      readonly fromAgent?: boolean;
      /** what was personal is gone */
      readonly erased?: true;
      /** as in a decision */
      readonly redacted?: true;
    }
  | {
      readonly kind: "approval";
      readonly sequence: number;
      readonly input: Omit<DecisionInput, "state">;
      readonly verdict: "approved" | "rejected";
    }
  /** an operator's restriction; those of `contain` are part of the decision */
  | {
      readonly kind: "restrict";
      readonly sequence: number;
      readonly nowMs: number;
      readonly id: string;
      /** absent: in every tenant */
      readonly tenant?: string;
      readonly agent: string;
      readonly sessionRoot?: string;
      readonly kinds: readonly string[];
      readonly ttlMs?: number;
    }
  | { readonly kind: "release"; readonly sequence: number; readonly id: string }
  /** what entered a session besides results: the source of origins (POLICY.md section 3) */
  | {
      readonly kind: "observation";
      readonly sequence: number;
      readonly nowMs: number;
      readonly tenant: string;
      /** session root */
      readonly root: string;
      readonly seen: "prompt" | "document" | "memory";
      readonly text: string;
      readonly source: string;
      /** `user` on a prompt: the enforcement point attests that a person typed it */
      readonly labels: readonly string[];
      /** what was personal is gone */
      readonly erased?: true;
    }
  /** history that a PolicyTest states, under the keys its request has; never part of a log */
  | {
      readonly kind: "given";
      readonly sequence: number;
      readonly input: Omit<DecisionInput, "state">;
      readonly event?: { readonly name: string; readonly atMs: number };
      readonly meter?: { readonly name: string; readonly amount: number };
    };

/** Part of a state as it is written down; opaque to everyone but the engine that made it. */
export interface StatePart {
  readonly head: JsonObject;
  readonly body: Uint8Array;
}

/** Writes an engine's states down and reads them again. */
export interface StateKeeper {
  /** changes whenever states are written in another way */
  readonly format: string;
  /**
   * The state as it is at the call, in parts, whatever is folded into it while they are taken.
   * **Contract:** another call for the same state ends this one.
   */
  save(state: State): Iterable<StatePart>;
  /**
   * The state that was saved under a bundle with the same history digest, to be folded on. What is
   * large is read when it is first asked for, so the parts must not change.
   *
   * @throws Error on parts that no state was saved as
   */
  load(parts: Iterable<StatePart>): State;
}

/** Where a rule stands and what it did. */
export interface RuleReference {
  /** `policy/rule` */
  readonly rule: string;
  readonly effect: Effect;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** On a default deny: the allow rule that came nearest, and the one thing that was not so. */
export interface NearestAllow extends RuleReference {
  /** the smallest failing part of the condition (or of `match`), where it stands, and the values */
  readonly failed: {
    readonly expression: string;
    readonly file: string;
    readonly line: number;
    readonly column: number;
    readonly found: string;
    readonly needed: string;
  };
}

/** Why a decision is what it is, recomputed from the same input; never stored. */
export interface Explanation {
  readonly determining: readonly RuleReference[];
  /** every rule that held, whether or not it decided, those in mode observe included; sorted */
  readonly matched: readonly string[];
  /** errors met while evaluating rules, each where it stands */
  readonly errors: readonly (RuleReference & { readonly message: string })[];
  readonly nearest?: NearestAllow;
}

/**
 * A decision engine over one bundle. All members are pure, total and deterministic but `fold`,
 * which changes the state it is given and nothing else. None throws on any validated input.
 */
export interface Engine {
  readonly name: "reference" | "compiled";
  readonly bundle: Bundle;
  createState(): State;
  decide(input: DecisionInput): Decision;
  explain(input: DecisionInput): Explanation;
  /** **Contract:** occurrences come in the order of their sequence numbers, each once. */
  fold(state: State, occurrence: Occurrence): void;
  /** What this decision can read of the state, as JSON; its digest is recorded as the state digest. */
  slice(input: DecisionInput): JsonObject;
  /** False only when no arguments could ever make this request allowed: used to hide tools from lists. */
  couldAllow(input: DecisionInput): boolean;
  /**
   * The facts that a decision on this input can depend on: those that conditions read which can
   * match its tool in its phase, and those from which labels are derived that something asks for. In
   * the order of `factNames`. **Guarantees** that any further fact changes no decision.
   */
  factsNeeded(input: DecisionInput): readonly FactName[];
  /** What is decided on, with `facts.original` of the input for what `modify` rules read. */
  rewritten(input: DecisionInput): Rewriting;
  /** absent: its states are only ever folded anew */
  readonly keeper?: StateKeeper;
}

/** The engine that decides in production, which can also tell how it came to a decision. */
export interface CompiledEngine extends Engine {
  readonly name: "compiled";
  /**
   * How the decision on this input came to be: its stages, every rule that was found for it with
   * the values its condition read, and the decision itself. **Guarantees** that decision, matched
   * rules and determining rules are those of `decide` and `explain`.
   */
  trace(input: DecisionInput): DecisionTrace;
}
