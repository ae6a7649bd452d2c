import type { Expr } from "../../cel/syntax.ts";
import { constantValue } from "../expression/compile.ts";
import type { PolicyPlan } from "../rule/program.ts";
import { readDuration } from "../value/time.ts";
import { Double, Duration } from "../value/value.ts";
import type { Value } from "../value/value.ts";
import { loadOf } from "./load.ts";

/** Thrown while emitting alone: the closures judge this condition. */
class Unsupported extends Error {}

type Call = Extract<Expr, { readonly kind: "call" }>;

const comparisons: Readonly<Record<string, string>> = {
  "_<_": "<",
  "_<=_": "<=",
  "_>_": ">",
  "_>=_": ">=",
};
/** Tests of texts, and what JavaScript calls them. */
const textTests: Readonly<Record<string, string>> = {
  startsWith: "startsWith",
  endsWith: "endsWith",
  contains: "includes",
};
const partsMax = 24;

/**
 * Writes a condition as statements of JavaScript with its constants lifted out, so that
 * conditions that differ only in constants share one text. Numbers are read from `N` at `n`,
 * other constants from `R` at `r`; `s` is the action. What it answers is 0 for no, 1 for yes, 2 for
 * an error and 3 where the closures must say. No text of a policy gets into the code but
 * field names, as JSON strings.
 */
export class Emitter {
  readonly numbers: number[] = [];
  readonly references: unknown[] = [];
  readonly #plan: PolicyPlan;
  #body = "";
  #names = 0;
  #parts = 0;

  private constructor(plan: PolicyPlan) {
    this.#plan = plan;
  }

  /** The text and constants of a condition; `undefined` when it has parts that are not emitted. */
  static emit(
    ast: Expr,
    plan: PolicyPlan,
  ): { readonly text: string; readonly constants: Emitter } | undefined {
    const emitter = new Emitter(plan);
    try {
      const result = emitter.#bool(ast);
      return { text: `${emitter.#body}return ${result};`, constants: emitter };
    } catch (thrown) {
      if (thrown instanceof Unsupported) return undefined;
      throw thrown;
    }
  }

