import { printExpression } from "../../cel/printer.ts";
import type { Expr } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import type { Policy } from "../../document/policy.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { variableOf } from "./rule-expressions.ts";
import { callOf, parts, terms, variableName, walk } from "./syntax-walk.ts";
import { factTypes } from "./variable-types.ts";

/** Variables whose lists an agent can make empty. */
const roots: ReadonlySet<string> = new Set([
  ...factTypes.keys(),
  "args",
  "original",
  "resources",
  "claims",
  "context",
  "result",
]);

/**
 * In an allow, `all` over a fact or an argument list stands beside a test that the list is not
 * empty: of an empty list everything is true, and an agent could grant itself the action by
 * leaving the list out (POLICY.md section 10).
 */
export function checkVacuous(set: PolicySet): void {
  for (const policy of set.bundle.policies) {
    for (const rule of policy.rules) {
      if (rule.effect !== "allow" || rule.when === undefined) continue;
      if (!isSound(rule.when, set)) continue;
      for (const found of vacuous(rule.when, policy)) {
        const list = printExpression(found.list);
        const message = `\`all\` is true of an empty list, so an empty \`${list}\` would be granted`;
        const suggestion = `write \`size(${list}) > 0 && …\` beside it`;
        const span = expressionSpan(found.expression, found.at.range, set);
        set.report.error("vacuous_all", message, span, { suggestion });
      }
    }
  }
}

interface Finding {
  readonly expression: Expression;
  readonly at: Expr;
  readonly list: Expr;
}

interface Around {
  readonly owner: Expression;
  /** lists known not to be empty, as printed */
  readonly filled: ReadonlySet<string>;
  /** names bound to entries of a list that an agent makes */
  readonly bound: ReadonlySet<string>;
  /** whether the expression being true makes the whole true, or the other way round */
  readonly positive: boolean;
}

function vacuous(when: Expression, policy: Policy): Finding[] {
  const found: Finding[] = [];
  const seen = new Set<string>();
  const visit = (expr: Expr, around: Around): void => {
    const name = variableName(expr);
    const variable = name === undefined ? undefined : variableOf(policy, name);
    if (variable !== undefined) {
      const key = JSON.stringify([name, around.positive, [...around.filled].sort()]);
      if (!seen.has(key)) visit(variable.ast, { ...around, owner: variable });
      seen.add(key);
      return;
    }
    if (expr.kind === "macro") {
      visitMacro(expr, around);
      return;
    }
    const [negated] = callOf(expr, "!_") ?? [];
    if (negated !== undefined) {
      visit(negated, { ...around, positive: !around.positive });
      return;
    }
    // Below a negation a false `&&` need not have shown anything.
    const shown = around.positive ? filledBy(expr, policy) : [];
    const filled = new Set([...around.filled, ...shown]);
    for (const part of parts(expr)) visit(part.expr, { ...around, filled });
  };
  const visitMacro = (expr: Extract<Expr, { kind: "macro" }>, around: Around): void => {
    const made = isMade(expr.operand, around.bound);
    const test = printExpression(expr.operand);
    if (expr.macro === "all" && around.positive && made && !around.filled.has(test)) {
      found.push({ expression: around.owner, at: expr, list: expr.operand });
    }
    visit(expr.operand, around);
    const names = made ? expr.variables.map((each) => each.name) : [];
    const bound = new Set([...around.bound, ...names]);
    for (const arg of expr.args) visit(arg, { ...around, bound });
  };
  visit(when.ast, { owner: when, filled: new Set(), bound: new Set(), positive: true });
  return found;
}

/** Whether a list comes from what an agent sends. */
function isMade(list: Expr, bound: ReadonlySet<string>): boolean {
  // A list written out has the entries it is written with.
  if (list.kind === "list" && list.elements.some(({ optional }) => !optional)) return false;
  let made = false;
  walk(list, (each, inner) => {
    if (each.kind !== "ident" || inner.has(each.name)) return;
    if (roots.has(each.name) || bound.has(each.name)) made = true;
  });
  return made;
}

/** The lists that the terms of an `&&` show not to be empty. */
function filledBy(expr: Expr, policy: Policy): readonly string[] {
  if (callOf(expr, "_&&_") === undefined) return [];
  return terms(expr, "_&&_").flatMap((term) => {
    const name = variableName(term);
    const test = (name === undefined ? undefined : variableOf(policy, name)?.ast) ?? term;
    const list = filledList(test);
    return list === undefined ? [] : [printExpression(list)];
  });
}

/** `size(x) > 0`, `x.size() >= 1`, `x != []` and their mirror images: the list x. */
function filledList(test: Expr): Expr | undefined {
  if (test.kind !== "call") return undefined;
  const [left, right] = test.args;
  if (left === undefined || right === undefined) return undefined;
  const sized = (expr: Expr): Expr | undefined => callOf(expr, "size")?.[0];
  const int = (expr: Expr): bigint | undefined =>
    expr.kind === "constant" && expr.constant.type === "int" ? expr.constant.value : undefined;
  const empty = (expr: Expr): boolean => expr.kind === "list" && expr.elements.length === 0;
  switch (test.function) {
    case "_>_":
      return atLeast(int(right), 0n) ? sized(left) : undefined;
    case "_>=_":
    case "_==_":
      return atLeast(int(right), 1n) ? sized(left) : undefined;
    case "_<_":
      return atLeast(int(left), 0n) ? sized(right) : undefined;
    case "_<=_":
      return atLeast(int(left), 1n) ? sized(right) : undefined;
    case "_!=_":
      if (int(right) === 0n) return sized(left);
      return empty(right) ? left : empty(left) ? right : undefined;
    default:
      return undefined;
  }
}

function atLeast(value: bigint | undefined, least: bigint): boolean {
  return value !== undefined && value >= least;
}
