import { pathText } from "../../cel/flow.ts";
import type { Expr } from "../../cel/syntax.ts";
import { chargeOf, costly } from "./call-charge.ts";
import { resultOf } from "./call-extent.ts";
import {
  collected,
  constantText,
  either,
  fieldOf,
  limited,
  listExtent,
  looped,
  recordExtent,
  scalar,
  textOf,
  unknownJson,
} from "./extent.ts";
import type { Extent } from "./extent.ts";
import { inLoop, outermost } from "./measure.ts";
import type { Loop, Place } from "./measure.ts";
import { guardsOf, joined, wholeOf } from "./size-guard.ts";
import type { Guards } from "./size-guard.ts";

/** What an expression can cost at most, and why when that is more than it may. */
export interface Estimate {
  /** steps of evaluation */
  readonly steps: number;
  readonly extent: Extent;
  /** the smallest part that alone takes more than the budget */
  readonly culprit: Culprit | undefined;
}

export interface Culprit {
  readonly expr: Expr;
  /** what it goes over or searches in that no schema and no test bounds, as written */
  readonly unbounded: readonly string[];
}

interface Sight {
  readonly locals: ReadonlyMap<string, { readonly extent: Extent; readonly id: number }>;
  readonly guards: Guards;
  readonly place: Place;
}

type ExprOf<Kind extends Expr["kind"]> = Extract<Expr, { readonly kind: Kind }>;

/** A loop of this many rounds, or a text of this many units, is named as what wants a bound. */
const roundsNamed = 500;
const unitsNamed = 256 * 1024;

/**
 * An upper bound of the steps that evaluating an expression takes, from the sizes of what it reads
 * (cel-go `checker/cost.go` is the model): one for each visit of a part, and what functions pay for
 * the sizes they walk over. `variables` gives the size of a variable by its name; of one that is
 * absent nothing is known but that it comes with a request.
 */
export function estimateCost(
  ast: Expr,
  variables: ReadonlyMap<string, Extent>,
  budget: number,
): Estimate {
  const estimator = new Estimator(variables, budget);
  const extent = estimator.visit(ast, { locals: new Map(), guards: new Map(), place: outermost });
  const { steps, culprit } = estimator;
  if (steps <= budget) return { steps, extent, culprit: undefined };
  return { steps, extent, culprit: culprit ?? { expr: ast, unbounded: [] } };
}

class Estimator {
  steps = 0;
  culprit: Culprit | undefined;
  readonly #variables: ReadonlyMap<string, Extent>;
  readonly #budget: number;
  readonly #searched = new Set<string>();
  readonly #searchedWithin = new Set<string>();
  #names = 0;

  constructor(variables: ReadonlyMap<string, Extent>, budget: number) {
    this.#variables = variables;
    this.#budget = budget;
  }

  visit(expr: Expr, sight: Sight): Extent {
    const before = this.steps;
    this.steps += sight.place.visits;
    const extent = this.#sized(expr, sight);
    const loops = expr.kind === "macro" || (expr.kind === "call" && costly.has(expr.function));
    if (loops && this.culprit === undefined && this.steps - before > this.#budget) {
      this.culprit = { expr, unbounded: this.#unbounded(expr, sight) };
    }
    return extent;
  }

  /** What makes a part dear: long loops around it and its own, else what it searches in. */
  #unbounded(expr: Expr, { place }: Sight): readonly string[] {
    const long = place.loops.filter(({ rounds }) => rounds >= roundsNamed);
    const around = long.flatMap(({ over }) => over ?? []);
    const own = expr.kind === "macro" ? pathWithin(expr.operand) : undefined;
    const looped = [...around, ...(own === undefined ? [] : [own])];
    const wide = looped.length > 1 ? [] : this.#searched;
    const found = [...new Set([...looped, ...wide])].filter((path) => !isPolicyText(path));
    return found.length > 0 ? found : [...this.#searchedWithin];
  }

  /** The size of a part, no larger than a test before it has shown. */
  #sized(expr: Expr, sight: Sight): Extent {
    const extent = this.#dispatch(expr, sight);
    const name = sight.guards.size === 0 ? undefined : nameOf(expr, sight);
    const most = name === undefined ? undefined : sight.guards.get(name);
    return most === undefined ? extent : limited(extent, most);
  }

