import type { Expr } from "../../cel/syntax.ts";
import type { CelType } from "../../cel/type.ts";
import { checkExpression } from "../../cel/checker.ts";
import type { Tool } from "../../document/kinds.ts";
import type { Match } from "../../document/policy.ts";
import type { Expression } from "../../document/expression.ts";
import { matchedTools } from "./matched-tools.ts";
import { documentSpan, expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { ruleExpressions } from "./rule-expressions.ts";
import { callOf, freeNames, variableName, walk } from "./syntax-walk.ts";
import { argumentsType, baseEnvironment } from "./type-scope.ts";

/**
 * `resource` is read only where every tool that can be meant touches exactly one, and
 * classifications are compared only by `at_least` (POLICY.md section 1).
 */
export function checkResource(set: PolicySet): void {
  const touches = touchesOf(set);
  for (const policy of set.bundle.policies) {
    const shown = policy.rules.flatMap((rule) =>
      ruleExpressions(rule).filter(({ use }) => use === "reason"),
    );
    const conditions = [
      ...policy.variables.map(({ expression }) => expression),
      ...policy.rules.flatMap((rule) =>
        ruleExpressions(rule).flatMap(({ use, expression }) =>
          use === "reason" ? [] : [expression],
        ),
      ),
    ];
    const all = [...conditions, ...shown.map(({ expression }) => expression)];
    checkReads(all, policy.match, touches, set);
    const variables = new Map(policy.variables.map((each) => [each.name, each.expression.ast]));
    for (const expression of conditions) checkComparisons(expression, variables, set);
  }
  for (const event of set.bundle.events) {
    const expressions = event.when === undefined ? [] : [event.when];
    checkReads(expressions, event.match, touches, set);
    for (const expression of expressions) checkComparisons(expression, new Map(), set);
  }
  for (const document of [...set.bundle.events, ...set.bundle.meters]) {
    for (const [index, part] of document.key.entries()) {
      if (part !== "resource.id" && part !== "resource.type") continue;
      const problem = ambiguity(document.match, touches, set);
      if (problem === undefined) continue;
      const span = documentSpan(document, ["spec", "key", index], set);
      set.report.error(
        "ambiguous_resource",
        `\`${part}\` names one resource, but ${problem}`,
        span,
      );
    }
  }
  for (const meter of set.bundle.meters) {
    const expressions = [meter.reserve, meter.settle].filter((each) => each !== undefined);
    checkReads(expressions, meter.match, touches, set);
    for (const expression of expressions) checkComparisons(expression, new Map(), set);
  }
}

type Touches = ReadonlyMap<Tool, "one" | "none" | "several">;

/** How many resources an action of each tool touches, as far as its document tells. */
function touchesOf(set: PolicySet): Touches {
  const base = baseEnvironment(set);
  return new Map(
    set.bundle.tools.map((tool) => {
      const uses = Object.values(tool.arguments).filter((use) => use !== "content");
      const [only] = tool.resources;
      if (uses.length > 0 || tool.resources.length > 1) return [tool, "several"] as const;
      if (only === undefined) return [tool, "none"] as const;
      const variables = new Map([...base.variables, ["args", argumentsType(tool)]] as const);
      const { type } = checkExpression(only.id.ast, { ...base, variables });
      return [tool, isOneText(type) ? "one" : "several"] as const;
    }),
  );
}

function isOneText(type: CelType): boolean {
  return type.kind === "string" || type.kind === "int";
}

function ambiguity(match: Match, touches: Touches, set: PolicySet): string | undefined {
  const { tools, undescribed } = matchedTools(match, set.bundle);
  for (const tool of tools) {
    const count = touches.get(tool);
    if (count === "none") return `\`${tool.name}\` touches none that its document names`;
    if (count === "several") return `\`${tool.name}\` can touch several`;
  }
  return undescribed ? "this matches tools that no document describes" : undefined;
}

function checkReads(
  expressions: readonly Expression[],
  match: Match,
  touches: Touches,
  set: PolicySet,
): void {
  for (const expression of expressions) {
    if (!isSound(expression, set)) continue;
    const reads = freeNames(expression.ast).get("resource") ?? [];
    if (reads.length === 0) continue;
    const problem = ambiguity(match, touches, set);
    if (problem === undefined) return;
    for (const { range } of reads) {
      const message = `\`resource\` is one resource, but ${problem}`;
      const suggestion = "read `resources` with `exists` or `all`, or match fewer tools";
      const span = expressionSpan(expression, range, set);
      set.report.error("ambiguous_resource", message, span, { suggestion });
    }
  }
}

const comparisons: ReadonlySet<string> = new Set([
  "_==_",
  "_!=_",
  "_<_",
  "_<=_",
  "_>_",
  "_>=_",
  "@in",
  "matches",
  "startsWith",
  "endsWith",
  "contains",
]);

function checkComparisons(
  expression: Expression,
  variables: ReadonlyMap<string, Expr>,
  set: PolicySet,
): void {
  if (!isSound(expression, set)) return;
  walk(expression.ast, (each) => {
    if (each.kind !== "call" || !comparisons.has(each.function)) return;
    const operands = callOf(each, each.function) ?? [];
    const found = operands.find((operand) => {
      const variable = variables.get(variableName(operand) ?? "");
      return isClassification(variable ?? operand, variable ?? expression.ast);
    });
    if (found === undefined) return;
    const message = "classifications are ordered, and only `at_least` knows the order";
    const { start, end } = found.range;
    // What is unlike a level may be above it or below, and nobody knows which is meant.
    const levels = each.function === "_!=_" ? [] : operands;
    const level = levels.map((operand) => levelIn(operand)).find((one) => one !== undefined);
    const suggestion = `write \`at_least(${expression.text.slice(start, end)}, "${level ?? "confidential"}")\``;
    const span = expressionSpan(expression, found.range, set);
    set.report.error("classification_comparison", message, span, { suggestion });
  });
}

/** `tool.classification`, `resource.classification`, or that of an entry of `resources`. */
function isClassification(expr: Expr, whole: Expr): boolean {
  if (expr.kind !== "select" || expr.field !== "classification") return false;
  const root = rootOf(expr.operand);
  if (root === undefined) return false;
  if (root === "tool" || root === "resource" || root === "resources") return true;
  let entry = false;
  walk(whole, (each) => {
    if (each.kind !== "macro" || rootOf(each.operand) !== "resources") return;
    if (each.variables.some(({ name }) => name === root)) entry = true;
  });
  return entry;
}

/** The variable that a path, an index or a macro over it begins with. */
function rootOf(expr: Expr): string | undefined {
  if (expr.kind === "ident") return expr.name;
  if (expr.kind === "select" || expr.kind === "macro") return rootOf(expr.operand);
  const [operand] = callOf(expr, "_[_]") ?? [];
  return operand === undefined ? undefined : rootOf(operand);
}

/** The first classification that is written out. */
function levelIn(operand: Expr): string | undefined {
  if (operand.kind === "list") return operand.elements.map(({ value }) => levelIn(value))[0];
  if (operand.kind !== "constant" || operand.constant.type !== "string") return undefined;
  return operand.constant.value;
}
