import { chainTerms } from "./chain.ts";
import type { LogicalOperator } from "./chain.ts";
import { tokenize } from "./lexer.ts";
import { level, levelOf, printOperand } from "./printer.ts";
import type { Level } from "./printer.ts";
import type { Expr } from "./syntax.ts";

/**
 * The text of an expression as lines of at most `width` UTF-16 units where that is possible: on
 * one line when it fits, else broken before `&&`, `||`, `?` and `:` and inside a macro whose body
 * is such a chain. What cannot be broken stays longer. The lines, joined by line breaks, parse to
 * exactly the tree, up to ranges.
 */
export function layoutExpression(ast: Expr, width: number): readonly string[] {
  return laidOut(ast, level.conditional, width);
}

function laidOut(expr: Expr, place: Level, width: number): readonly string[] {
  const whole = printOperand(expr, place);
  if (whole.length <= width) return [whole];
  if (levelOf(expr) >= place) return broken(expr, width) ?? [whole];
  const inner = broken(expr, width - 2);
  return inner === undefined ? [whole] : enclosed("(", inner, ")");
}

/** The lines of an expression without parentheses around it; undefined when it has no place to break. */
function broken(expr: Expr, width: number): readonly string[] | undefined {
  if (expr.kind === "macro") return brokenMacro(expr, width);
  if (expr.kind !== "call" || expr.target !== undefined) return undefined;
  const [first, second, third] = expr.args;
  switch (expr.function) {
    case "_&&_":
      return brokenChain(expr, expr.function, level.relation, width);
    case "_||_":
      return brokenChain(expr, expr.function, level.and, width);
    case "_?_:_":
      if (first === undefined || second === undefined || third === undefined) return undefined;
      return [
        ...laidOut(first, level.or, width),
        ...continued("? ", laidOut(second, level.or, width - 4)),
        ...continued(": ", laidOut(third, level.conditional, width - 4)),
      ];
    case "!_": {
      const inner = first === undefined ? undefined : broken(first, width - 3);
      const chain = first !== undefined && levelOf(first) < level.unary;
      return inner !== undefined && chain ? enclosed("!(", inner, ")") : undefined;
    }
    default:
      return undefined;
  }
}

function brokenChain(
  expr: Expr,
  operator: LogicalOperator,
  place: Level,
  width: number,
): readonly string[] {
  const mark = operator === "_&&_" ? "&& " : "|| ";
  return chainTerms(expr, operator).flatMap((term, index) =>
    index === 0
      ? laidOut(term, place, width)
      : continued(mark, laidOut(term, place, width - mark.length - 2)),
  );
}

function brokenMacro(
  expr: Extract<Expr, { readonly kind: "macro" }>,
  width: number,
): readonly string[] | undefined {
  const body = expr.args.at(-1);
  if (expr.macro === "bind" || expr.args.length !== 1 || body === undefined) return undefined;
  const lines = broken(body, width - 2);
  if (lines === undefined) return undefined;
  const names = expr.variables.map(({ name }) => name).join(", ");
  const head = `${printOperand(expr.operand, level.member)}.${expr.macro}(${names},`;
  return [head, ...enclosed("", lines, ")").map((line) => `  ${line}`)];
}

/** Lines that go on from the ones before, the first with a mark. */
function continued(mark: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => (index === 0 ? `  ${mark}${line}` : `  ${line}`));
}

function enclosed(open: string, lines: readonly string[], close: string): readonly string[] {
  const last = lines.length - 1;
  return lines.map(
    (line, index) => `${index === 0 ? open : ""}${line}${index === last ? close : ""}`,
  );
}

/** Whether the text of an expression holds a comment, which its tree does not. */
export function holdsComment(text: string): boolean {
  if (!text.includes("//")) return false;
  let end = 0;
  for (const { range } of tokenize(text)) {
    if (text.slice(end, range.start).includes("//")) return true;
    end = range.end;
  }
  return false;
}
