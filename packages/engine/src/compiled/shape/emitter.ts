import type { Expr } from "../../cel/syntax.ts";
import { originTiers } from "../../document/origin-vocabulary.ts";
import { constantValue } from "../expression/compile.ts";
import type { LabelLists } from "../origin/label-list.ts";
import type { HistoryRead, HistoryReads } from "../quick/history-read.ts";
import type { PolicyPlan } from "../rule/program.ts";
import { readDuration } from "../value/time.ts";
import { Double, Duration } from "../value/value.ts";
import type { Value } from "../value/value.ts";
import { keptRead } from "./kept-read.ts";
import { loadOf } from "./load.ts";
import type { Load } from "./load.ts";

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
/** Functions that look into history: each costs more than any comparison. */
const historyReaders: ReadonlySet<string> = new Set([
  "happened",
  "count",
  "meter",
  "from_only",
  "origin",
]);
const partsMax = 24;

/** What generated code asks history by: Events and Meters have numbers. */
export interface HistoryNames {
  readonly events: ReadonlyMap<string, number>;
  readonly meters: ReadonlyMap<string, number>;
  readonly labelLists: LabelLists;
  readonly reads: HistoryReads;
}

/** Where the constants of generated code go. */
export interface Constants {
  /** the constant as JavaScript */
  number(value: number): string;
  reference(value: string | boolean | object): string;
}

/**
 * Writes conditions as statements of JavaScript. `s` is the action, `a` its arguments, `q` its
 * request. What a condition answers is 0 for no, 1 for yes, 2 for an error and 3 where the
 * closures must say. All text of a policy that gets into the code is a JSON string.
 */
export class Emitter {
  readonly #history: HistoryNames;
  readonly #constants: Constants;
  #plan: PolicyPlan | undefined;
  /** fields read, each once, before anything else */
  readonly #loads = new Map<string, string>();
  #body = "";
  #names = 0;
  #parts = 0;

  constructor(history: HistoryNames, constants: Constants) {
    this.#history = history;
    this.#constants = constants;
  }

  /** Everything written so far. */
  get text(): string {
    let head = "const a=s.args,q=s.request;";
    for (const [read, name] of this.#loads) head += `const ${name}=${read};`;
    return head + this.#body;
  }

  /** Adds statements, which may use what was written before. */
  add(text: string): void {
    this.#body += text;
  }

  /** The argument of this name, as the name of a variable. */
  argument(name: string): string {
    return this.#loaded(`a[${JSON.stringify(name)}]`);
  }

  /**
   * Writes a condition; gives the name of the variable that holds its answer, or `undefined`,
   * with nothing written, when it has parts that are not emitted.
   */
  condition(ast: Expr, plan: PolicyPlan): string | undefined {
    const before = this.#body;
    this.#plan = plan;
    this.#parts = 0;
    try {
      return this.#bool(ast);
    } catch (thrown) {
      if (!(thrown instanceof Unsupported)) throw thrown;
      this.#body = before;
      return undefined;
    }
  }

  #loaded(read: string): string {
    let name = this.#loads.get(read);
    if (name === undefined) {
      name = `f${this.#loads.size}`;
      this.#loads.set(read, name);
    }
    return name;
  }

  #loadOf(expr: Expr): Load | undefined {
    return this.#plan === undefined ? undefined : loadOf(expr, this.#plan);
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
      const load = this.#loadOf(expr);
      if (load === undefined) throw new Unsupported();
      if (load.direct !== undefined) {
        return this.#let(`${this.#loaded(load.direct)}===undefined?0:1`);
      }
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
    if (name === "from_only" && first !== undefined) return this.#fromOnly(first, second);
    if (name === "no_worse" && first !== undefined) return this.#noWorse(first, second);
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

