import type { Json } from "@holdfast/model";
import {
  anyNumber,
  bothNumbers,
  eitherNumber,
  hasNumber,
  isNoNumber,
  noNumber,
  numbersBetween,
  numbersOf,
  otherNumbers,
  rangesWithin,
} from "./number-set.ts";
import type { NumberSet } from "./number-set.ts";
import {
  anyText,
  bothTexts,
  eitherText,
  hasText,
  isNoText,
  noText,
  otherTexts,
  someTexts,
  textsOf,
} from "../text/text-set.ts";
import type { TextSet } from "../text/text-set.ts";

/** The parts of a value set that are there or not. */
const flags = ["absent", "null", "true", "false", "list", "map"] as const;
type Flag = (typeof flags)[number];

/**
 * A set of what can stand at one place: nothing at all (`absent`, which is an error to read), or
 * a JSON value, its texts and numbers told apart, of lists and maps only that they are some.
 */
export interface ValueSet extends Readonly<Record<Flag, boolean>> {
  readonly numbers: NumberSet;
  readonly texts: TextSet;
}

/** What a place holds: a JSON value, or `undefined` when it is absent. */
export type Held = Json | undefined;

const nothing: ValueSet = {
  absent: false,
  null: false,
  true: false,
  false: false,
  list: false,
  map: false,
  numbers: noNumber,
  texts: noText,
};

/** A set with these parts and nothing else. */
export function setOf(parts: Partial<ValueSet>): ValueSet {
  return { ...nothing, ...parts };
}

export const absentSet = setOf({ absent: true });
export const listSet = setOf({ list: true });
export const mapSet = setOf({ map: true });
export const trueSet = setOf({ true: true });
export const falseSet = setOf({ false: true });
export const numberSet = setOf({ numbers: anyNumber });
export const textSet = setOf({ texts: anyText });
export const everything: ValueSet = otherValues(nothing);
export const present: ValueSet = otherValues(absentSet);

/** The texts of a set of texts, the numbers of a set of numbers. */
export function textsIn(texts: TextSet): ValueSet {
  return setOf({ texts });
}
export function numbersIn(numbers: NumberSet): ValueSet {
  return setOf({ numbers });
}

/** The one scalar value; a list or a map as all of their kind. */
export function only(value: Held): ValueSet {
  if (value === undefined) return absentSet;
  if (value === null) return setOf({ null: true });
  if (typeof value === "boolean") return value ? trueSet : falseSet;
  if (typeof value === "number") return numbersIn(numbersBetween(value, value));
  if (typeof value === "string") return textsIn(someTexts([value]));
  return Array.isArray(value) ? listSet : mapSet;
}

export function otherValues(set: ValueSet): ValueSet {
  return {
    absent: !set.absent,
    null: !set.null,
    true: !set.true,
    false: !set.false,
    list: !set.list,
    map: !set.map,
    numbers: otherNumbers(set.numbers),
    texts: otherTexts(set.texts),
  };
}

/**
 * The values in both sets. Where their texts are too hard to meet, those of the first: never too
 * few, so that what is found empty is empty.
 */
export function bothValues(one: ValueSet, other: ValueSet): ValueSet {
  return {
    absent: one.absent && other.absent,
    null: one.null && other.null,
    true: one.true && other.true,
    false: one.false && other.false,
    list: one.list && other.list,
    map: one.map && other.map,
    numbers: bothNumbers(one.numbers, other.numbers),
    texts: bothTexts(one.texts, other.texts) ?? one.texts,
  };
}

/** The values in either set; `undefined` when their texts are too hard. */
export function eitherValue(one: ValueSet, other: ValueSet): ValueSet | undefined {
  const texts = eitherText(one.texts, other.texts);
  if (texts === undefined) return undefined;
  return {
    absent: one.absent || other.absent,
    null: one.null || other.null,
    true: one.true || other.true,
    false: one.false || other.false,
    list: one.list || other.list,
    map: one.map || other.map,
    numbers: eitherNumber(one.numbers, other.numbers),
    texts,
  };
}

export function isNoValue(set: ValueSet): boolean {
  return !flags.some((flag) => set[flag]) && isNoNumber(set.numbers) && isNoText(set.texts);
}

/** Whether a value is in the set. */
export function hasValue(set: ValueSet, value: Held): boolean {
  if (value === undefined) return set.absent;
  if (value === null) return set.null;
  if (typeof value === "boolean") return value ? set.true : set.false;
  if (typeof value === "number") return hasNumber(set.numbers, value);
  if (typeof value === "string") return hasText(set.texts, value);
  return Array.isArray(value) ? set.list : set.map;
}

/** Whether every value of `one` is in `other`; false also when that is too hard to say. */
export function isWithin(one: ValueSet, other: ValueSet): boolean {
  if (flags.some((flag) => one[flag] && !other[flag])) return false;
  if (one.numbers !== other.numbers && !isNoNumber(one.numbers)) {
    const within =
      rangesWithin(one.numbers, other.numbers) ||
      isNoNumber(bothNumbers(one.numbers, otherNumbers(other.numbers)));
    if (!within) return false;
  }
  if (one.texts === other.texts) return true;
  const outside = bothTexts(one.texts, otherTexts(other.texts));
  return outside !== undefined && isNoText(outside);
}

/** Up to `wanted` values of the set, plain ones first, of every kind it has; always the same. */
export function valuesOf(set: ValueSet, wanted: number): readonly Held[] {
  const texts = textsOf(set.texts, wanted);
  const numbers = numbersOf(set.numbers, wanted);
  const kinds: (readonly Held[])[] = [
    set.absent ? [undefined] : [],
    texts.length > 0 ? texts : [],
    numbers,
    set.true ? [true] : [],
    set.false ? [false] : [],
    set.list ? [[]] : [],
    set.map ? [{}] : [],
    set.null ? [null] : [],
  ];
  const found: Held[] = [];
  for (let round = 0; found.length < wanted && round < wanted; round += 1) {
    for (const kind of kinds) if (round < kind.length) found.push(kind[round]);
  }
  return found.slice(0, wanted);
}
