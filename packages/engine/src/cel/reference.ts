import type { Constant, Expr, Range } from "./syntax.ts";

/** A path that an expression reads: `["args", "items", "*", "price"]`, `*` for any element or key. */
export interface PathReference {
  readonly path: readonly string[];
  readonly range: Range;
  /** only asked whether it is there: under `has()`, after `.?`, in `[?…]` or on the right of `in` */
  readonly existence: boolean;
}

/** A call of a function, not of an operator, with what is known of its arguments. */
export interface CallReference {
  readonly function: string;
  /** the path of the receiver, where there is one and it is a path */
  readonly target?: readonly string[];
  /** each argument's constant, or the path it reads, or undefined */
  readonly args: readonly (
    | { readonly constant: Constant }
    | { readonly path: readonly string[] }
    | undefined
  )[];
  readonly range: Range;
}

export interface References {
  readonly paths: readonly PathReference[];
  readonly calls: readonly CallReference[];
}

type Bound = ReadonlyMap<string, readonly string[] | undefined>;

/**
 * Everything an expression reads and calls, in the order written. A name bound by a macro stands
 * for what it goes over, so that `args.items.all(i, i.price > 0)` reads `args.items` and
 * `args.items.*.price`. Of a path only the longest form read is listed.
 */
export function references(ast: Expr): References {
  const paths: PathReference[] = [];
  const calls: CallReference[] = [];
  visit(ast, new Map(), false, { paths, calls });
  return { paths, calls };
}

interface Collected {
  readonly paths: PathReference[];
  readonly calls: CallReference[];
}

/** The path an expression reads; undefined when it computes something. */
function pathOf(expr: Expr, bound: Bound): readonly string[] | undefined {
  if (expr.kind === "ident") {
    return expr.absolute || !bound.has(expr.name) ? [expr.name] : bound.get(expr.name);
  }
  if (expr.kind === "select" || expr.kind === "has") {
    const operand = pathOf(expr.operand, bound);
    return operand === undefined ? undefined : [...operand, expr.field];
  }
  if (expr.kind === "call" && (expr.function === "_[_]" || expr.function === "_[?_]")) {
    const [operand, index] = expr.args;
    const path = operand === undefined ? undefined : pathOf(operand, bound);
    const key = index?.kind === "constant" ? index.constant : undefined;
    return path === undefined ? undefined : [...path, key?.type === "string" ? key.value : "*"];
  }
  return undefined;
}

function visit(expr: Expr, bound: Bound, existence: boolean, into: Collected): void {
  const path = pathOf(expr, bound);
  if (path !== undefined) {
    const asks = existence || asksWhether(expr);
    into.paths.push({ path, range: expr.range, existence: asks });
    visitIndexes(expr, bound, into);
    return;
  }
  switch (expr.kind) {
    case "constant":
    case "ident":
      return;
    case "select":
    case "has":
      visit(expr.operand, bound, false, into);
      return;
    case "call":
      visitCall(expr, bound, into);
      return;
    case "list":
      expr.elements.forEach((element) => visit(element.value, bound, false, into));
      return;
    case "map":
      for (const entry of expr.entries) {
        visit(entry.key, bound, false, into);
        visit(entry.value, bound, false, into);
      }
      return;
    case "struct":
      expr.fields.forEach((field) => visit(field.value, bound, false, into));
      return;
    case "macro":
      visitMacro(expr, bound, into);
      return;
  }
}

/** Whether an expression bears that a path it reads is absent. */
function asksWhether(expr: Expr): boolean {
  if (expr.kind === "has") {
    return true;
  }
  if (expr.kind === "select") {
    return expr.optional || asksWhether(expr.operand);
  }
  const operand = expr.kind === "call" ? expr.args[0] : undefined;
  return (
    expr.kind === "call" &&
    (expr.function === "_[?_]" || (operand !== undefined && asksWhether(operand)))
  );
}

/** What a path computes on its way: the indexes that are no constants. */
function visitIndexes(expr: Expr, bound: Bound, into: Collected): void {
  if (expr.kind === "select" || expr.kind === "has") {
    visitIndexes(expr.operand, bound, into);
  } else if (expr.kind === "call") {
    const [operand, index] = expr.args;
    if (operand !== undefined) {
      visitIndexes(operand, bound, into);
    }
    if (index !== undefined) {
      visit(index, bound, false, into);
    }
  }
}

function visitCall(
  expr: Extract<Expr, { readonly kind: "call" }>,
  bound: Bound,
  into: Collected,
): void {
  const isFunction = /^[A-Za-z]/u.test(expr.function) || expr.target !== undefined;
  const target = expr.target === undefined ? undefined : pathOf(expr.target, bound);
  const space = expr.target === undefined ? undefined : namespaceOf(expr.target, bound);
  if (isFunction) {
    into.calls.push({
      function: space === undefined ? expr.function : `${space}.${expr.function}`,
      ...(target === undefined || space !== undefined ? {} : { target }),
      args: expr.args.map((arg) => argumentOf(arg, bound)),
      range: expr.range,
    });
  }
  if (expr.target !== undefined && space === undefined) {
    visit(expr.target, bound, false, into);
  }
  expr.args.forEach((arg, index) =>
    visit(arg, bound, expr.function === "@in" && index === 1, into),
  );
}

/** `math`, `optional`, … before a function of theirs is no variable. */
function namespaceOf(target: Expr, bound: Bound): string | undefined {
  return target.kind === "ident" && !bound.has(target.name) && namespaces.has(target.name)
    ? target.name
    : undefined;
}

const namespaces: ReadonlySet<string> = new Set([
  "base64",
  "lists",
  "math",
  "optional",
  "sets",
  "strings",
]);

function argumentOf(arg: Expr, bound: Bound): CallReference["args"][number] {
  if (arg.kind === "constant") {
    return { constant: arg.constant };
  }
  const path = pathOf(arg, bound);
  return path === undefined ? undefined : { path };
}

function visitMacro(
  expr: Extract<Expr, { readonly kind: "macro" }>,
  bound: Bound,
  into: Collected,
): void {
  visit(expr.operand, bound, false, into);
  const operand = pathOf(expr.operand, bound);
  const whole = expr.macro === "bind" || expr.macro === "optMap" || expr.macro === "optFlatMap";
  const element = operand === undefined || whole ? operand : [...operand, "*"];
  const names = expr.variables.map((variable) => variable.name);
  // WHY: of two variables the first is an index or a key, which is no path of its own.
  const values = names.map((name, index): [string, readonly string[] | undefined] => [
    name,
    names.length === 2 && index === 0 ? undefined : element,
  ]);
  const inner = new Map([...bound, ...values]);
  expr.args.forEach((arg) => visit(arg, inner, false, into));
}
