import type { JsonObject } from "@holdfast/model";

/** The rules that narrow a tool whatever was learned, by what they are about. None is fitted to attacks. */
export type BaseRuleId =
  | "asked-off-topic"
  | "asked-unnamed"
  | "unnamed-removal"
  | "secret-leaves"
  | "dictated"
  | "copied-title"
  | "copied-request"
  | "found-payee"
  | "unseen-party"
  | "unseen-secret"
  | "unseen-url"
  | "found-form"
  | "hidden-character"
  | "unseen-object"
  | "unseen-name"
  | "found-object"
  | "laden-url"
  | "climbing-path"
  | "unseen-call"
  | "misplaced-code"
  | "odd-amount";

/** The rules that hold a tool to what honest runs did with it. */
export type UsualRuleId =
  | "passed-on"
  | "unusual-environment"
  | "unused-tool"
  | "unusual-origin"
  | "unusual-kind"
  | "unknown-argument"
  | "unusual-number"
  | "unusual-form"
  | "unusual-size"
  | "unusual-choice"
  | "skipped-step"
  | "unusual-phase"
  | "many-calls"
  | "large-total";

export type RuleId = BaseRuleId | UsualRuleId;

/** A rule of a tool. */
export interface LearnedRule {
  readonly id: RuleId;
  readonly effect: "deny" | "step_up";
  /** the condition; a rule with a limit may have none */
  readonly when?: string;
  readonly limit?: { readonly meter: string; readonly max: number };
  readonly reason: string;
  /** what honest runs bear it out, in words; absent for what is not learned */
  readonly support?: string;
}

/** Rules of a tool, with the Events and Meters that they ask. */
export interface UsualRules {
  readonly rules: readonly LearnedRule[];
  readonly documents: readonly JsonObject[];
}

/** The names of the Events and Meters that rules read. */
export function namesRead(rules: readonly LearnedRule[]): ReadonlySet<string> {
  return new Set(
    rules.flatMap(({ when = "", limit }) => [
      ...[...when.matchAll(/happened\("([^"]+)"\)/gu)].map(([, name = ""]) => name),
      ...(limit === undefined ? [] : [limit.meter]),
    ]),
  );
}
