import type { Expr } from "@holdfast/engine";

/**
 * The expression with `cel.block([a, b], result)` written as nested `cel.bind`s and
 * `cel.index(n)` as the name that the nth binds. Optimisers write blocks, people do not: they are
 * no part of the language, but what stands in them tests it.
 */
export function unfoldBlock(expr: Expr): Expr {
  if (!isCelCall(expr, "block")) return expr;
  const [list, result] = expr.args;
  if (list?.kind !== "list" || result === undefined) return expr;
  return list.elements.reduceRight<Expr>(
    (body, element, index) => ({
      kind: "macro",
      macro: "bind",
      operand: withNames(element.value),
      variables: [{ name: nameOf(index), range: expr.range }],
      args: [body],
      range: expr.range,
    }),
    withNames(result),
  );
}

/**
 * The text with `cel.iterVar(n, m)`, which optimisers write for the variables of macros, made a
 * plain name: where a macro wants a name, a call is no CEL.
 */
export function nameIterationVariables(text: string): string {
  return text.replaceAll(/cel\.iterVar\((\d+), (\d+)\)/g, "iter_var_$1_$2");
}

function nameOf(index: number | bigint): string {
  return `@index${index}`;
}

function isCelCall(expr: Expr, name: string): expr is Extract<Expr, { readonly kind: "call" }> {
  return (
    expr.kind === "call" &&
    expr.function === name &&
    expr.target?.kind === "ident" &&
    expr.target.name === "cel"
  );
}

/** The same expression with each `cel.index(n)` in it made a name. */
function withNames(expr: Expr): Expr {
  if (isCelCall(expr, "index")) {
    const [index] = expr.args;
    if (index?.kind === "constant" && index.constant.type === "int") {
      const name = nameOf(index.constant.value);
      return { kind: "ident", name, absolute: false, range: expr.range };
    }
  }
  switch (expr.kind) {
    case "constant":
    case "ident":
      return expr;
    case "select":
    case "has":
      return { ...expr, operand: withNames(expr.operand) };
    case "call": {
      const { target } = expr;
      const args = expr.args.map((arg) => withNames(arg));
      return target === undefined
        ? { ...expr, args }
        : { ...expr, args, target: withNames(target) };
    }
    case "list":
      return { ...expr, elements: expr.elements.map((part) => withValue(part)) };
    case "map":
      return {
        ...expr,
        entries: expr.entries.map((entry) =>
          Object.assign(withValue(entry), { key: withNames(entry.key) }),
        ),
      };
    case "struct":
      return { ...expr, fields: expr.fields.map((field) => withValue(field)) };
    case "macro":
      return {
        ...expr,
        operand: withNames(expr.operand),
        args: expr.args.map((arg) => withNames(arg)),
      };
  }
}

function withValue<Part extends { readonly value: Expr }>(part: Part): Part {
  return Object.assign({}, part, { value: withNames(part.value) });
}
