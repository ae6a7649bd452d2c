import type { ActionKind, JsonObject, Obligation, Phase, Span } from "@holdfast/model";
import type { Expression, Template } from "./expression.ts";

/** Every given key must hold, each is any-of; an absent key does not restrict (POLICY.md section 2). */
export interface Match {
  /** exact or `prefix*` */
  readonly agents?: readonly string[];
  readonly agentRoles?: readonly string[];
  readonly userRoles?: readonly string[];
  /** `server.name`, `server.*` or `*` */
  readonly tools?: readonly string[];
  readonly labels?: readonly string[];
  readonly kinds?: readonly ActionKind[];
  readonly environments?: readonly string[];
  readonly phase: Phase;
}

interface RuleBase {
  readonly id: string;
  /** absent means true */
  readonly when?: Expression;
  readonly reason?: Template;
  readonly obligations: readonly Obligation[];
  /** on a refusing effect: one other action, decided on its own */
  readonly fallback?: { readonly tool: string; readonly args: Expression | JsonObject };
  /** the rule judges the agent's own authority and not each agent of the delegation chain */
  readonly ownAuthority: boolean;
  readonly source: Span;
}

/** `limit: {meter, max}`: matches when current + this action's amount > max. */
export interface Limit {
  readonly meter: string;
  readonly max: number;
  readonly source: Span;
}

/** One path of a rule that modifies: dotted below `args` (phase call) or `result` (phase result). */
export interface Modification {
  readonly operation: "set" | "remove" | "mask";
  /** segments below `args` or `result` */
  readonly path: readonly string[];
  /** of `set` */
  readonly value?: Expression;
  /** of `mask`: everything, or what content finds */
  readonly mask?: "whole" | readonly ("secrets" | "pii")[];
  readonly source: Span;
}

export type Rule =
  | (RuleBase & { readonly effect: "allow" })
  | (RuleBase & { readonly effect: "modify"; readonly modifications: readonly Modification[] })
  | (RuleBase & { readonly effect: "sandbox"; readonly sandbox: string })
  | (RuleBase & {
      readonly effect: "throttle";
      readonly limit?: Limit;
      readonly retryAfterMs?: number;
    })
  | (RuleBase & {
      readonly effect: "defer";
      readonly timeoutMs: number;
      readonly retryAfterMs?: number;
    })
  | (RuleBase & {
      readonly effect: "step_up";
      readonly limit?: Limit;
      readonly approval: {
        readonly from: readonly string[];
        readonly quorum: number;
        readonly ttlMs: number;
      };
    })
  | (RuleBase & { readonly effect: "deny"; readonly limit?: Limit })
  | (RuleBase & {
      readonly effect: "contain";
      readonly restrict: readonly string[];
      readonly ttlMs?: number;
    });

export interface Policy {
  readonly kind: "Policy";
  readonly name: string;
  readonly description?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly mode: "enforce" | "observe";
  readonly match: Match;
  /** where the values of `match` are written, by key as written */
  readonly matchSources?: ReadonlyMap<string, Span>;
  readonly params: JsonObject;
  /** in dependency order: a variable reads only those before it; ties by name */
  readonly variables: readonly { readonly name: string; readonly expression: Expression }[];
  readonly rules: readonly Rule[];
  readonly source: Span;
}