  #logical(first: Expr, second: Expr, decisive: string): string {
    // Either side may decide alone, so what reads history is asked after what does not.
    const swaps = this.#readsHistory(first) && !this.#readsHistory(second);
    const [left, right] = swaps ? [second, first] : [first, second];
    const result = this.#bool(left);
    // What only closures can tell may be a spent limit, which nothing absorbs.
    this.#body += `if(${result}!==${decisive}&&${result}!==3){`;
    const other = this.#bool(right);
    this.#body += `${result}=${other}===${decisive}||${other}===3?${other}:`;
    this.#body += `${result}===2?2:${other};}`;
    return result;
  }

  #readsHistory(expr: Expr): boolean {
    const variable = this.#variableOf(expr);
    if (variable !== undefined) return this.#readsHistory(variable);
    if (expr.kind !== "call") return false;
    return historyReaders.has(expr.function) || expr.args.some((arg) => this.#readsHistory(arg));
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
    const plain = [left, right].some((part) => part.kind === "constant" && !isText(part));
    const long = plain ? "" : `${isLong(left.kind === "constant" ? b : a)}?3:`;
    // An object equals no constant; two objects are for the closures to compare.
    if (constant) return this.#let(`${error}${long}${same}`);
    const objects = `typeof ${a}==="object"&&typeof ${b}==="object"&&${a}!==null&&${b}!==null`;
    return this.#let(`${error}${long}${objects}?3:${same}`);
  }

  #member(item: Expr, holder: Expr): string {
    const value = this.#value(item);
    if (holder.kind === "list") {
      const items = holder.elements.map((element) => this.#constantOf(element.value));
      if (holder.elements.some(({ optional }) => optional)) throw new Unsupported();
      const error = `${value}===undefined?2:${isLong(value)}?3:`;
      if (items.length > 8) {
        const held = this.#constants.reference(new Set(items));
        return this.#let(`${error}${held}.has(${value})?1:0`);
      }
      const tests = items.map((one) => `${value}===${this.#literal(one)}`);
      const some = tests.length === 0 ? "false" : tests.join("||");
      return this.#let(`${error}${some}?1:0`);
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
    const number = this.#historyNumber(this.#history.events, event);
    const lengthMs = within === undefined ? -1 : this.#millisecondsOf(within);
    const kept = keptRead(this.#history.reads, { event: number, lengthMs });
    if (kept !== undefined) return this.#let(`${kept.lacks}?2:${kept.read}>0?1:0`);
    const length = this.#constants.number(lengthMs);
    return this.#let(`s.happened(${this.#constants.number(number)},${length})`);
  }

  #historyValue(name: "count" | "meter", asked: HistoryRead): string {
    const kept = keptRead(this.#history.reads, asked);
    if (kept !== undefined) return this.#let(`${kept.lacks}?undefined:${kept.read}`);
    const numbers = Object.values(asked).map((number) => this.#constants.number(number));
    return this.#let(`s.${name}(${numbers.join()})`);
  }

  /**
   * Whether charging a Meter passes a limit, as JavaScript: 0, or 2 since what then is said is
   * not said here, or 3.
   */
  passes(meter: number, amount: string, max: number): string {
    const most = this.#constants.number(max);
    const kept = keptRead(this.#history.reads, { meter });
    if (kept === undefined) return `s.exceeds(${meter},${amount},${most})`;
    return `(${kept.lacks}?3:${kept.read}+${amount}>${most}?2:0)`;
  }

  #fromOnly(value: Expr, labels: Expr | undefined): string {
    if (labels?.kind !== "list") throw new Unsupported();
    if (labels.elements.some(({ optional }) => optional)) throw new Unsupported();
    const list = labels.elements.map((element) => this.#textOf(element.value));
    const accepted = this.#constants.reference(this.#history.labelLists.of(list));
    return this.#let(`s.fromOnly(${this.#value(value)},${accepted})`);
  }

  /** `no_worse(origin(value), tier)`. */
  #noWorse(found: Expr, tier: Expr | undefined): string {
    const isOrigin = found.kind === "call" && found.function === "origin";
    const [value, ...more] = isOrigin && found.target === undefined ? found.args : [];
    if (value === undefined || more.length > 0 || tier === undefined) throw new Unsupported();
    const rank = originTiers.findIndex((each) => each === this.#textOf(tier));
    if (rank < 0) throw new Unsupported();
    return this.#let(`s.noWorse(${this.#value(value)},${this.#constants.number(rank)})`);
  }

  #historyNumber(numbers: ReadonlyMap<string, number>, name: Expr): number {
    const number = numbers.get(this.#textOf(name));
    if (number === undefined) throw new Unsupported();
    return number;
  }

  #literal(value: string | number | boolean | null): string {
    if (value === null) return "null";
    return typeof value === "number"
      ? this.#constants.number(value)
      : this.#constants.reference(value);
  }

  /** A value as JSON has it, as the name of a variable; `undefined` at run time is an error. */
  #value(expr: Expr): string {
    const variable = this.#variableOf(expr);
    if (variable !== undefined) return this.#value(variable);
    if (expr.kind === "constant") return this.#let(this.#literal(this.#constantOf(expr)));
    if (expr.kind === "call" && expr.target === undefined) {
      const [first, second] = expr.args;
      if (expr.function === "count" && first !== undefined && second !== undefined) {
        const event = this.#historyNumber(this.#history.events, first);
        return this.#historyValue("count", { event, lengthMs: this.#millisecondsOf(second) });
      }
      if (expr.function === "meter" && first !== undefined && second === undefined) {
        const meter = this.#historyNumber(this.#history.meters, first);
        return this.#historyValue("meter", { meter });
      }
    }
    const load = this.#loadOf(expr);
    if (load === undefined) throw new Unsupported();
    const { constant } = load;
    if (constant !== undefined) {
      if (typeof constant === "object") throw new Unsupported();
      return this.#let(this.#literal(constant));
    }
    if (load.direct !== undefined) return this.#loaded(load.direct);
    const held = this.#let(load.holder);
    return this.#let(`${held}===undefined?undefined:${load.read(held)}`);
  }

  /** The expression of `variables.NAME`, which is written in its place. */
  #variableOf(expr: Expr): Expr | undefined {
    if (expr.kind !== "select" || expr.optional || expr.operand.kind !== "ident") return undefined;
    if (expr.operand.name !== "variables") return undefined;
    const index = this.#plan?.variables.get(expr.field);
    const variable = index === undefined ? undefined : this.#plan?.policy.variables[index];
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

function isText(expr: Expr): boolean {
  return expr.kind === "constant" && expr.constant.type === "string";
}

/** What comparing a long text costs is for the closures to count. */
function isLong(value: string): string {
  return `typeof ${value}==="string"&&${value}.length>4096`;
}
