import { fieldOf, scalar } from "./extent.ts";
import type { Extent } from "./extent.ts";
import { atMost, gathered, partOf } from "./loop-measure.ts";
import { larger } from "./measure.ts";
import type { Measure } from "./measure.ts";
import type { Loop } from "./place.ts";

/** What evaluation makes no value larger than: `sizeMax` of both engines. */
const madeMax = 16 * 1024 * 1024;

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
