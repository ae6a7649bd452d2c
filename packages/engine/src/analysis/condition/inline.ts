import type { Json } from "@holdfast/model";
import type { Constant, Expr, Range } from "../../cel/syntax.ts";
import type { Policy } from "../../document/policy.ts";

/** How many parts an expression may have once everything it names is put in its place. */
const partsMax = 4_000;

/**
 * The expression with the policy's variables and parameters put in their places, so that what two
 * policies say in different names is one text; `undefined` where that is too long, or where a macro
 * binds a name that a variable reads.
 */
export function inlined(expr: Expr, policy: Policy): Expr | undefined {
  const inlining = new Inlining(policy);
  const result = inlining.visit(expr);
  return inlining.failed ? undefined : result;
}

class Inlining {
  failed = false;
  readonly #policy: Policy;
  #parts = 0;
  /** what macros around have bound, since the variable that is being put in place began */
  #bound: ReadonlySet<string> = new Set();
  /** what they had bound before it */
  #taken: ReadonlySet<string> = new Set();

  constructor(policy: Policy) {
    this.#policy = policy;
  }

  visit = (expr: Expr): Expr => {
    this.#parts += 1;
    if (this.#parts > partsMax) this.failed = true;
    if (this.failed) return expr;
    switch (expr.kind) {
      case "constant":
        return expr;
      case "ident":
        // Where a variable's text is put below a macro, a name that it reads may be taken.
        if (this.#taken.has(expr.name) && !this.#bound.has(expr.name)) this.failed = true;
        return expr;
      case "select":
        return this.#named(expr) ?? { ...expr, operand: this.visit(expr.operand) };
      case "has":
        return { ...expr, operand: this.visit(expr.operand) };
      case "call":
        return {
          ...expr,
          ...(expr.target === undefined ? {} : { target: this.visit(expr.target) }),
          args: expr.args.map(this.visit),
        };
      case "list":
        return {
          ...expr,
          elements: expr.elements.map((each) => ({ ...each, value: this.visit(each.value) })),
        };
      case "map":
        return {
          ...expr,
          entries: expr.entries.map((each) => ({
            ...each,
            key: this.visit(each.key),
            value: this.visit(each.value),
          })),
        };
      case "struct":
        return {
          ...expr,
          fields: expr.fields.map((each) => ({ ...each, value: this.visit(each.value) })),
        };
      case "macro":
        return this.#macro(expr);
    }
  };

  #macro(expr: Extract<Expr, { readonly kind: "macro" }>): Expr {
    const operand = this.visit(expr.operand);
    const before = this.#bound;
    this.#bound = new Set([...before, ...expr.variables.map(({ name }) => name)]);
    const args = expr.args.map(this.visit);
    this.#bound = before;
    return { ...expr, operand, args };
  }

  /** `variables.x` and `params.x`. */
  #named(expr: Extract<Expr, { readonly kind: "select" }>): Expr | undefined {
    const { operand, field, range } = expr;
    if (expr.optional || operand.kind !== "ident" || this.#bound.has(operand.name))
      return undefined;
    if (operand.name === "params" && Object.hasOwn(this.#policy.params, field)) {
      return literal(this.#policy.params[field] ?? null, range);
    }
    if (operand.name !== "variables") return undefined;
    const variable = this.#policy.variables.find(({ name }) => name === field);
    if (variable === undefined) return undefined;
    const before = { bound: this.#bound, taken: this.#taken };
    this.#taken = new Set([...before.taken, ...before.bound]);
    this.#bound = new Set();
    const result = this.visit(variable.expression.ast);
    this.#bound = before.bound;
    this.#taken = before.taken;
    return result;
  }
}

/** The expression that gives a JSON value, its whole numbers as ints. */
function literal(json: Json, range: Range): Expr {
  const constant = (value: Constant): Expr => ({ kind: "constant", constant: value, range });
  if (json === null) return constant({ type: "null" });
  if (typeof json === "boolean") return constant({ type: "bool", value: json });
  if (typeof json === "string") return constant({ type: "string", value: json });
  if (typeof json === "number") {
    return Number.isInteger(json) && Math.abs(json) <= 2 ** 53
      ? constant({ type: "int", value: BigInt(json) })
      : constant({ type: "double", value: json });
  }
  if (isList(json)) {
    const elements = json.map((item) => ({ value: literal(item, range), optional: false }));
    return { kind: "list", elements, range };
  }
  const entries = Object.entries(json).map(([key, value]) => ({
    key: literal(key, range),
    value: literal(value, range),
    optional: false,
  }));
  return { kind: "map", entries, range };
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
