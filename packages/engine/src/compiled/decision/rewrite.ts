import type { Json, JsonObject } from "@holdfast/model";
import type { Modification } from "../../document/policy.ts";
import { compileExpression } from "../expression/compile.ts";
import { policyNames } from "../rule/policy-names.ts";
import type { RulePlan } from "../rule/program.ts";
import { frameFor } from "../rule/subject.ts";
import type { Situation } from "../rule/subject.ts";
import { Failure } from "../value/failure.ts";
import { jsonOf } from "../value/json.ts";
import { changed, mergeChanges } from "./change.ts";
import type { Change } from "./change.ts";
import { candidates } from "./candidate.ts";
import { looksThrough, placeOf, stretchesIn } from "./content-mask.ts";
import { judgeCovered } from "./judge.ts";
import type { Scope } from "./candidate.ts";

/** An error met while evaluating a rule. */
export interface RuleFailure {
  readonly plan: RulePlan;
  readonly failure: Failure;
}

/** The arguments or the result after every modify rule that matched, with what went wrong. */
export interface Rewritten {
  readonly args: JsonObject;
  readonly result: Json | undefined;
  readonly matched: readonly RulePlan[];
  readonly failures: readonly RuleFailure[];
  /** rules that contradict each other; then nothing is changed */
  readonly conflict: readonly string[];
}

/** The rewrite stage: every modify rule that matches the original is merged into one change. */
export function rewrite(original: Situation, scope: Scope): Rewritten {
  const { request } = original;
  const { args, result } = request;
  const unchanged = { args, result, matched: [], failures: [], conflict: [] };
  const rules = candidates(original, "modify", scope);
  if (rules.length === 0) return unchanged;
  const resultPhase = request.action.phase === "result";
  const target = resultPhase ? (result ?? null) : args;
  const matched: RulePlan[] = [];
  const failures: RuleFailure[] = [];
  const wanted: Change[] = [];
  for (const plan of rules) {
    const verdict = judgeCovered(plan, original);
    const changes = verdict === true ? changesOf(plan, original, target) : verdict;
    if (changes instanceof Failure) failures.push({ plan, failure: changes });
    else if (changes !== false) {
      matched.push(plan);
      wanted.push(...changes);
    }
  }
  if (matched.length === 0) return { ...unchanged, failures };
  const before = { args, result, matched, conflict: [] };
  const merged = mergeChanges(wanted);
  if ("conflict" in merged) return { ...before, failures, conflict: merged.conflict };
  const made = changed(target, merged.changes);
  const broken = (failure: Failure): Rewritten => ({
    ...before,
    failures: [...failures, ...matched.map((plan) => ({ plan, failure }))],
  });
  if (made instanceof Failure) return broken(made);
  if (resultPhase) return { ...before, result: made, failures };
  if (isObject(made)) return { ...before, args: made, failures };
  return broken(new Failure("invalid_argument", "a modification leaves no arguments"));
}

/** What a rule that matched wants; one part that fails spoils the whole rule. */
function changesOf(plan: RulePlan, original: Situation, target: Json): Change[] | Failure {
  const changes: Change[] = [];
  for (const modification of plan.rule.effect === "modify" ? plan.rule.modifications : []) {
    const change = changeOf(modification, plan, original);
    if (change instanceof Failure) return change;
    changes.push(change);
  }
  for (const change of changes) {
    const alone = changed(target, [change]);
    if (alone instanceof Failure) return alone;
  }
  return changes;
}

function changeOf(
  { operation, path, mask, value }: Modification,
  plan: RulePlan,
  original: Situation,
): Change | Failure {
  const base = { rule: plan.name, path };
  if (operation === "remove" || (operation === "mask" && mask === "whole")) {
    return { ...base, operation };
  }
  if (operation === "mask" && mask !== "whole") {
    const found = foundBy(path, mask ?? [], original);
    return found instanceof Failure ? found : { ...base, operation, found };
  }
  if (value === undefined) return new Failure("internal", "a modification sets no value");
  const evaluate = compileExpression(value.ast, policyNames(plan.plan));
  const made = evaluate(frameFor(original, original.request.agent, plan.plan));
  const json = made instanceof Failure ? made : jsonOf(made);
  return json instanceof Failure ? json : { ...base, operation, value: json };
}

/** What a mask of findings hides. What is not there is not masked, whatever is known of content. */
function foundBy(
  path: readonly string[],
  kinds: readonly ("secrets" | "pii")[],
  original: Situation,
): NonNullable<Change["found"]> | Failure {
  const { request, plan } = original;
  const { phase } = request.action;
  const place = placeOf(phase, path);
  let value: Json | undefined = phase === "result" ? (request.result ?? null) : request.args;
  for (const step of path) {
    value = isPlainObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  if (value === undefined) return { place, stretches: new Map() };
  const content = original.fact("content");
  const looked = looksThrough(plan.tool, phase, place);
  if (!looked || (content instanceof Failure && content.code === "unavailable")) {
    const words = "the fact `content`, which the mask needs, is not available";
    return new Failure("unavailable", words);
  }
  if (content instanceof Failure) return content;
  const stretches = stretchesIn(value, place, kinds, content.json);
  return stretches instanceof Failure ? stretches : { place, stretches };
}

function isPlainObject(json: Json | undefined): json is JsonObject {
  return json !== undefined && isObject(json);
}

function isObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
