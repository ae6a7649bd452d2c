import { either, fieldOf, scalar } from "./extent.ts";
import type { Extent } from "./extent.ts";
import { measured } from "./measure.ts";
import type { Measure } from "./measure.ts";
import { unitsMax, unknownJson, valuesMax } from "./request-extent.ts";

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
