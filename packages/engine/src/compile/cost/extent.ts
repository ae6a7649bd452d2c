import { larger, measured } from "./measure.ts";
import type { Measure } from "./measure.ts";

/** How large a value can be, whatever type it turns out to have. */
export interface Extent {
  /** UTF-16 units or bytes, of a text or bytes */
  readonly text: Measure;
  /** elements or entries, of a list or map */
  readonly count: Measure;
  /** steps to walk through all of it, as comparing it takes */
  readonly deep: Measure;
  /** units of a key, of a map */
  readonly key: Measure;
  /** any element or value in it */
  readonly part: () => Extent;
  /** the value under a key; `part` where fields are not known apart */
  readonly field?: (name: string) => Extent;
  /** the texts it can be, where they are known */
  readonly texts?: readonly string[];
  /** the integer it is, where it is known */
  readonly whole?: number;
}

const nothing = measured(0);

/** A value without parts that is no text: a number, a bool, null, a time. */
export const scalar: Extent = {
  text: nothing,
  count: nothing,
  deep: measured(1),
  key: nothing,
  part: () => scalar,
};

/** A text of so many units. */
export function textOf(units: number): Extent {
  return { ...scalar, text: measured(units), deep: measured(1 + units / 256) };
}

/** A text whose value is one of these. */
export function constantText(texts: readonly string[]): Extent {
  return { ...textOf(Math.max(0, ...texts.map(({ length }) => length))), texts };
}

/** A value that is one or the other. */
export function either(a: Extent, b: Extent): Extent {
  if (a === b) return a;
  const texts = a.texts !== undefined && b.texts !== undefined ? [...a.texts, ...b.texts] : [];
  return {
    text: larger(a.text, b.text),
    count: larger(a.count, b.count),
    deep: larger(a.deep, b.deep),
    key: larger(a.key, b.key),
    part: () => either(a.part(), b.part()),
    ...(a.field === undefined && b.field === undefined
      ? {}
      : { field: (name) => either(fieldOf(a, name), fieldOf(b, name)) }),
    ...(texts.length === 0 ? {} : { texts }),
  };
}

/** The value under a key of a map. */
export function fieldOf(extent: Extent, name: string): Extent {
  return extent.field === undefined ? extent.part() : extent.field(name);
}
