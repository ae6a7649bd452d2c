import { RE2JS, RE2JSException } from "re2js";
import type { Extent } from "./extent.ts";
import { atMost } from "./loop-measure.ts";
import { plus } from "./measure.ts";
import type { Measure } from "./measure.ts";
import { productOf, sumOf } from "./place.ts";
import type { Place } from "./place.ts";

/** Steps that a call takes beside those of its arguments, over all visits of its place. */
type Charge = (args: readonly Extent[], place: Place) => number;

/** Steps pay for this many units of text, as both engines count. */
const unitsPerStep = 256;
/** The longest pattern that `matches` takes. */
const patternUnitsMax = 10_000;
/** How much larger than a pattern its program can get: repetition goes up to a thousand. */
const programFactor = 1_000;

const none: Extent = {
  text: { each: 0, total: 0, within: new Set() },
  count: { each: 0, total: 0, within: new Set() },
  deep: { each: 0, total: 0, within: new Set() },
  key: { each: 0, total: 0, within: new Set() },
  part: () => none,
};

const walk = (measure: Measure, place: Place): number => sumOf(measure, place) / unitsPerStep;

/** Two parts of text, one looked for in the other. */
function search(text: Measure, part: Measure, place: Place): number {
  return walk(text, place) + walk(part, place) + productOf(text, part, place) / 4_096;
}

function equality(a: Measure, b: Measure, place: Place): number {
  return Math.min(sumOf(a, place), sumOf(b, place));
}

/** Every element of one list is compared with every element of another. */
function pairs(a: Extent, b: Extent, place: Place): number {
  return Math.min(productOf(a.count, b.deep, place), productOf(a.deep, b.count, place));
}

const ofText: Charge = ([text = none], place) => walk(text.text, place);
const twoTexts: Charge = ([a = none, b = none], place) => walk(plus(a.text, b.text), place);
const compared: Charge = ([a = none, b = none], place) => equality(a.deep, b.deep, place);
const ordered: Charge = ([a = none], place) => walk(a.text, place);
const twoLists: Charge = ([a = none, b = none], place) => pairs(a, b, place);
const counted: Charge = (args, place) =>
  args.reduce((sum, { count }) => sum + sumOf(count, place), 0);

const charges: ReadonlyMap<string, Charge> = new Map<string, Charge>([
  ["_==_", compared],
  ["_!=_", compared],
  ...["_<_", "_<=_", "_>_", "_>=_"].map((name) => [name, ordered] as const),
  [
    "@in",
    ([item = none, holder = none], place) =>
      Math.min(sumOf(holder.deep, place), productOf(holder.count, item.deep, place)),
  ],
  [
    "_+_",
    ([a = none, b = none], place) =>
      walk(plus(a.text, b.text), place) + sumOf(plus(a.count, b.count), place) / 16,
  ],
  ...["size", "charAt", "lowerAscii", "upperAscii", "substring", "trim", "strings.quote"].map(
    (name) => [name, ofText] as const,
  ),
  ...["string", "bytes", "int", "uint", "double", "bool", "timestamp", "duration"].map(
    (name) => [name, ofText] as const,
  ),
  ...["startsWith", "endsWith"].map((name) => [name, twoTexts] as const),
  ["plain_text", ([text = none], place) => 4 * walk(text.text, place)],
  ...["under", "domain", "in_net"].map((name) => [name, twoTexts] as const),
  ...["base64.encode", "base64.decode"].map(
    (name) =>
      [
        name,
        ([data = none]: readonly Extent[], place: Place) => 2 * walk(data.text, place),
      ] as const,
  ),
  ...["contains", "split", "replace"].map(
    (name) =>
      [
        name,
        ([text = none, part = none, put = none]: readonly Extent[], place: Place) =>
          2 * search(text.text, part.text, place) +
          productOf(text.text, put.text, place) / unitsPerStep,
      ] as const,
  ),
  ...["indexOf", "lastIndexOf"].map(
    (name) =>
      [
        name,
        ([text = none, part = none]: readonly Extent[], place: Place) =>
          16 * search(text.text, part.text, place),
      ] as const,
  ),
  ["matches", matching],
  [
    "glob",
    ([pattern = none, text = none], place) =>
      (productOf(pattern.text, text.text, place) + sumOf(plus(pattern.text, text.text), place)) /
      unitsPerStep,
  ],
  ["reverse", ([value = none], place) => walk(value.text, place) + sumOf(value.count, place) / 16],
  ["join", ([list = none], place) => sumOf(list.deep, place)],
  ["sort", ([list = none], place) => 17 * sumOf(list.count, place)],
  ["distinct", ([list = none], place) => pairs(list, list, place)],
  ["slice", ([list = none], place) => sumOf(list.count, place) / 16],
  ["lists.range", ([count = none], place) => place.visits * rangeOf(count)],
  ...["sets.contains", "sets.intersects", "overlap"].map((name) => [name, twoLists] as const),
  ["sets.equivalent", (args, place) => 2 * twoLists(args, place)],
  ...["math.greatest", "math.least", "min", "max"].map((name) => [name, counted] as const),
  ...["_&&_", "_||_", "!_", "_?_:_", "_[_]", "_[?_]", "dyn", "type", "hasValue", "value"].map(
    (name) => [name, () => 0] as const,
  ),
  ...["or", "orValue", "optional.none", "optional.of"].map((name) => [name, () => 0] as const),
  ...["happened", "count", "since", "meter", "at_least", "in_window", "names_act"].map(
    (name) => [name, () => 0] as const,
  ),
]);

/**
 * What a call takes beside its arguments, the receiver being the first; never less than what
 * evaluation pays. A function not listed is taken to walk twice through all that it is given.
 */
export function chargeOf(name: string, args: readonly Extent[], place: Place): number {
  const charge = charges.get(name);
  if (charge !== undefined) return charge(args, place);
  return args.reduce((sum, { deep }) => sum + 2 * sumOf(deep, place), 0);
}

/** Functions that can take more than a pass through what they are given, by the last of their name. */
export const costly: ReadonlySet<string> = new Set(
  `contains split replace indexOf lastIndexOf matches glob distinct range intersects equivalent
  overlap`.split(/\s+/u),
);

/** The most elements `lists.range` makes: a step is paid for each before any is made. */
export function rangeOf({ whole }: Extent): number {
  return whole === undefined ? 1_000_000 : Math.max(0, Math.min(whole, 1_000_000));
}

function matching([text = none, pattern = none]: readonly Extent[], place: Place): number {
  const written = atMost(pattern.text, patternUnitsMax);
  const sizes = pattern.texts?.map((each) => programSize(each));
  const program = sizes === undefined ? written.each * programFactor : Math.max(0, ...sizes);
  return sumOf(written, place) + walk(text.text, place) + (sumOf(text.text, place) * program) / 64;
}

/** Instructions of a pattern; of one that is none, which fails before it is run, 0. */
function programSize(pattern: string): number {
  try {
    return RE2JS.compile(pattern).programSize();
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    return 0;
  }
}
