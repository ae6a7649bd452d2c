import { all, always, any, never, not } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";

/**
 * When an expression is true and when it is false; where it is neither, it is an error or no bool,
 * which are the same to a rule. Both never hold together.
 */
export interface ThreeWay {
  readonly holds: Formula;
  readonly fails: Formula;
}

export const isTrue: ThreeWay = { holds: always, fails: never };
export const isFalse: ThreeWay = { holds: never, fails: always };
export const isError: ThreeWay = { holds: never, fails: never };

/** When it is neither true nor false. */
export function errs({ holds, fails }: ThreeWay): Formula {
  return all([not(holds), not(fails)]);
}

/** `&&`: false if any is false, whatever the others are; true if all are; else an error. */
export function conjunction(parts: readonly ThreeWay[]): ThreeWay {
  return {
    holds: all(parts.map(({ holds }) => holds)),
    fails: any(parts.map(({ fails }) => fails)),
  };
}

/** `||`: true if any is true, whatever the others are; false if all are; else an error. */
export function disjunction(parts: readonly ThreeWay[]): ThreeWay {
  return {
    holds: any(parts.map(({ holds }) => holds)),
    fails: all(parts.map(({ fails }) => fails)),
  };
}

/** `!`. */
export function negation({ holds, fails }: ThreeWay): ThreeWay {
  return { holds: fails, fails: holds };
}

/** `a ? b : c`: an error of `a` is one of the whole. */
export function choice(condition: ThreeWay, whenTrue: ThreeWay, whenFalse: ThreeWay): ThreeWay {
  return {
    holds: any([all([condition.holds, whenTrue.holds]), all([condition.fails, whenFalse.holds])]),
    fails: any([all([condition.holds, whenTrue.fails]), all([condition.fails, whenFalse.fails])]),
  };
}

/** It is as it is where `given` holds, and an error elsewhere. */
export function where(given: Formula, { holds, fails }: ThreeWay): ThreeWay {
  return { holds: all([given, holds]), fails: all([given, fails]) };
}