  #name(): string {
    this.#names += 1;
    return `t${this.#names}`;
  }

  #let(value: string): string {
    const name = this.#name();
    this.#body += `let ${name}=${value};`;
    return name;
  }

  #number(value: number): string {
    this.numbers.push(value);
    return `N[n+${this.numbers.length - 1}]`;
  }

  #reference(value: unknown): string {
    this.references.push(value);
    return `R[r+${this.references.length - 1}]`;
  }

  /** A part whose answer is one of the four, as the name of the variable that holds it. */
  #bool(expr: Expr): string {
    this.#parts += 1;
    if (this.#parts > partsMax) throw new Unsupported();
    const variable = this.#variableOf(expr);
    if (variable !== undefined) return this.#bool(variable);
    if (expr.kind === "constant") {
      const value = constantValue(expr.constant);
      if (typeof value !== "boolean") throw new Unsupported();
      return this.#let(value ? "1" : "0");
    }
    if (expr.kind === "has") {
      const load = loadOf(expr, this.#plan);
      if (load === undefined) throw new Unsupported();
      const held = this.#let(load.holder);
      return this.#let(`${held}===undefined?2:${load.test(held)}`);
    }
    if (expr.kind === "call") return this.#call(expr);
    const value = this.#value(expr);
    return this.#let(`${value}===true?1:${value}===false?0:2`);
  }

  #call(expr: Call): string {
    const [first, second, third] = expr.args;
    const name = expr.function;
    if (expr.target !== undefined) {
      const method = Object.hasOwn(textTests, name) ? textTests[name] : undefined;
      if (first === undefined || second !== undefined || method === undefined) {
        throw new Unsupported();
      }
      return this.#textTest(method, this.#value(expr.target), this.#value(first));
    }
    if (name === "happened" && first !== undefined) return this.#happened(first, second);
    if (first === undefined) throw new Unsupported();
    if (name === "!_") {
      const inner = this.#bool(first);
      return this.#let(`${inner}<2?1-${inner}:${inner}`);
    }
    if (second === undefined) throw new Unsupported();
    if (name === "_&&_") return this.#logical(first, second, "0");
    if (name === "_||_") return this.#logical(first, second, "1");
    if (name === "_?_:_" && third !== undefined) return this.#choice(first, second, third);
    const sign = Object.hasOwn(comparisons, name) ? comparisons[name] : undefined;
    if (sign !== undefined) return this.#compare(sign, this.#value(first), this.#value(second));
    if (name === "_==_" || name === "_!=_") return this.#equal(name === "_==_", first, second);
    if (name === "@in") return this.#member(first, second);
    throw new Unsupported();
  }

  #logical(left: Expr, right: Expr, decisive: string): string {
    const result = this.#bool(left);
    // What only closures can tell may be a spent limit, which nothing absorbs.
    this.#body += `if(${result}!==${decisive}&&${result}!==3){`;
    const other = this.#bool(right);
    this.#body += `${result}=${other}===${decisive}||${other}===3?${other}:`;
    this.#body += `${result}===2?2:${other};}`;
    return result;
  }

  #choice(test: Expr, yes: Expr, no: Expr): string {
    const result = this.#bool(test);
    this.#body += `if(${result}===1){`;
    const whenTrue = this.#bool(yes);
    this.#body += `${result}=${whenTrue};}else if(${result}===0){`;
    const whenFalse = this.#bool(no);
    this.#body += `${result}=${whenFalse};}`;
    return result;
  }

  #compare(sign: string, a: string, b: string): string {
    const numeric = `typeof ${a}==="number"&&typeof ${b}==="number"`;
    const error = `${a}===undefined||${b}===undefined?2:3`;
    return this.#let(`${numeric}?(${a}${sign}${b}?1:0):${error}`);
  }

  #equal(wanted: boolean, left: Expr, right: Expr): string {
    const [yes, no] = wanted ? ["1", "0"] : ["0", "1"];
    const a = this.#value(left);
    const b = this.#value(right);
    const same = `${a}===${b}?${yes}:${no}`;
    const error = `${a}===undefined||${b}===undefined?2:`;
    const constant = [left, right].some(({ kind }) => kind === "constant");
    // An object equals no constant; two objects are for the closures to compare.
    if (constant) return this.#let(`${error}${same}`);
    const objects = `typeof ${a}==="object"&&typeof ${b}==="object"&&${a}!==null&&${b}!==null`;
    return this.#let(`${error}${objects}?3:${same}`);
  }

  #member(item: Expr, holder: Expr): string {
    const value = this.#value(item);
    if (holder.kind === "list") {
      const items = holder.elements.map((element) => this.#constantOf(element.value));
      if (holder.elements.some(({ optional }) => optional)) throw new Unsupported();
      const held = this.#reference(items.length > 8 ? new Set(items) : items);
      const test = items.length > 8 ? `${held}.has(${value})` : `${held}.includes(${value})`;
      return this.#let(`${value}===undefined?2:${test}?1:0`);
    }
    const list = this.#value(holder);
    const scalar = `typeof ${value}!=="object"||${value}===null`;
    const test = `Array.isArray(${list})&&${list}.length<1e4&&(${scalar})`;
    const error = `${value}===undefined||${list}===undefined?2:`;
    return this.#let(`${error}${test}?(${list}.includes(${value})?1:0):3`);
  }

  #textTest(method: string, text: string, part: string): string {
    const texts = `typeof ${text}==="string"&&typeof ${part}==="string"`;
    const short = `${text}.length*${part}.length<1e6`;
    return this.#let(`${texts}?(${short}?(${text}.${method}(${part})?1:0):3):2`);
  }

  #happened(event: Expr, within: Expr | undefined): string {
    const name = this.#reference(this.#textOf(event));
    const length = within === undefined ? "-1" : this.#number(this.#millisecondsOf(within));
    return this.#let(`s.happened(${name},${length})`);
  }

  /** A value as JSON has it, as the name of a variable; `undefined` at run time is an error. */
  #value(expr: Expr): string {
    const variable = this.#variableOf(expr);
    if (variable !== undefined) return this.#value(variable);
    if (expr.kind === "constant") {
      const value = this.#constantOf(expr);
      if (typeof value === "number") return this.#let(this.#number(value));
      return this.#let(value === null ? "null" : this.#reference(value));
    }
    if (expr.kind === "call" && expr.target === undefined) {
      const [first, second] = expr.args;
      if (expr.function === "count" && first !== undefined && second !== undefined) {
        const name = this.#reference(this.#textOf(first));
        return this.#let(`s.count(${name},${this.#number(this.#millisecondsOf(second))})`);
      }
      if (expr.function === "meter" && first !== undefined && second === undefined) {
        return this.#let(`s.meter(${this.#reference(this.#textOf(first))})`);
      }
    }
    const load = loadOf(expr, this.#plan);
    if (load === undefined) throw new Unsupported();
    if (load.constant !== undefined) {
      const { constant } = load;
      const text =
        typeof constant === "number" ? this.#number(constant) : this.#reference(constant);
      return this.#let(text);
    }
    const held = this.#let(load.holder);
    return this.#let(`${held}===undefined?undefined:${load.read(held)}`);
  }

  /** The expression of `variables.NAME`, which is written in its place. */
  #variableOf(expr: Expr): Expr | undefined {
    if (expr.kind !== "select" || expr.optional || expr.operand.kind !== "ident") return undefined;
    if (expr.operand.name !== "variables") return undefined;
    const index = this.#plan.variables.get(expr.field);
    const variable = index === undefined ? undefined : this.#plan.policy.variables[index];
    this.#parts += 1;
    if (variable === undefined || this.#parts > partsMax) throw new Unsupported();
    return variable.expression.ast;
  }

  #constantOf(expr: Expr): string | number | boolean | null {
    if (expr.kind !== "constant") throw new Unsupported();
    const value: Value = constantValue(expr.constant);
    const plain = value instanceof Double ? value.value : value;
    if (typeof plain === "number" && !Number.isFinite(plain)) throw new Unsupported();
    if (plain === null || typeof plain === "boolean") return plain;
    if (typeof plain === "number" || typeof plain === "string") return plain;
    throw new Unsupported();
  }

  #textOf(expr: Expr): string {
    const value = this.#constantOf(expr);
    if (typeof value !== "string") throw new Unsupported();
    return value;
  }

  /** Milliseconds, rounded up, of `duration("…")`. */
  #millisecondsOf(expr: Expr): number {
    const [text, ...more] = expr.kind === "call" ? expr.args : [];
    const written = expr.kind === "call" && expr.target === undefined;
    if (!written || expr.function !== "duration" || text === undefined || more.length > 0) {
      throw new Unsupported();
    }
    const read = readDuration(this.#textOf(text));
    if (!(read instanceof Duration) || read.nanos < 0n) throw new Unsupported();
    return Number((read.nanos + 999_999n) / 1_000_000n);
  }
}
