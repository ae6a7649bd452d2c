import type { LintSet, PlacedRule } from "./lint-set.ts";
import { PlainReader, plainlyImplies } from "./plain-condition.ts";
import type { PlainCondition } from "./plain-condition.ts";
import type { Questions } from "./question.ts";

/** The plain conditions of the rules of a set, each read once, for the first tool it can meet. */
export class PlainConditions {
  readonly #set: LintSet;
  readonly #questions: Questions;
  readonly #reader: PlainReader;
  readonly #known = new Map<PlacedRule, PlainCondition | undefined>();

  constructor(questions: Questions, set: LintSet) {
    this.#questions = questions;
    this.#set = set;
    this.#reader = new PlainReader(set.bundle);
  }

  /** Undefined where the solver must be asked: also where modify rules change what is read. */
  of(placed: PlacedRule): PlainCondition | undefined {
    if (this.#known.has(placed)) return this.#known.get(placed);
    const { tools, undescribed } = this.#set.tools.of(placed.policy.match);
    const [tool] = tools;
    const met = tool !== undefined || undescribed;
    const read = met ? this.#reader.read(placed, tool) : undefined;
    const asSent = read !== undefined && !this.#questions.rewrites(tool, read.keys());
    this.#known.set(placed, asSent ? read : undefined);
    return this.#known.get(placed);
  }

  /** True or false when that is plain; undefined when the solver must be asked. */
  implies(one: PlacedRule, other: PlacedRule): boolean | undefined {
    const [left, right] = [this.of(one), this.of(other)];
    return left === undefined || right === undefined ? undefined : plainlyImplies(left, right);
  }
}
