import type { Capabilities } from "../engine.ts";
import type { Effect, ReasonCode } from "@holdfast/model";
import { effects } from "@holdfast/model";
import type { Rule } from "../document/policy.ts";
import { compareNames } from "./policy-index.ts";
import type { LoadedRule } from "./policy-index.ts";
import type { RuleError } from "./rewrite.ts";
import type { Situation } from "./situation.ts";

/** What the rules of one bundle say of one action, before it is put into words. */
export interface Outcome {
  readonly effect: Effect;
  readonly code: ReasonCode;
  /** the determining rules, sorted by name */
  readonly determining: readonly LoadedRule[];
  /** the sandbox that whatever finally executes runs in */
  readonly sandbox: string | undefined;
}

/** Everything that judging the rules has found. */
export interface Findings {
  readonly situation: Situation;
  /** rules that hold, `modify` included, sorted by name */
  readonly holding: readonly LoadedRule[];
  /** errors of rules other than allow: each denies */
  readonly errors: readonly RuleError[];
  /** what `begin` could not commit, in words: each denies */
  readonly uncommittable: readonly string[];
  /** whether the arguments or the result differ from those of the request */
  readonly changed: boolean;
}

type RuleOf<E extends Effect> = Extract<Rule, { readonly effect: E }>;

/** The rules of one effect. */
export function withEffect<E extends Effect>(
  rules: readonly LoadedRule[],
  effect: E,
): readonly LoadedRule<RuleOf<E>>[] {
  return rules.filter((loaded): loaded is LoadedRule<RuleOf<E>> => loaded.rule.effect === effect);
}

/** Steps 2 to 6 of deciding (POLICY.md section 2). */
export function combine(findings: Findings): Outcome {
  const { situation, holding, errors, uncommittable } = findings;
  const contains = withEffect(holding, "contain");
  if (contains.length > 0) return refusal("contain", "rule", contains);
  const denies = withEffect(holding, "deny");
  if (denies.length + errors.length + uncommittable.length > 0) {
    const code = denies.length === 0 ? "eval_error" : ruleOrLimit(denies);
    return refusal("deny", code, sorted([...denies, ...errors.map(({ rule }) => rule)]));
  }
  const call = situation.request.action.phase === "call";
  if (call && withEffect(holding, "allow").length === 0) return refusal("deny", "default_deny", []);
  return granted(findings);
}

/**
 * Nothing denies and something grants: the narrowest effect. Every rule that holds must be one
 * that can be carried out, not only those that decide: else a further narrowing rule, by deciding
 * in its place, would lift the denial.
 */
function granted({ situation, holding, changed }: Findings): Outcome {
  const { input } = situation;
  const approved = new Set(input.approved);
  const open = holding.filter(({ name, rule }) => rule.effect !== "step_up" || !approved.has(name));
  const effect = narrowest(open.map(({ rule }) => rule.effect));
  const determining = open.filter(({ rule }) => rule.effect === effect);
  const beyond = holding.filter(
    (loaded) =>
      !covered(loaded, situation) ||
      !capable(loaded.rule, open.includes(loaded), input.capabilities),
  );
  const points = input.capabilities?.effects;
  const changes = changed ? points?.includes("modify") !== false : true;
  if (beyond.length > 0) return refusal("deny", "unavailable", beyond);
  if (!changes || points?.includes(effect) === false) {
    return refusal("deny", "unavailable", determining);
  }
  const sandbox = executes(effect)
    ? sandboxOf(withEffect(holding, "sandbox"), situation)
    : undefined;
  return { effect, code: ruleOrLimit(determining), determining, sandbox };
}

/** Whether a rule that wants a sandbox wants one that covers this kind of action. */
function covered({ rule }: LoadedRule, { index, request }: Situation): boolean {
  if (rule.effect !== "sandbox") return true;
  const covers = index.sandboxes.get(rule.sandbox)?.covers ?? {};
  return Object.hasOwn(covers, request.action.kind);
}

/** Whether the enforcement point can do what a rule wants; of an approved one its obligations. */
function capable(rule: Rule, open: boolean, capabilities: Capabilities | undefined): boolean {
  if (capabilities === undefined) return true;
  const names = rule.obligations.flatMap((one) => Object.keys(one));
  return (
    (!open || capabilities.effects.includes(rule.effect)) &&
    (rule.effect !== "sandbox" || capabilities.sandboxes.includes(rule.sandbox)) &&
    names.every((name) => capabilities.obligations.includes(name))
  );
}

/** The effects under which something runs, now or once people have approved it. */
export function executes(effect: Effect): boolean {
  switch (effect) {
    case "allow":
    case "modify":
    case "sandbox":
    case "step_up":
      return true;
    case "throttle":
    case "defer":
    case "deny":
    case "contain":
      return false;
  }
}

/**
 * Where something executes, the obligations of every rule that holds; where nothing does, those
 * of the determining rules. Sorted, each once.
 */
export function obligationsOf(
  holding: readonly LoadedRule[],
  { effect, determining }: Pick<Outcome, "effect" | "determining">,
): Rule["obligations"] {
  const rules = executes(effect) ? holding : determining;
  const byText = new Map(
    rules.flatMap(({ rule }) => rule.obligations).map((one) => [JSON.stringify(one), one]),
  );
  return [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []);
}

function narrowest(found: readonly Effect[]): Effect {
  return effects.findLast((effect) => found.includes(effect)) ?? "allow";
}

/** The sandbox of lowest rank. */
function sandboxOf(
  rules: readonly LoadedRule<RuleOf<"sandbox">>[],
  { index }: Situation,
): string | undefined {
  const rankOf = (name: string): number => index.sandboxes.get(name)?.rank ?? -1;
  return rules
    .map(({ rule }) => rule.sandbox)
    .toSorted((a, b) => rankOf(a) - rankOf(b) || compareNames(a, b))[0];
}

/** `limit` when nothing but limits is why. */
function ruleOrLimit(determining: readonly LoadedRule[]): "rule" | "limit" {
  const limited = ({ rule }: LoadedRule): boolean => "limit" in rule && rule.limit !== undefined;
  return determining.length > 0 && determining.every(limited) ? "limit" : "rule";
}

function refusal(
  effect: "deny" | "contain",
  code: ReasonCode,
  determining: readonly LoadedRule[],
): Outcome {
  return { effect, code, determining, sandbox: undefined };
}

function sorted(rules: readonly LoadedRule[]): readonly LoadedRule[] {
  return rules.toSorted((a, b) => compareNames(a.name, b.name));
}
