import type { Json, JsonObject } from "@holdfast/model";
import type { Modification, Rule } from "../document/policy.ts";
import { CelError } from "./cel-error.ts";
import { isLookedThrough, placeOf, stretchesIn } from "./content-mask.ts";
import type { MaskKind } from "./content-mask.ts";
import { evaluate } from "./evaluate.ts";
import { toJson } from "./json-value.ts";
import { judge } from "./judge.ts";
import { mergeChanges } from "./merge.ts";
import type { WantedChange } from "./merge.ts";
import { applyChanges } from "./modification.ts";
import type { LoadedRule } from "./policy-index.ts";
import { ruleScope } from "./rule-scope.ts";
import type { Situation } from "./situation.ts";

/** A rule whose effect is `modify`. */
export type ModifyRule = Extract<Rule, { readonly effect: "modify" }>;

/** An error met while evaluating a rule. */
export interface RuleError {
  readonly rule: LoadedRule;
  readonly error: CelError;
}

/** What the rewrite stage gives: the arguments (or the result) after all that matched. */
export interface Rewritten {
  readonly args: JsonObject;
  readonly result: Json | undefined;
  /** the modify rules that matched, sorted */
  readonly matched: readonly LoadedRule[];
  readonly errors: readonly RuleError[];
  /** rules that contradict each other, sorted; then nothing is changed */
  readonly conflict: readonly string[];
}

/**
 * The rewrite stage (POLICY.md section 2): every modify rule that matches the original is merged
 * into one change. In phase `call` it changes the arguments, in phase `result` the result.
 */
export function rewrite(rules: readonly LoadedRule[], original: Situation): Rewritten {
  const { request } = original;
  const matched: LoadedRule[] = [];
  const errors: RuleError[] = [];
  const wanted: WantedChange[] = [];
  for (const loaded of rules) {
    if (loaded.rule.effect !== "modify") continue;
    const verdict = judge(loaded, original);
    const changes = verdict === true ? changesOf(loaded, loaded.rule, original) : verdict;
    if (changes === false) continue;
    if (changes instanceof CelError) {
      errors.push({ rule: loaded, error: changes });
      continue;
    }
    matched.push(loaded);
    wanted.push(...changes);
  }
  const before = { args: request.args, result: request.result, matched };
  const merged = mergeChanges(wanted);
  if (!merged.ok) return { ...before, errors, conflict: merged.rules };
  const phaseResult = request.action.phase === "result";
  const changed = applyChanges(
    phaseResult ? (request.result ?? null) : request.args,
    merged.changes,
  );
  if (matched.length === 0 || changed instanceof CelError) {
    const failed = changed instanceof CelError ? setters(matched, changed) : [];
    return { ...before, errors: [...errors, ...failed], conflict: [] };
  }
  if (phaseResult) return { ...before, result: changed, errors, conflict: [] };
  if (isObject(changed)) return { ...before, args: changed, errors, conflict: [] };
  const error = new CelError("invalid_argument", "a modification leaves no arguments");
  return { ...before, errors: [...errors, ...setters(matched, error)], conflict: [] };
}

/** What a rule that matched wants; one `set` that errors spoils the whole rule. */
function changesOf(
  loaded: LoadedRule,
  rule: ModifyRule,
  original: Situation,
): readonly WantedChange[] | CelError {
  const changes: WantedChange[] = [];
  for (const modification of rule.modifications) {
    const change = changeOf(modification, loaded, original);
    if (change instanceof CelError) return change;
    changes.push(change);
  }
  // WHY alone: a set that has no parent to go to is this rule's own error.
  const { request } = original;
  const target = request.action.phase === "result" ? (request.result ?? null) : request.args;
  for (const change of changes) {
    const applied = applyChanges(target, [change]);
    if (applied instanceof CelError) return applied;
  }
  return changes;
}

function changeOf(
  modification: Modification,
  loaded: LoadedRule,
  original: Situation,
): WantedChange | CelError {
  const { operation, path, mask, value } = modification;
  const base = { rule: loaded.name, path };
  if (operation === "remove") return { ...base, operation };
  if (operation === "mask") {
    if (mask === "whole") return { ...base, operation };
    const found = foundBy(path, mask ?? [], original);
    return found instanceof CelError ? found : { ...base, operation, found };
  }
  if (value === undefined) return new CelError("internal", "a modification sets no value");
  const scope = ruleScope(original, loaded.policy, original.request.agent);
  const result = evaluate(value.ast, scope);
  const json = result instanceof CelError ? result : toJson(result);
  return json instanceof CelError ? json : { ...base, operation, value: json };
}

/** What a mask of findings hides, which the fact `content` of the original places. */
function foundBy(
  path: readonly string[],
  kinds: readonly MaskKind[],
  { facts, tool, request }: Situation,
): NonNullable<WantedChange["found"]> | CelError {
  const { phase } = request.action;
  const target = phase === "result" ? (request.result ?? null) : request.args;
  const place = placeOf(phase, path);
  const value = valueAt(target, path);
  // What is not there is not masked, whatever is known of content.
  if (value === undefined) return { place, stretches: [] };
  const content = facts.get("content");
  if (content === undefined || !isLookedThrough(tool, phase, path)) return noContent;
  if (content instanceof CelError) return content.code === "unavailable" ? noContent : content;
  const stretches = stretchesIn(value, place, kinds, content.json);
  return stretches instanceof CelError ? stretches : { place, stretches };
}

const noContent = new CelError(
  "unavailable",
  "the fact `content`, which the mask needs, is not available",
);

function valueAt(json: Json, path: readonly string[]): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return json;
  return isObject(json) && Object.hasOwn(json, step)
    ? valueAt(json[step] ?? null, rest)
    : undefined;
}

function setters(matched: readonly LoadedRule[], error: CelError): readonly RuleError[] {
  return matched.map((rule) => ({ rule, error }));
}

function isObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
