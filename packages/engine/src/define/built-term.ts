import { nearestName } from "@holdfast/model";
import type { Expr, Macro } from "../cel/syntax.ts";
import { keywords, reservedWords } from "../cel/token.ts";
import type { CelType } from "../cel/type.ts";
import { boolType, doubleType, dynType, intType, stringType } from "../cel/type.ts";
import { listOf } from "../cel/type-builder.ts";
import { walk } from "../compile/check/syntax-walk.ts";
import { built, builtIn, celTextOf } from "./built.ts";
import type { Built } from "./built.ts";
import { definitionError } from "./definition-error.ts";
import { literalNode } from "./literal.ts";
import { callNode, chainNode, fieldNode, identNode, macroNode } from "./syntax-node.ts";
import { variableNames } from "./variable-name.ts";

/**
 * A term of type `type`: an object gives its fields as properties, everything else the
 * operations of {@link BuiltTerm}.
 */
export function termOf(ast: Expr, type: CelType, from: Origin = {}): BuiltTerm {
  const term = new BuiltTerm({ ast, type, ...from });
  const bare = type.kind === "nullable" ? type.of : type;
  if (bare.kind !== "object") return term;
  return new Proxy(term, {
    get(target, key) {
      if (typeof key === "symbol") return Reflect.get(target, key);
      const field = bare.fields.get(key);
      if (field !== undefined)
        return termOf(fieldNode(ast, key), field.type, { ledger: from.ledger });
      // What a promise or a printer asks any object for.
      if (key === "then" || key === "toJSON") return undefined;
      const near = nearestName(key, bare.fields.keys());
      const hint = near === undefined ? "" : `; did you mean \`${near}\`?`;
      throw definitionError(`unknown field \`${key}\` of ${bare.name}${hint}`);
    },
  });
}

/** What a term has besides its meaning. */
type Origin = Pick<Built, "text" | "ledger">;

/**
 * Every operation that some term has. It does not judge types: `term.ts` does at the author's
 * desk, and the compiler does when the policy set is loaded.
 */
class BuiltTerm {
  readonly #parts: Built;

  constructor(parts: Built) {
    this.#parts = parts;
    const { ast, type, ledger } = parts;
    // What the scope itself holds, nobody built.
    if (ast.kind !== "ident" && (type.kind === "bool" || type.kind === "dyn")) ledger?.add(parts);
  }

  get [built](): Built {
    this.#parts.ledger?.delete(this.#parts);
    return this.#parts;
  }

  /** A term is no JavaScript value: `args.amount > 5` would compare nothing. */
  [Symbol.toPrimitive](): never {
    const text = celTextOf(this[built]);
    throw definitionError(
      `\`${text}\` is known only when an action is judged; build conditions with its methods, texts with \`cel\` or \`text\``,
    );
  }

  and(...others: readonly unknown[]): BuiltTerm {
    return this.#chain("_&&_", others);
  }
  or(...others: readonly unknown[]): BuiltTerm {
    return this.#chain("_||_", others);
  }
  not(): BuiltTerm {
    return this.#make(callNode("!_", [this.#ast]), boolType);
  }

