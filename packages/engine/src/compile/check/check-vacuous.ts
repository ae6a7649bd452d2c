import { printExpression } from "../../cel/printer.ts";
import type { Expr } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import type { Policy } from "../../document/policy.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { variableOf } from "./rule-expressions.ts";
import { emptinessOf, filledBy } from "./emptiness.ts";
import { callOf, parts, pathOf, variableName, walk } from "./syntax-walk.ts";
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
 * In an allow, what is true of an empty list stands beside a test that the list is not empty:
 * `all`, that none `exists`, and that nothing is left of it by `filter`. Else an agent could grant
 * itself the action by leaving the list out (POLICY.md section 10).
 */
export function checkVacuous(set: PolicySet): void {
  for (const policy of set.bundle.policies) {
    for (const rule of policy.rules) {
      if (rule.effect !== "allow" || rule.when === undefined) continue;
      if (!isSound(rule.when, set)) continue;
      for (const found of vacuous(rule.when, policy)) {
        const list = printExpression(found.list);
        const message = `${found.what} true of an empty list, so an empty \`${list}\` would be granted`;
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
  /** what is true of an empty list, and `is` */
  readonly what: string;
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
    const left = emptinessOf(expr, policy, around.positive);
    if (left !== undefined && isOpen(left.list, around) && !isContent(left.list)) {
      const { owner: expression } = around;
      found.push({
        expression,
        at: expr,
        list: left.list,
        what: `that \`${left.macro}\` leaves nothing is`,
      });
    }
    const shown = filledBy(expr, policy, around.positive);
    const filled = new Set([...around.filled, ...shown]);
    for (const [part, turned] of turns(expr)) {
      visit(part, { ...around, filled, positive: around.positive !== turned });
    }
  };
  const visitMacro = (expr: Extract<Expr, { kind: "macro" }>, around: Around): void => {
    const what = trueOfEmpty(expr.macro, around.positive);
    if (what !== undefined && isOpen(expr.operand, around)) {
      const secondary = expr.macro !== "all" && isContent(expr.operand);
      if (!secondary) found.push({ expression: around.owner, at: expr, list: expr.operand, what });
    }
    visit(expr.operand, around);
    const made = isMade(expr.operand, around.bound);
    const names = made ? expr.variables.map((each) => each.name) : [];
    const bound = new Set([...around.bound, ...names]);
    for (const arg of expr.args) visit(arg, { ...around, bound });
  };
  visit(when.ast, { owner: when, filled: new Set(), bound: new Set(), positive: true });
  return found;
}

/** What a macro makes true of an empty list, where its being `positive` makes the whole true. */
function trueOfEmpty(macro: string, positive: boolean): string | undefined {
  if (macro === "all") return positive ? "`all` is" : undefined;
  const some = macro === "exists" || macro === "exists_one" || macro === "existsOne";
  return some && !positive ? `\`!${macro}\` is` : undefined;
}

/** Whether an agent can make a list empty that nothing shows to be filled. */
function isOpen(list: Expr, around: Around): boolean {
  return isMade(list, around.bound) && !around.filled.has(printExpression(list));
}

/** WHY: that nothing was found in the content is as it should be, not a list left out. */
function isContent(list: Expr): boolean {
  return pathOf(list)?.root === "content";
}

/** The parts of an expression, and whether each moves the whole the other way round. */
function turns(expr: Expr): readonly (readonly [Expr, boolean])[] {
  const truth = (each: Expr | undefined): boolean | undefined =>
    each?.kind === "constant" && each.constant.type === "bool" ? each.constant.value : undefined;
  const [negated] = callOf(expr, "!_") ?? [];
  if (negated !== undefined) return [[negated, true]];
  for (const [operator, equal] of [
    ["_==_", true],
    ["_!=_", false],
  ] as const) {
    const [left, right] = callOf(expr, operator) ?? [];
    if (left === undefined || right === undefined) continue;
    const known = truth(right) ?? truth(left);
    if (known !== undefined) return [[truth(right) === undefined ? right : left, known !== equal]];
  }
  const [test, then, otherwise] = callOf(expr, "_?_:_") ?? [];
  return parts(expr).map((part) => [
    part.expr,
    part.expr === test && truth(then) === false && otherwise !== undefined,
  ]);
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
