import { canonicalJson } from "@holdfast/model";
import type { JsonObject, ReasonCode } from "@holdfast/model";
import type { Rewriting, Rewritten as RewrittenAction } from "../engine.ts";
import type { Validation } from "./argument-schema.ts";
import { CelError } from "./cel-error.ts";
import { combine } from "./combine.ts";
import type { Outcome } from "./combine.ts";
import { commitProblems } from "./commit-check.ts";
import { uncoveredBy } from "./delegation.ts";
import { judge } from "./judge.ts";
import type { LoadedRule, PolicyIndex } from "./policy-index.ts";
import type { RecordedInput } from "./recorded-input.ts";
import type { ReferenceState } from "./reference-state.ts";
import { restrictionsAgainst } from "./restriction.ts";
import { rewrite } from "./rewrite.ts";
import type { RuleError, Rewritten } from "./rewrite.ts";
import { situate } from "./situation.ts";
import type { Situation, Stage } from "./situation.ts";

/** All that deciding one action over a set of rules has found. */
export interface Resolution {
  readonly outcome: Outcome;
  /** the action with the arguments and result that were decided on */
  readonly situation: Situation;
  readonly result: Stage["result"];
  /** rules that hold, sorted by name */
  readonly holding: readonly LoadedRule[];
  /** every error met, of allow rules too, sorted by rule */
  readonly errors: readonly RuleError[];
  /** for the agent: what is wrong, when it is not a rule's own words that say it */
  readonly detail: string | undefined;
}

/** Both stages of deciding (POLICY.md section 2), over these rules of the bundle alone. */
export function resolve(
  index: PolicyIndex,
  input: RecordedInput,
  state: ReferenceState,
  rules: readonly LoadedRule[],
): Resolution {
  const { request } = input;
  const { rewritten, validation, args } = rewriteStage(index, input, state, rules);
  const { result } = rewritten;
  const observed = rules.some(({ policy }) => policy.mode === "observe");
  const stage = { args, original: request.args, result, observed };
  const situation = situate(index, input, state, stage);
  const refused = (code: ReasonCode, detail: string, names: readonly string[] = []): Resolution => {
    const determining = rules.filter((loaded) => names.includes(loaded.name));
    const outcome: Outcome = { effect: "deny", code, determining, sandbox: undefined };
    return { outcome, situation, result, holding: [], errors: rewritten.errors, detail };
  };
  const barred = barrier(situation);
  if (barred !== undefined) return refused(barred.code, barred.detail);
  // Arguments that rules disagree about were never made, so there is nothing to validate.
  if (rewritten.conflict.length === 0 && !validation.ok)
    return refused("schema", validation.problem);
  if (rewritten.conflict.length > 0) {
    const detail = "policies change the same argument in different ways";
    return refused("modify_conflict", detail, rewritten.conflict);
  }
  return decideRules(rules, situation, { result, modified: rewritten });
}

/** What a stage of rewriting and validating over these rules comes to. */
interface Staged {
  readonly rewritten: Rewritten;
  readonly validation: Validation;
  /** those that are decided on, defaults filled in */
  readonly args: JsonObject;
}

function rewriteStage(
  index: PolicyIndex,
  input: RecordedInput,
  state: ReferenceState,
  rules: readonly LoadedRule[],
): Staged {
  const { request } = input;
  const asked: Stage = { args: request.args, original: request.args, result: request.result };
  const rewritten = rewrite(rules, situate(index, input, state, asked));
  const schema = index.schemas.get(`${request.tool.server}.${request.tool.name}`);
  const validation = schema?.(rewritten.args) ?? { ok: true, args: rewritten.args };
  return { rewritten, validation, args: validation.ok ? validation.args : rewritten.args };
}

/** What is decided on, by the rules that decide and with those in mode observe beside them. */
export function rewriting(
  index: PolicyIndex,
  input: RecordedInput,
  state: ReferenceState,
): Rewriting {
  const { request } = input;
  const of = (rules: readonly LoadedRule[]): RewrittenAction => {
    const { args, rewritten } = rewriteStage(index, input, state, rules);
    const { result } = rewritten;
    return request.action.phase === "call" ? { args } : { args, result: result ?? null };
  };
  const asked: RewrittenAction =
    request.action.phase === "call"
      ? { args: request.args }
      : { args: request.args, result: request.result ?? null };
  const decided = of(index.rules.filter(({ policy }) => policy.mode === "enforce"));
  const observed = of(index.rules);
  return {
    ...(sameAction(decided, asked) ? {} : { decided }),
    ...(sameAction(observed, decided) || sameAction(observed, asked) ? {} : { observed }),
  };
}

function sameAction(a: RewrittenAction, b: RewrittenAction): boolean {
  return canonicalJson({ ...a }) === canonicalJson({ ...b });
}

/** Step 1, but for the schema: restrictions, delegation scopes, registry integrity. */
function barrier(
  situation: Situation,
): { readonly code: ReasonCode; readonly detail: string } | undefined {
  const { toolName, input } = situation;
  const kinds = restrictionsAgainst(situation);
  if (kinds.length > 0) {
    return { code: "restricted", detail: `the agent is restricted (${kinds.join(", ")})` };
  }
  if (uncoveredBy(situation) !== undefined) {
    return { code: "out_of_scope", detail: `\`${toolName}\` is outside what was delegated` };
  }
  switch (input.registry) {
    case "changed":
      return { code: "registry", detail: `the definition of \`${toolName}\` has changed` };
    case "ambiguous":
      return { code: "registry", detail: `\`${toolName}\` is defined twice` };
    case "known":
    case "unregistered":
    case undefined:
      break;
  }
  return undefined;
}

/** Steps 2 to 6, on the rewritten arguments. */
function decideRules(
  rules: readonly LoadedRule[],
  situation: Situation,
  rewriting: {
    readonly result: Stage["result"];
    readonly modified: ReturnType<typeof rewrite>;
  },
): Resolution {
  const { result, modified } = rewriting;
  const holding: LoadedRule[] = [...modified.matched];
  const errors: RuleError[] = [...modified.errors];
  for (const loaded of rules) {
    if (loaded.rule.effect === "modify") continue;
    const verdict = judge(loaded, situation);
    if (verdict instanceof CelError) errors.push({ rule: loaded, error: verdict });
    else if (verdict) holding.push(loaded);
  }
  const inOrder = rules.filter((loaded) => holding.includes(loaded));
  const uncommittable = commitProblems(situation);
  const outcome = combine({
    situation,
    holding: inOrder,
    errors: errors.filter(({ rule }) => rule.rule.effect !== "allow"),
    uncommittable,
    changed: changedBy(situation, result),
  });
  const detail = outcome.code === "eval_error" ? uncommittable[0] : undefined;
  const sortedErrors = rules.flatMap((loaded) => errors.filter(({ rule }) => rule === loaded));
  return { outcome, situation, result, holding: inOrder, errors: sortedErrors, detail };
}

/** Whether what was decided on differs from what was asked. */
export function changedBy(situation: Situation, result: Stage["result"]): boolean {
  const { request, args } = situation;
  if (request.action.phase === "call") return !sameJson(request.args, args);
  return !sameJson({ result: request.result ?? null }, { result: result ?? null });
}

function sameJson(a: JsonObject, b: JsonObject): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
