import { rangeOf } from "./call-charge.ts";
import { listExtent } from "./collection-extent.ts";
import { constantText, either, fieldOf, scalar, textOf } from "./extent.ts";
import type { Extent } from "./extent.ts";
import { madeText } from "./made-extent.ts";
import { plus, scaled } from "./measure.ts";
import type { Measure } from "./measure.ts";
import { outermost, productOf } from "./place.ts";

type Result = (args: readonly Extent[]) => Extent;

/** The longest text of a number, a time or another value without parts. */
const plainUnits = 64;

const sameText: Result = ([text = scalar]) => madeText(text.text);
const same: Result = ([value = scalar]) => value;
const any: Result = (args) => args.reduce((a, b) => either(a, b), scalar);

/** All the text that a value can be written as. */
function written({ deep }: Extent): Measure {
  return scaled(deep, 256);
}

const results: ReadonlyMap<string, Result> = new Map<string, Result>([
  ["_?_:_", ([, yes = scalar, no = scalar]) => either(yes, no)],
  ["_[_]", indexed],
  ["_[?_]", indexed],
  ["_+_", added],
  ...["lowerAscii", "upperAscii", "trim", "substring", "charAt"].map(
    (name) => [name, sameText] as const,
  ),
  ...["bytes", "base64.decode"].map((name) => [name, sameText] as const),
  ["string", ([value = scalar]) => either(madeText(value.text), textOf(plainUnits))],
  ["strings.quote", doubled],
  ["base64.encode", doubled],
  ["replace", replaced],
  ["split", ([text = scalar]) => splitOf(text)],
  ["join", ([list = scalar, by = scalar]) => joined(list, by)],
  [
    "format",
    ([text = scalar, list = scalar]) => madeText(plus(text.text, scaled(written(list), 2))),
  ],
  ["reverse", reversed],
  ...["dyn", "slice", "sort", "distinct", "value", "optional.of", "optional.ofNonZeroValue"].map(
    (name) => [name, same] as const,
  ),
  ...["or", "orValue"].map((name) => [name, any] as const),
  [
    "flatten",
    ([list = scalar]) => ({
      ...list,
      count: list.deep,
      part: () => either(list.part(), list.part().part()),
    }),
  ],
  ["lists.range", ([count = scalar]) => listExtent(rangeOf(count), scalar)],
  ["type", () => scalar],
]);

/** How large the result of a call can be, the receiver being its first argument. */
export function resultOf(name: string, args: readonly Extent[]): Extent {
  return results.get(name)?.(args) ?? small;
}

/** What history, origins and tests give: a number, a bool, or a few short texts. */
const shortText = constantlyShort();
const small: Extent = {
  ...textOf(plainUnits * 64),
  count: listExtent(plainUnits, scalar).count,
  part: () => shortText,
};

function constantlyShort(): Extent {
  return textOf(plainUnits * 64);
}

function indexed([holder = scalar, key = scalar]: readonly Extent[]): Extent {
  const [name, ...more] = key.texts ?? [];
  return name === undefined || more.length > 0 ? holder.part() : fieldOf(holder, name);
}

function added([a = scalar, b = scalar]: readonly Extent[]): Extent {
  const [left] = a.texts ?? [];
  const [right] = b.texts ?? [];
  const known = a.texts?.length === 1 && b.texts?.length === 1;
  if (known && left !== undefined && right !== undefined) return constantText([left + right]);
  return {
    ...madeText(plus(a.text, b.text)),
    count: plus(a.count, b.count),
    deep: plus(a.deep, b.deep),
    part: () => either(a.part(), b.part()),
  };
}

function doubled([data = scalar]: readonly Extent[]): Extent {
  return madeText(plus(scaled(data.text, 2), textOf(plainUnits).text));
}

function reversed([value = scalar]: readonly Extent[]): Extent {
  return {
    ...value,
    ...madeText(value.text),
    count: value.count,
    deep: value.deep,
    part: value.part,
  };
}

/** A text of which every character may have been replaced. */
function replaced([text = scalar, , put = scalar]: readonly Extent[]): Extent {
  const grown = plus(scaled(text.text, 1 + put.text.each), put.text);
  return productOf(text.text, put.text, outermost) === 0 ? sameText([text]) : madeText(grown);
}

function splitOf(text: Extent): Extent {
  return {
    ...scalar,
    count: plus(text.text, textOf(1).text),
    deep: plus(scaled(text.text, 2), textOf(2).text),
    part: () => madeText(text.text),
  };
}

function joined(list: Extent, by: Extent): Extent {
  return madeText(plus(written(list), scaled(list.count, by.text.each)));
}
