import type { RuleTable } from "../rule/rule-table.ts";
import type { ShapeTable } from "../shape/shape-table.ts";

/** Where nothing is written: a list without rules. */
export const noRules = 0;

/** Numbers of the head of a list: how many narrow, how many allow, whether one rewrites. */
export const headLength = 3;
/**
 * Numbers of a rule: itself, its flags, its shape, where the shape's constants are, and one more
 * than the number of the decision that it makes alone, 0 while there is none.
 */
export const ruleLength = 6;
/** Flags of a rule: parts of its match are still to be checked; it has a limit. */
export const unsettledFlag = 1;
export const limitedFlag = 2;

/** Numbers written at most; one more and all lists are written anew. */
const numbersMax = 16_000_000;

/** Rules to be written as one list. */
export interface RuleList {
  readonly narrow: readonly number[];
  readonly allow: readonly number[];
  readonly rewrites: boolean;
}

/**
 * Lists of rules as numbers one after the other, so that all that is asked of a rule lies
 * together. Lists are written when first needed, and forgotten all at once when there are too
 * many: then `generation` changes.
 */
export class RuleCode {
  readonly #table: RuleTable;
  readonly #shapes: ShapeTable;
  numbers = new Int32Array(1_024);
  #length = headLength;
  #generation = 0;

  constructor(table: RuleTable, shapes: ShapeTable) {
    this.#table = table;
    this.#shapes = shapes;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Writes a list; gives where it begins, `noRules` for one without rules. */
  write({ narrow, allow, rewrites }: RuleList): number {
    const count = narrow.length + allow.length;
    if (count === 0 && !rewrites) return noRules;
    this.#reserve(headLength + count * ruleLength);
    const start = this.#length;
    this.#push(narrow.length);
    this.#push(allow.length);
    this.#push(rewrites ? 1 : 0);
    for (const rule of [...narrow, ...allow]) this.#pushRule(rule);
    return start;
  }

  #pushRule(rule: number): void {
    const unsettled = this.#table.unsettled[rule] === 0 ? 0 : unsettledFlag;
    const limited = this.#table.limited[rule] === 1 ? limitedFlag : 0;
    this.#push(rule);
    this.#push(unsettled | limited);
    for (const number of this.#shapes.codeOf(rule)) this.#push(number);
    this.#push(0);
  }

  #push(number: number): void {
    this.numbers[this.#length] = number;
    this.#length += 1;
  }

  #reserve(more: number): void {
    if (this.#length + more > numbersMax) {
      this.#length = headLength;
      this.#generation += 1;
    }
    if (this.#length + more <= this.numbers.length) return;
    const grown = new Int32Array(Math.max(this.numbers.length * 2, this.#length + more));
    grown.set(this.numbers);
    this.numbers = grown;
  }
}
