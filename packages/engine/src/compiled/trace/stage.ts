import type { DecisionTrace } from "@holdfast/model";
import { isDelegated } from "../decision/delegation.ts";
import { forbiddenBy, inForce } from "../decision/restriction.ts";
import type { Resolution } from "../decision/resolve.ts";
import { commitProblems } from "../decision/judge.ts";
import type { Situation } from "../rule/subject.ts";

type Stage = DecisionTrace["stages"][number];

const order = [
  "restrictions",
  "scopes",
  "registry",
  "rewrite",
  "schema",
  "decide",
  "result",
] as const;
type Later = (typeof order)[number];

/** The stage that refused before rules were judged; `undefined`: none did. */
function refusingStage({ outcome, holding }: Resolution): Later | undefined {
  if (holding.length > 0) return undefined;
  switch (outcome.code) {
    case "restricted":
      return "restrictions";
    case "out_of_scope":
      return "scopes";
    case "registry":
      return "registry";
    case "modify_conflict":
      return "rewrite";
    case "schema":
      return "schema";
    case "invalid_request":
    case "rule":
    case "limit":
    case "eval_error":
    case "default_deny":
    case "unavailable":
    case "audit_unavailable":
      return undefined;
  }
}

/** Whether rules other than those that modify were judged. */
export function isJudged(resolution: Resolution): boolean {
  return refusingStage(resolution) === undefined;
}

/** The stages of a decision whose request is not valid. */
export function admissionRefused(problem: string): Stage[] {
  const refused: Stage = { stage: "admission", outcome: "refused", detail: problem };
  return [refused, ...order.map((stage) => skipped(stage, "not reached"))];
}

/** Every stage in order, with what it came to in words. */
export function stagesOf(resolution: Resolution, counted: string): Stage[] {
  const refusing = refusingStage(resolution);
  const passed: Stage = { stage: "admission", outcome: "passed", detail: "the request is valid" };
  const stages: Stage[] = [passed];
  for (const stage of order) {
    const reached = refusing === undefined || order.indexOf(stage) <= order.indexOf(refusing);
    stages.push(
      reached ? stageOf(stage, resolution, { refusing, counted }) : skipped(stage, "not reached"),
    );
  }
  return stages;
}

function skipped(stage: Later, detail: string): Stage {
  return { stage, outcome: "skipped", detail };
}

function stageOf(
  stage: Later,
  resolution: Resolution,
  { refusing, counted }: { readonly refusing: Later | undefined; readonly counted: string },
): Stage {
  const { outcome, situation, detail } = resolution;
  if (stage === refusing) return { stage, outcome: "refused", detail: detail ?? outcome.code };
  switch (stage) {
    case "restrictions":
      return { stage, outcome: "passed", detail: restrictionWords(situation) };
    case "scopes":
      return { stage, outcome: "passed", detail: scopeWords(situation) };
    case "registry":
      return { stage, outcome: "passed", detail: registryWords(situation) };
    case "rewrite":
      return { stage, outcome: "passed", detail: rewriteWords(resolution) };
    case "schema":
      return { stage, outcome: "passed", detail: schemaWords(situation) };
    case "decide":
      return decideStage(resolution, counted);
    case "result":
      return resultStage(resolution);
  }
}

function restrictionWords(situation: Situation): string {
  const count = inForce(situation).length;
  if (count === 0) return "none in force";
  // INVARIANT: a decision that came this far was forbidden by none.
  return forbiddenBy(situation).length === 0 ? `${count} in force, none forbids this` : "forbidden";
}

function scopeWords(situation: Situation): string {
  const { delegation } = situation.request;
  if (delegation.length === 0) return "nothing is delegated";
  const hops = delegation.map(({ agent, scopes }) => `${agent.id} [${scopes.join(", ")}]`);
  return `${isDelegated(situation) ? "covered by every hop" : "not covered"}: ${hops.join(", ")}`;
}

function registryWords({ plan, registered }: Situation): string {
  if (registered) return `\`${plan.name}\` is registered`;
  const why = plan.tool === undefined ? "no Tool document describes it" : "it is not registered";
  return `${why}: an allow needs its exact name or the label \`unlabelled\``;
}

function rewriteWords({ holding, failures, changed, situation }: Resolution): string {
  const matched = holding.filter(({ rule }) => rule.effect === "modify").length;
  const failed = failures.filter(({ plan }) => plan.rule.effect === "modify").length;
  const errors = failed === 0 ? "" : `; ${failed} ended in an error, which denies`;
  if (matched === 0) return `no rule changes anything${errors}`;
  const what = situation.request.action.phase === "call" ? "the arguments" : "the result";
  const verb = matched === 1 ? "1 rule changes" : `${matched} rules change`;
  return changed ? `${verb} ${what}${errors}` : `${verb} nothing that was not so already${errors}`;
}

function schemaWords({ plan }: Situation): string {
  if (plan.check === undefined) return "the tool has none";
  return "the arguments fit";
}

function decideStage({ outcome, situation }: Resolution, counted: string): Stage {
  const refused = outcome.effect === "deny" || outcome.effect === "contain";
  const problems = commitProblems(situation).join("; ");
  const beyond = outcome.code === "unavailable" ? "; what is asked cannot be carried out here" : "";
  return {
    stage: "decide",
    outcome: refused ? "refused" : "passed",
    detail: `${counted}${problems === "" ? "" : `; ${problems}`}${beyond}`,
  };
}

function resultStage({ outcome, situation, changed }: Resolution): Stage {
  if (situation.request.action.phase === "call") return skipped("result", "this is the call");
  const withheld = outcome.effect === "deny" || outcome.effect === "contain";
  if (withheld) return { stage: "result", outcome: "refused", detail: "the result is withheld" };
  const detail = changed ? "the result is shown changed" : "the result is shown as it is";
  return { stage: "result", outcome: "passed", detail };
}