  #dispatch(expr: Expr, sight: Sight): Extent {
    switch (expr.kind) {
      case "constant":
        return constantExtent(expr);
      case "ident":
        return this.#variable(expr, sight);
      case "select":
        return fieldOf(this.visit(expr.operand, sight), expr.field);
      case "has":
        this.visit(expr.operand, sight);
        return scalar;
      case "call":
        return this.#call(expr, sight);
      case "list": {
        const parts = expr.elements.map(({ value }) => this.visit(value, sight));
        return listExtent(parts.length, eitherOf(parts));
      }
      case "map":
        return this.#map(expr, sight);
      case "struct":
        for (const { value } of expr.fields) this.visit(value, sight);
        return scalar;
      case "macro":
        return this.#macro(expr, sight);
    }
  }

  #variable(expr: ExprOf<"ident">, { locals }: Sight): Extent {
    const local = expr.absolute ? undefined : locals.get(expr.name);
    return local?.extent ?? this.#variables.get(expr.name) ?? unknownJson;
  }

  #map(expr: ExprOf<"map">, sight: Sight): Extent {
    const fields = new Map<string, Extent>();
    const others: Extent[] = [];
    for (const { key, value } of expr.entries) {
      const [name, ...more] = this.visit(key, sight).texts ?? [];
      const extent = this.visit(value, sight);
      if (name === undefined || more.length > 0) others.push(extent);
      else fields.set(name, extent);
    }
    if (others.length === 0) return recordExtent(fields);
    return recordExtent(fields, { count: others.length, part: eitherOf(others) });
  }

  #call(expr: ExprOf<"call">, sight: Sight): Extent {
    const [first, second, third] = expr.args;
    const logical = expr.target === undefined && first !== undefined && second !== undefined;
    if (logical && (expr.function === "_&&_" || expr.function === "_||_")) {
      this.visit(first, sight);
      // The right side is looked at unless the left decides, so what the left shows holds there.
      this.visit(second, this.#knowing(sight, first, expr.function === "_&&_"));
      return scalar;
    }
    if (logical && expr.function === "_?_:_" && third !== undefined) {
      this.visit(first, sight);
      const yes = this.visit(second, this.#knowing(sight, first, true));
      return either(yes, this.visit(third, this.#knowing(sight, first, false)));
    }
    const operands = expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    const space = expr.target === undefined ? undefined : this.#namespaceOf(expr.target, sight);
    const used = space === undefined ? operands : expr.args;
    const args = used.map((each) => this.visit(each, sight));
    const name = space === undefined ? expr.function : `${space}.${expr.function}`;
    const charge = chargeOf(name, args, sight.place);
    this.steps += charge;
    if (charge > this.#budget / 10) {
      for (const [index, arg] of used.entries()) this.#note(arg, args[index] ?? scalar, sight);
    }
    return resultOf(name, args);
  }

  /** Keeps what a costly call went through that nothing bounds. */
  #note(arg: Expr, { text, count }: Extent, { locals }: Sight): void {
    const path = pathWithin(arg);
    const unbounded = text.each >= unitsNamed || count.each >= roundsNamed;
    if (path === undefined || !unbounded) return;
    (locals.has(rootOf(path)) ? this.#searchedWithin : this.#searched).add(path);
  }

  /** `math` of `math.abs(x)`: a receiver that is no variable is where the function's name begins. */
  #namespaceOf(target: Expr, { locals }: Sight): string | undefined {
    if (target.kind !== "ident" || locals.has(target.name)) return undefined;
    return namespaces.has(target.name) ? target.name : undefined;
  }

  #knowing(sight: Sight, test: Expr, truth: boolean): Sight {
    const shown = guardsOf(
      test,
      truth,
      (expr) => nameOf(expr, sight),
      (expr) => this.#known(expr, sight),
    );
    return shown.size === 0 ? sight : { ...sight, guards: joined(sight.guards, shown) };
  }

  /** The number that a constant, or a member of `params`, is. */
  #known(expr: Expr, sight: Sight): number | undefined {
    if (expr.kind === "constant") return wholeOf(expr.constant);
    if (expr.kind === "ident" && !sight.locals.has(expr.name)) {
      return this.#variables.get(expr.name)?.whole;
    }
    if (expr.kind !== "select") return undefined;
    const path = pathText(expr)?.split(".") ?? [];
    const [root = "", ...fields] = path;
    const start = sight.locals.has(root) ? undefined : this.#variables.get(root);
    return fields.reduce((extent, field) => extent && fieldOf(extent, field), start)?.whole;
  }

  #macro(expr: ExprOf<"macro">, sight: Sight): Extent {
    const operand = this.visit(expr.operand, sight);
    if (expr.macro === "bind") {
      return this.#body(expr, sight, [operand]);
    }
    if (expr.macro === "optMap" || expr.macro === "optFlatMap") {
      return this.#body(expr, sight, [operand]);
    }
    const loop: Loop = { rounds: Math.max(1, operand.count.each), over: pathText(expr.operand) };
    const place = inLoop(sight.place, loop, operand.count);
    const part = looped(operand.part(), loop);
    const key = looped({ ...scalar, text: operand.key }, loop);
    // One variable holds the element of a list or the key of a map; two, place or key and value.
    const bound = expr.variables.length === 1 ? [either(part, key)] : [key, part];
    const body = this.#body(expr, { ...sight, place }, bound);
    switch (expr.macro) {
      case "all":
      case "exists":
      case "existsOne":
      case "exists_one":
        return scalar;
      case "filter":
        return operand;
      case "map":
      case "transformList":
        return { ...collected(operand, body, loop), key: scalar.key };
      case "transformMap":
      case "transformMapEntry":
        return collected(operand, body, loop);
    }
  }

  /** The size of the last argument of a macro, where its names hold these. */
  #body(expr: ExprOf<"macro">, sight: Sight, values: readonly Extent[]): Extent {
    const locals = new Map(sight.locals);
    for (const [index, { name }] of expr.variables.entries()) {
      this.#names += 1;
      locals.set(name, { extent: values[index] ?? scalar, id: this.#names });
    }
    let body = scalar;
    let inner: Sight = { ...sight, locals };
    for (const arg of expr.args) {
      body = this.visit(arg, inner);
      // Of two arguments the first is the test that lets the second be looked at.
      inner = this.#knowing(inner, arg, true);
    }
    return body;
  }
}