  eq(other: unknown): BuiltTerm {
    return this.#compare("_==_", other);
  }
  ne(other: unknown): BuiltTerm {
    return this.#compare("_!=_", other);
  }
  gt(other: unknown): BuiltTerm {
    return this.#compare("_>_", other);
  }
  ge(other: unknown): BuiltTerm {
    return this.#compare("_>=_", other);
  }
  lt(other: unknown): BuiltTerm {
    return this.#compare("_<_", other);
  }
  le(other: unknown): BuiltTerm {
    return this.#compare("_<=_", other);
  }
  in(list: unknown): BuiltTerm {
    return this.#make(
      callNode("@in", [this.#ast, literalNode(list, listOf(this.#type))]),
      boolType,
    );
  }

  plus(other: unknown): BuiltTerm {
    return this.#compute("_+_", other);
  }
  minus(other: unknown): BuiltTerm {
    return this.#compute("_-_", other);
  }
  times(other: unknown): BuiltTerm {
    return this.#compute("_*_", other);
  }
  dividedBy(other: unknown): BuiltTerm {
    return this.#compute("_/_", other);
  }
  remainder(other: unknown): BuiltTerm {
    return this.#compute("_%_", other);
  }
  since(other: unknown): BuiltTerm {
    return this.#make(callNode("_-_", [this.#ast, literalNode(other)]), { kind: "duration" });
  }
  toDouble(): BuiltTerm {
    return this.#make(callNode("double", [this.#ast]), doubleType);
  }
  toInt(): BuiltTerm {
    return this.#make(callNode("int", [this.#ast]), intType);
  }
  toText(): BuiltTerm {
    return this.#make(callNode("string", [this.#ast]), stringType);
  }

  startsWith(prefix: unknown): BuiltTerm {
    return this.#method("startsWith", boolType, prefix);
  }
  endsWith(suffix: unknown): BuiltTerm {
    return this.#method("endsWith", boolType, suffix);
  }
  matches(pattern: unknown): BuiltTerm {
    return this.#method("matches", boolType, pattern);
  }
  lowerAscii(): BuiltTerm {
    return this.#method("lowerAscii", stringType);
  }
  upperAscii(): BuiltTerm {
    return this.#method("upperAscii", stringType);
  }
  trim(): BuiltTerm {
    return this.#method("trim", stringType);
  }
  split(separator: unknown): BuiltTerm {
    return this.#method("split", listOf(stringType), separator);
  }
  size(): BuiltTerm {
    return this.#make(callNode("size", [this.#ast]), intType);
  }

  /** Of a text a part, of a list an element, of a map a key. */
  contains(part: unknown): BuiltTerm {
    if (this.#bare.kind === "string") return this.#method("contains", boolType, part);
    return this.#make(callNode("@in", [literalNode(part, this.#element), this.#ast]), boolType);
  }
  at(key: unknown): BuiltTerm {
    if (typeof key === "string") return this.#make(fieldNode(this.#ast, key), this.#element);
    return this.#make(callNode("_[_]", [this.#ast, literalNode(key, intType)]), this.#element);
  }
  exists(name: string, test: (element: BuiltTerm) => unknown): BuiltTerm {
    return this.#over("exists", name, test);
  }
  all(name: string, test: (element: BuiltTerm) => unknown): BuiltTerm {
    return this.#over("all", name, test);
  }
  filter(name: string, test: (element: BuiltTerm) => unknown): BuiltTerm {
    return this.#over("filter", name, test);
  }
  map(name: string, value: (element: BuiltTerm) => unknown): BuiltTerm {
    return this.#over("map", name, value);
  }

  asString(): BuiltTerm {
    return this.#make(this.#ast, stringType);
  }
  asInt(): BuiltTerm {
    return this.#make(this.#ast, intType);
  }
  asDouble(): BuiltTerm {
    return this.#make(this.#ast, doubleType);
  }
  asTimestamp(): BuiltTerm {
    return this.#make(this.#ast, { kind: "timestamp" });
  }
  asList(): BuiltTerm {
    return this.#make(this.#ast, listOf(dynType));
  }

  /** A term of the same scope. */
  #make(ast: Expr, type: CelType): BuiltTerm {
    return termOf(ast, type, { ledger: this.#parts.ledger });
  }

  get #ast(): Expr {
    return this[built].ast;
  }
  get #type(): CelType {
    return this[built].type;
  }
  get #bare(): CelType {
    const type = this.#type;
    return type.kind === "nullable" ? type.of : type;
  }
  get #element(): CelType {
    const bare = this.#bare;
    if (bare.kind === "list") return bare.element;
    return bare.kind === "map" ? bare.value : dynType;
  }

  #chain(operator: "_&&_" | "_||_", others: readonly unknown[]): BuiltTerm {
    const ast = chainNode(operator, [this.#ast, ...others.map((each) => literalNode(each))]);
    // What `cel` gave belongs to the scope of what it is joined with.
    const ledgers = [this.#parts.ledger, ...others.map((each) => builtIn(each)?.ledger)];
    return termOf(ast, boolType, { ledger: ledgers.find((each) => each !== undefined) });
  }

  /** Numbers of any types compare, so the author's spelling of one stays; in a list they do not. */
  #compare(operator: string, other: unknown): BuiltTerm {
    const type = this.#bare.kind === "list" ? this.#bare : undefined;
    return this.#make(callNode(operator, [this.#ast, literalNode(other, type)]), boolType);
  }

  #compute(operator: string, other: unknown): BuiltTerm {
    return this.#make(callNode(operator, [this.#ast, literalNode(other, this.#bare)]), this.#bare);
  }

  #method(name: string, result: CelType, ...args: readonly unknown[]): BuiltTerm {
    const nodes = args.map((arg) => literalNode(arg, stringType));
    return this.#make(callNode(name, nodes, this.#ast), result);
  }

  #over(
    macro: Extract<Macro, "all" | "exists" | "filter" | "map">,
    variable: string,
    body: (element: BuiltTerm) => unknown,
  ): BuiltTerm {
    checkBinding(variable);
    const element = identNode(variable);
    const given = body(this.#make(element, this.#element));
    const inside = literalNode(given);
    // The element is told from others of its name by being this very node.
    walk(inside, (each, bound) => {
      if (each !== element || !bound.has(variable)) return;
      throw definitionError(`an inner element is called \`${variable}\` too; rename one of them`);
    });
    const ast = macroNode(macro, this.#ast, { variable, body: inside });
    if (macro === "filter") return this.#make(ast, this.#type);
    return this.#make(ast, macro === "map" ? listOf(builtIn(given)?.type ?? dynType) : boolType);
  }
}

/** WHY: a bound name hides what the scope calls so, and a condition would read the wrong thing. */
function checkBinding(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name) || keywords.has(name) || reservedWords.has(name)) {
    throw definitionError(`\`${name}\` cannot name an element; use letters, digits and \`_\``);
  }
  if (!variableNames.has(name)) return;
  throw definitionError(`\`${name}\` is a name of every condition; call the element otherwise`);
}
