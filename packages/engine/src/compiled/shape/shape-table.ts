import type { QuickAction } from "../quick/action.ts";
import { limitOf } from "../decision/judge.ts";
import type { RuleList } from "../rule/rule-list.ts";
import { Emitter } from "./emitter.ts";
import type { Constants, HistoryNames } from "./emitter.ts";
import { functionOf } from "./generated.ts";

/** A condition as generated code; gives one of the four answers. */
export type Shape = (
  s: QuickAction,
  numbers: Float64Array,
  n: number,
  references: readonly unknown[],
  r: number,
) => number;

/** Instead of a shape: the rule is one for closures, has no condition. */
const byClosures = -1;
const always = -2;

/** A shape, and where the constants of a rule begin among the numbers and the references. */
type ShapeCode = readonly [shape: number, number: number, reference: number];

/**
 * The conditions of rules as few functions: those that differ only in constants share one, and
 * each rule has its constants in two pools. A rule gets its shape when it is first asked.
 */
export class ShapeTable {
  readonly #rules: RuleList;
  readonly #history: HistoryNames;
  readonly #generates: boolean;
  readonly #known = new Map<string, number>();
  readonly #shapes: Shape[] = [];
  /** by rule, of those that somebody has asked for */
  readonly #codes = new Map<number, ShapeCode>();
  #numbers = new Float64Array(256);
  #numberCount = 0;
  readonly #references: unknown[] = [];
  /** one object for each text, so that what rules compare with lies together */
  readonly #texts = new Map<unknown, unknown>();

  constructor(rules: RuleList, history: HistoryNames, generates: boolean) {
    this.#rules = rules;
    this.#history = history;
    this.#generates = generates;
  }

  /** A rule's shape and where its constants are, for `judge`. */
  codeOf(rule: number): ShapeCode {
    const known = this.#codes.get(rule);
    if (known !== undefined) return known;
    // Its constants come where the pools end now.
    const [number, reference] = [this.#numberCount, this.#references.length];
    const code: ShapeCode = [this.#shapeOf(rule), number, reference];
    this.#codes.set(rule, code);
    return code;
  }

  /**
   * Whether a rule with this code holds: one of the four answers.
   * **Contract:** the guards have run.
   */
  judge(shape: number, number: number, reference: number, action: QuickAction): number {
    const judge = shape < 0 ? undefined : this.#shapes[shape];
    if (judge === undefined) return shape === always ? 1 : 3;
    return judge(action, this.#numbers, number, this.#references, reference);
  }

  #shapeOf(index: number): number {
    const plan = this.#rules.at(index);
    if (plan === undefined) return byClosures;
    const { when } = plan.rule;
    const limit = limitOf(plan.rule);
    if (when === undefined && limit === undefined) return always;
    const meter = limit === undefined ? undefined : this.#history.meters.get(limit.meter);
    if (!this.#generates || (limit !== undefined && meter === undefined)) return byClosures;
    const numbers: number[] = [];
    const references: unknown[] = [];
    const constants: Constants = {
      number: (value) => `N[n+${numbers.push(value) - 1}]`,
      reference: (value) => `R[r+${references.push(value) - 1}]`,
    };
    const emitter = new Emitter(this.#history, constants);
    const answer = when === undefined ? "1" : emitter.condition(when.ast, plan.plan);
    if (answer === undefined) return byClosures;
    let result = answer;
    if (limit !== undefined && meter !== undefined) {
      const passes = emitter.passes(meter, `s.charge(${meter})`, limit.max);
      result = `${answer}===1?${passes}:${answer}`;
    }
    for (const number of numbers) this.#keep(number);
    for (const reference of references) this.#references.push(this.#shared(reference));
    return this.#made(`${emitter.text}return ${result};`);
  }

  #shared(reference: unknown): unknown {
    if (typeof reference !== "string") return reference;
    const known = this.#texts.get(reference);
    if (known !== undefined) return known;
    this.#texts.set(reference, reference);
    return reference;
  }

  #keep(number: number): void {
    if (this.#numberCount === this.#numbers.length) {
      const grown = new Float64Array(this.#numbers.length * 2);
      grown.set(this.#numbers);
      this.#numbers = grown;
    }
    this.#numbers[this.#numberCount] = number;
    this.#numberCount += 1;
  }

  #made(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const shape = this.#shapes.push(functionOf(["s", "N", "n", "R", "r"], text) as Shape) - 1;
    this.#known.set(text, shape);
    return shape;
  }
}
