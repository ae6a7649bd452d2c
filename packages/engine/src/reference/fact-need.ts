import { factNames } from "@holdfast/model";
import type { FactName } from "@holdfast/model";
import { derivableLabels } from "../document/fact-vocabulary.ts";
import type { Expression } from "../document/expression.ts";
import type { Match, Policy } from "../document/policy.ts";
import { derivesLabels } from "./action-label.ts";
import { subexpressionsOf } from "./expression-tree.ts";
import { factsOfTool } from "./fact.ts";
import { anyTool } from "./match.ts";
import type { PolicyIndex } from "./policy-index.ts";
import type { RecordedInput } from "./recorded-input.ts";
import type { ReferenceState } from "./reference-state.ts";
import { expressionsOf, isExpression, present } from "./rule-expression.ts";

/** Something that a bundle asks of actions that its match covers. */
interface Asking {
  readonly match: Match;
  readonly expressions: readonly Expression[];
  readonly masks: boolean;
}

/**
 * The facts that a decision on this input, or what is committed with it, can depend on: those that
 * are read where a match may cover its tool, and all that derive labels where something may follow
 * from a label that the tool does not have by itself.
 */
export function factsNeeded(
  index: PolicyIndex,
  { request }: RecordedInput,
  state: ReferenceState,
): readonly FactName[] {
  const toolName = `${request.tool.server}.${request.tool.name}`;
  const tool = index.tools.get(toolName);
  const { phase } = request.action;
  const annotated = factsOfTool(tool);
  const derives = derivesLabels(tool);
  const own = tool?.labels ?? [];
  const asked = askings(index, phase).filter(
    ({ match }) => match.tools === undefined || anyTool(match.tools, toolName),
  );
  const derived = derivableLabels.filter((label) => derives && !own.includes(label));
  const may = asked.filter(
    ({ match: { labels } }) =>
      labels === undefined ||
      labels.some((label) => own.includes(label) || derived.some((other) => other === label)) ||
      (tool === undefined && labels.includes("unlabelled")),
  );
  const names = new Set(may.flatMap(({ expressions }) => expressions.flatMap(namesIn)));
  const labelled =
    names.has("action") ||
    tool?.resources.some(({ id }) => namesIn(id).includes("action")) === true ||
    request.delegation.length > 0 ||
    state.restrictions().length > 0 ||
    asked.some(({ match }) => match.labels?.some((one) => derived.some((other) => other === one)));
  return factNames.filter((name) => {
    if (name === "content" && phase === "result") return names.has(name) || masks(may);
    if (!annotated.has(name)) return false;
    if (name === "content") return names.has(name) || masks(may);
    return names.has(name) || labelled;
  });
}

function masks(asked: readonly Asking[]): boolean {
  return asked.some((one) => one.masks);
}

function askings({ bundle }: PolicyIndex, phase: Match["phase"]): readonly Asking[] {
  return [
    ...bundle.policies
      .filter(({ match }) => match.phase === phase)
      .map((policy) => ({
        match: policy.match,
        expressions: policyExpressions(policy),
        masks: policy.rules.some((rule) => masksFindings(rule)),
      })),
    ...bundle.events.map(({ match, when }) => ({
      match,
      expressions: present([when]),
      masks: false,
    })),
    ...bundle.meters.map(({ match, reserve, settle }) => ({
      match,
      expressions: present([reserve, settle]),
      masks: false,
    })),
  ];
}

function policyExpressions({ variables, rules }: Policy): readonly Expression[] {
  return [
    ...variables.map(({ expression }) => expression),
    ...rules.flatMap((rule) => expressionsOf(rule)),
    ...rules.map(({ fallback }) => fallback?.args).filter((args) => isExpression(args)),
  ];
}

function masksFindings(rule: Policy["rules"][number]): boolean {
  if (rule.effect !== "modify") return false;
  return rule.modifications.some(
    ({ operation, mask }) => operation === "mask" && mask !== undefined && mask !== "whole",
  );
}

function namesIn({ ast }: Expression): readonly string[] {
  return subexpressionsOf(ast).flatMap((part) => (part.kind === "ident" ? [part.name] : []));
}
