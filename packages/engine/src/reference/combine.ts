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

/** Nothing denies and something grants: the narrowest effect, if it can be carried out. */
function granted({ situation, holding, changed }: Findings): Outcome {
  const { input, request } = situation;
  const sandboxes = withEffect(holding, "sandbox");
  const sandbox = sandboxOf(sandboxes, situation);
  if (sandbox !== undefined && !sandbox.covers.includes(request.action.kind)) {
    return refusal("deny", "unavailable", sandboxes);
  }
  const approved = new Set(input.approved);
  const open = holding.filter(({ name, rule }) => rule.effect !== "step_up" || !approved.has(name));
  const effect = narrowest(open.map(({ rule }) => rule.effect));
  const determining = open.filter(({ rule }) => rule.effect === effect);
  const outcome: Outcome = {
    effect,
    code: ruleOrLimit(determining),
    determining,
    sandbox: executes(effect) ? sandbox?.name : undefined,
  };
  return canCarryOut(outcome, obligationsOf(holding, outcome), changed, input.capabilities)
    ? outcome
    : refusal("deny", "unavailable", determining);
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

/** The sandbox of lowest rank; one that the bundle does not hold covers nothing. */
function sandboxOf(
  rules: readonly LoadedRule<RuleOf<"sandbox">>[],
  { index }: Situation,
): { readonly name: string; readonly covers: readonly string[] } | undefined {
  const found = rules.map(({ rule }) => {
    const document = index.sandboxes.get(rule.sandbox);
    const rank = document?.rank ?? -1;
    return { name: rule.sandbox, rank, covers: Object.keys(document?.covers ?? {}) };
  });
  return found.toSorted((a, b) => a.rank - b.rank || compareNames(a.name, b.name))[0];
}

function canCarryOut(
  { effect, sandbox }: Outcome,
  obligations: Rule["obligations"],
  changed: boolean,
  capabilities: Capabilities | undefined,
): boolean {
  if (capabilities === undefined) return true;
  const needed: readonly Effect[] = [
    effect,
    ...(changed && executes(effect) ? (["modify"] as const) : []),
    ...(sandbox === undefined ? [] : (["sandbox"] as const)),
  ];
  return (
    needed.every((one) => capabilities.effects.includes(one)) &&
    (sandbox === undefined || capabilities.sandboxes.includes(sandbox)) &&
    obligations
      .flatMap((one) => Object.keys(one))
      .every((name) => capabilities.obligations.includes(name))
  );
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
