import { atMost, gathered, larger, measured, partOf } from "./measure.ts";
import type { Loop, Measure } from "./measure.ts";

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

/** What a request, an answer or a fact holds at most: the limits of the JSON reader. */
const unitsMax = 16 * 1024 * 1024;
const valuesMax = 100_000;
/** What evaluation makes no value larger than: `sizeMax` of both engines. */
const madeMax = 16 * 1024 * 1024;

const nothing = measured(0);

/** A value without parts that is no text: a number, a bool, null, a time. */
export const scalar: Extent = {
  text: nothing,
  count: nothing,
  deep: measured(1),
  key: nothing,
  part: () => scalar,
};

/** Any JSON value of a request: as large as the request may be, parts and all. */
export const unknownJson: Extent = {
  text: measured(unitsMax),
  count: measured(valuesMax),
  deep: measured(valuesMax + unitsMax / 256),
  key: measured(unitsMax),
  part: () => unknownJson,
};

/** The most entries that any one list of a fact has. */
const factEntriesMax = 1_000;

/** Any part of what is computed from annotated arguments: no larger than a request in all. */
export const factExtent: Extent = {
  ...unknownJson,
  count: measured(factEntriesMax, valuesMax),
  part: () => factExtent,
};

/** An entry of `urls`: its host is a name or an address, which have a length. */
const urlFact: Extent = {
  ...factExtent,
  field: (name) => (name === "host" || name === "scheme" ? hostText : factExtent),
};
const hostText: Extent = {
  ...scalar,
  text: measured(256, unitsMax),
  deep: measured(2, unknownJson.deep.total),
};

/** The fact `urls`. */
export const urlsExtent: Extent = { ...factExtent, part: () => urlFact };

/** A text of so many units. */
export function textOf(units: number): Extent {
  return { ...scalar, text: measured(units), deep: measured(1 + units / 256) };
}

/** A text whose value is one of these. */
export function constantText(texts: readonly string[]): Extent {
  return { ...textOf(Math.max(0, ...texts.map(({ length }) => length))), texts };
}

/** A list of at most so many of `part`, which have no more than `unitsTotal` of text together. */
export function listExtent(count: number, part: Extent, unitsTotal: number = unitsMax): Extent {
  const parts = together(part, count, unitsTotal);
  return {
    ...scalar,
    count: measured(count),
    deep: measured(1 + Math.min(count * (part.deep.each + 1), parts.deep.total)),
    part: () => parts,
  };
}

/** One of so many values of this size: what all of them have in all is their total. */
function together(extent: Extent, count: number, unitsTotal: number): Extent {
  const of = (measure: Measure, most: number): Measure =>
    measured(measure.each, Math.min(measure.total * count, most));
  return {
    ...extent,
    text: of(extent.text, unitsTotal),
    count: of(extent.count, valuesMax),
    deep: of(extent.deep, valuesMax + unitsTotal / 256),
    key: of(extent.key, unitsTotal),
    part: () => together(extent.part(), count, unitsTotal),
    ...(extent.field === undefined
      ? {}
      : { field: (name) => together(fieldOf(extent, name), count, unitsTotal) }),
  };
}

/** A map with known fields, and perhaps others of which there can be so many. */
export function recordExtent(
  fields: ReadonlyMap<string, Extent>,
  rest?: { readonly count: number; readonly part: Extent },
): Extent {
  const all = [...fields.values(), ...(rest === undefined ? [] : [rest.part])];
  const count = fields.size + (rest?.count ?? 0);
  const part = together(
    all.reduce((a, b) => either(a, b), scalar),
    count,
    unitsMax,
  );
  const deep = [...fields.values()].reduce((sum, each) => sum + each.deep.each + 1, 1);
  const others = rest === undefined ? 0 : rest.count * (rest.part.deep.each + 1);
  return {
    ...scalar,
    count: measured(count),
    deep: measured(Math.min(deep + others, unknownJson.deep.each)),
    key: measured(rest === undefined ? 256 : unitsMax),
    part: () => part,
    field: (name) => fields.get(name) ?? rest?.part ?? scalar,
  };
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

export function fieldOf(extent: Extent, name: string): Extent {
  return extent.field === undefined ? extent.part() : extent.field(name);
}

/** What the variable of a loop holds that looks at parts of this size, another in each round. */
export function looped(extent: Extent, loop: Loop): Extent {
  return {
    ...extent,
    text: partOf(extent.text, loop),
    count: partOf(extent.count, loop),
    deep: partOf(extent.deep, loop),
    key: partOf(extent.key, loop),
    part: () => looped(extent.part(), loop),
    ...(extent.field === undefined ? {} : { field: (name) => looped(fieldOf(extent, name), loop) }),
  };
}

/** What the rounds of a loop over a value give, in a list or map; its keys are old or given too. */
export function collected(operand: Extent, part: Extent, loop: Loop): Extent {
  const { count } = operand;
  const parts: Extent = {
    ...part,
    text: gathered(part.text, loop),
    count: gathered(part.count, loop),
    deep: gathered(part.deep, loop),
    key: gathered(part.key, loop),
  };
  const most = Math.min(count.each * (part.deep.each + 1), parts.deep.total + count.each);
  return {
    ...scalar,
    count,
    deep: { ...parts.deep, each: most, total: Math.max(most, parts.deep.total) },
    key: larger(operand.key, parts.text),
    part: () => parts,
  };
}

/** A value that evaluation makes, no larger than evaluation makes any. */
export function madeText(units: Measure): Extent {
  const text = atMost(units, madeMax);
  return {
    ...scalar,
    text,
    deep: { ...text, each: 1 + text.each / 256, total: 1 + text.total / 256 },
  };
}

/** The value when a test before it has shown that `size()` of it is at most `most`. */
export function limited(extent: Extent, most: number): Extent {
  const part = extent.part();
  const steps = 1 + most * (1 + part.deep.each);
  return {
    ...extent,
    // `size` of a text counts code points, of which one can take two units.
    text: atMost(extent.text, 2 * most),
    count: atMost(extent.count, most),
    deep: atMost(extent.deep, steps),
  };
}
