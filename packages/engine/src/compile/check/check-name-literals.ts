import { nearestName } from "@holdfast/model";
import type { Expr } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import type { Match } from "../../document/policy.ts";
import { didYouMean } from "../report.ts";
import { matchedTools } from "./matched-tools.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { ruleExpressions } from "./rule-expressions.ts";
import { callOf, literalText, pathOf, walk } from "./syntax-walk.ts";
import { demandName, isSlip } from "./vocabulary.ts";

/** A part of the action that holds a name of the policy set. */
type Named = "tool.name" | "tool.server" | "agent.id";

/**
 * Literals that conditions compare with the name of the tool, of its server or of the agent. A
 * slip of the keys would make the comparison false for ever, and a deny that rests on it would
 * never fire (POLICY.md: nothing unknown is ever silently false).
 */
export function checkNameLiterals(set: PolicySet): void {
  const { policies, events, meters } = set.bundle;
  for (const { match, variables, rules } of policies) {
    const own = variables.map(({ expression }) => expression);
    const ofRules = rules.flatMap((rule) => ruleExpressions(rule).map((each) => each.expression));
    checkExpressions([...own, ...ofRules], match, set);
  }
  for (const { match, when } of events) checkExpressions([when], match, set);
  for (const { match, reserve, settle } of meters) checkExpressions([reserve, settle], match, set);
}

function checkExpressions(
  expressions: readonly (Expression | undefined)[],
  match: Match,
  set: PolicySet,
): void {
  for (const expression of expressions) {
    if (expression === undefined || !isSound(expression, set)) continue;
    walk(expression.ast, (each) => {
      for (const [named, literal] of comparedNames(each)) {
        checkName(named, literal, { expression, match }, set);
      }
    });
  }
}

/** `tool.name == "x"`, the other way round, `!=`, and `tool.name in ["x", "y"]`. */
function comparedNames(expr: Expr): readonly (readonly [Named, Expr])[] {
  const [left, right] = callOf(expr, "_==_") ?? callOf(expr, "_!=_") ?? callOf(expr, "@in") ?? [];
  if (left === undefined || right === undefined) return [];
  const found: (readonly [Named, Expr])[] = [];
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const named = namedBy(one);
    if (named === undefined) continue;
    const literals = other.kind === "list" ? other.elements.map(({ value }) => value) : [other];
    found.push(...literals.map((literal) => [named, literal] as const));
  }
  return found;
}

function namedBy(expr: Expr): Named | undefined {
  const path = pathOf(expr);
  const text = path === undefined ? undefined : [path.root, ...path.fields].join(".");
  return text === "tool.name" || text === "tool.server" || text === "agent.id" ? text : undefined;
}

function checkName(
  named: Named,
  literal: Expr,
  { expression, match }: { readonly expression: Expression; readonly match: Match },
  set: PolicySet,
): void {
  const name = literalText(literal);
  if (name === undefined) return;
  const span = expressionSpan(expression, literal.range, set);
  if (named === "agent.id") {
    demandName("agent", name, span, set);
    return;
  }
  const part = named === "tool.name" ? ownName : serverOf;
  const known = new Set([...(set.vocabulary.get("tool") ?? [])].map(part));
  if (known.has(name)) return;
  const { tools, undescribed } = matchedTools(match, set.bundle);
  const matched = tools.map((tool) => part(tool.name));
  const nearest = nearestName(name, matched) ?? nearestName(name, known);
  // A tool without a document may have any name, so there only a slip is told.
  if ((undescribed || tools.length === 0) && (nearest === undefined || !isSlip(name, nearest))) {
    return;
  }
  const [code, word] =
    named === "tool.name"
      ? (["unknown_tool", "tool"] as const)
      : (["unknown_server", "server"] as const);
  const message = `no ${word} that is matched here is named \`${name}\``;
  set.report.error(code, message, span, { suggestion: didYouMean(nearest) });
}

function ownName(tool: string): string {
  return tool.slice(tool.indexOf(".") + 1);
}

function serverOf(tool: string): string {
  return tool.slice(0, tool.indexOf("."));
}