/** First parts of the names of functions. */
const namespaces: ReadonlySet<string> = new Set([
  "base64",
  "lists",
  "math",
  "optional",
  "sets",
  "strings",
]);

function eitherOf(extents: readonly Extent[]): Extent {
  return extents.reduce((a, b) => either(a, b), extents[0] ?? scalar);
}

function constantExtent({ constant }: ExprOf<"constant">): Extent {
  if (constant.type === "string") return constantText([constant.value]);
  if (constant.type === "bytes") return textOf(constant.value.length);
  const whole = wholeOf(constant);
  return whole === undefined ? scalar : { ...scalar, whole };
}

/** The path of a value, told apart from equal paths whose first name another macro binds. */
function nameOf(expr: Expr, { locals }: Sight): string | undefined {
  const path = pathText(expr);
  if (path === undefined) return undefined;
  const local = locals.get(rootOf(path));
  return local === undefined ? path : `#${local.id} ${path}`;
}

/** The path of a value, or of what it is made from: `args.a` of `args.a.map(x, x.id)`. */
function pathWithin(expr: Expr): string | undefined {
  const path = pathText(expr);
  if (path !== undefined) return path;
  if (expr.kind === "macro" || expr.kind === "select") return pathWithin(expr.operand);
  const first = expr.kind === "call" ? (expr.target ?? expr.args[0]) : undefined;
  return first === undefined ? undefined : pathWithin(first);
}

/** What stands in the policy set itself is as long as it is. */
function isPolicyText(path: string): boolean {
  return ["lists", "params"].includes(rootOf(path));
}

function rootOf(path: string): string {
  return path.split(".", 1)[0] ?? "";
}
