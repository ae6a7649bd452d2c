import { canonicalJson } from "@holdfast/model";
import type { Json, JsonObject, ReasonCode } from "@holdfast/model";
import type { Rewriting, Rewritten as RewrittenAction } from "../../engine.ts";
import type { ArgumentCheck } from "../rule/argument-check.ts";
import type { CompiledState } from "../history/compiled-state.ts";
import type { Program, RulePlan } from "../rule/program.ts";
import { Situation } from "../rule/subject.ts";
import type { Judged, Recorded } from "../rule/subject.ts";
import { toolPlan } from "../rule/tool-plan.ts";
import { Failure } from "../value/failure.ts";
import { candidates } from "./candidate.ts";
import type { Scope } from "./candidate.ts";
import { combine } from "./combine.ts";
import type { Outcome } from "./combine.ts";
import { isDelegated } from "./delegation.ts";
import { commitProblems, judgeCovered } from "./judge.ts";
import { forbiddenBy } from "./restriction.ts";
import { rewrite } from "./rewrite.ts";
import type { Rewritten, RuleFailure } from "./rewrite.ts";

/** All that deciding one action has found. */
export interface Resolution {
  readonly outcome: Outcome;
  /** the action with the arguments and result that were decided on */
  readonly situation: Situation;
  /** rules that hold, in order of name */
  readonly holding: readonly RulePlan[];
  readonly failures: readonly RuleFailure[];
  /** what is wrong, when no rule's own words say it */
  readonly detail: string | undefined;
  readonly changed: boolean;
}

/** Both stages of deciding, over the rules that decide or over all. */
export function resolve(
  program: Program,
  recorded: Recorded,
  state: CompiledState,
  scope: Scope,
  judged?: Judged,
): Resolution {
  const { request } = recorded;
  const stage = rewriteStage(program, recorded, state, scope, judged);
  const { original, rewritten, args, problem } = stage;
  const { plan } = original;
  const { result } = rewritten;
  const observed = scope === "all" && program.observes;
  const same = args === request.args && result === request.result;
  const situation = same
    ? original
    : new Situation(program, recorded, state, plan, { args, result, observed });
  const refused = (
    code: ReasonCode,
    detail: string,
    determining: readonly RulePlan[] = [],
  ): Resolution => ({
    outcome: { effect: "deny", code, determining, sandbox: undefined },
    situation,
    holding: [],
    failures: rewritten.failures,
    detail,
    changed: false,
  });
  const barred = barrierOf(situation);
  if (barred !== undefined) return refused(...barred);
  if (rewritten.conflict.length > 0) {
    const conflict = new Set(rewritten.conflict);
    const rules = rewritten.matched.filter(({ name }) => conflict.has(name));
    const words = "policies change the same argument in different ways";
    return refused("modify_conflict", words, rules);
  }
  if (problem !== undefined) return refused("schema", problem);
  return judgeAll(situation, rewritten, scope, !same && differs(situation));
}

/** What is decided on: by the rules that decide, and with those in mode observe beside them. */
export function rewriting(program: Program, recorded: Recorded, state: CompiledState): Rewriting {
  const { request } = recorded;
  const of = (scope: Scope): RewrittenAction => {
    const { rewritten, args } = rewriteStage(program, recorded, state, scope);
    return actionOf(request, args, rewritten.result);
  };
  const asked = canonicalJson({ ...actionOf(request, request.args, request.result) });
  const decided = of("enforced");
  const text = canonicalJson({ ...decided });
  const observed = program.observes ? of("all") : decided;
  const other = canonicalJson({ ...observed });
  return {
    ...(text === asked ? {} : { decided }),
    ...(other === text || other === asked ? {} : { observed }),
  };
}

function actionOf(
  { action }: Recorded["request"],
  args: JsonObject,
  result: Json | undefined,
): RewrittenAction {
  return action.phase === "call" ? { args } : { args, result: result ?? null };
}

/** Both parts of the rewrite stage: modify rules, then the schema with its defaults. */
function rewriteStage(
  program: Program,
  recorded: Recorded,
  state: CompiledState,
  scope: Scope,
  judged?: Judged,
) {
  const { request } = recorded;
  const plan = toolPlan(program, request.tool);
  const asked = { args: request.args, result: request.result };
  const original = new Situation(program, recorded, state, plan, asked, { judged });
  const rewritten = rewrite(original, scope);
  return { original, rewritten, ...checked(rewritten, plan.check) };
}

function checked(
  { args }: Rewritten,
  check: ArgumentCheck | undefined,
): { readonly args: Rewritten["args"]; readonly problem: string | undefined } {
  const found = check?.(args) ?? { ok: true, args };
  return found.ok ? { args: found.args, problem: undefined } : { args, problem: found.problem };
}

/** Restrictions, delegation scopes and registry integrity. */
function barrierOf(situation: Situation): readonly [ReasonCode, string] | undefined {
  const { plan, recorded, request } = situation;
  const kinds = forbiddenBy(situation);
  if (kinds.length > 0) return ["restricted", `the agent is restricted (${kinds.join(", ")})`];
  if (request.delegation.length > 0 && !isDelegated(situation)) {
    return ["out_of_scope", `\`${plan.name}\` is outside what was delegated`];
  }
  if (recorded.registry === "changed") {
    return ["registry", `the definition of \`${plan.name}\` has changed`];
  }
  if (recorded.registry === "ambiguous") return ["registry", `\`${plan.name}\` is defined twice`];
  return undefined;
}

/** Steps 2 to 6, on the rewritten arguments. */
function judgeAll(
  situation: Situation,
  rewritten: Rewritten,
  scope: Scope,
  changed: boolean,
): Resolution {
  const holding: RulePlan[] = [...rewritten.matched];
  const failures: RuleFailure[] = [...rewritten.failures];
  for (const kind of ["narrow", "allow"] as const) {
    for (const plan of candidates(situation, kind, scope)) {
      const verdict = judgeCovered(plan, situation);
      if (verdict instanceof Failure) failures.push({ plan, failure: verdict });
      else if (verdict) holding.push(plan);
    }
  }
  holding.sort((a, b) => a.index - b.index);
  failures.sort((a, b) => a.plan.index - b.plan.index);
  const problems = commitProblems(situation);
  const outcome = combine({ situation, holding, failures, problems, changed });
  const detail = outcome.code === "eval_error" ? problems[0] : undefined;
  return { outcome, situation, holding, failures, detail, changed };
}

/** Whether what was decided on differs from what was asked. */
function differs({ request, args, result }: Situation): boolean {
  if (request.action.phase === "call") return canonicalJson(request.args) !== canonicalJson(args);
  return canonicalJson(request.result ?? null) !== canonicalJson(result ?? null);
}
