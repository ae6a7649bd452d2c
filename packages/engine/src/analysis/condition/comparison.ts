import type { ValueData } from "../../compiled/expression/standalone.ts";
import { bothNumbers, otherNumbers, wholeBetween } from "../domain/number-set.ts";
import type { NumberSet } from "../domain/number-set.ts";
import {
  absentSet,
  bothValues,
  falseSet,
  hasValue,
  listSet,
  mapSet,
  numberSet,
  numbersIn,
  only,
  otherValues,
  present,
  setOf,
  textsIn,
  trueSet,
} from "../domain/value-set.ts";
import type { ValueSet } from "../domain/value-set.ts";
import { all, any, atom } from "../formula/formula.ts";
import { sized } from "../text/language.ts";
import { eitherText, noText, otherTexts } from "../text/text-set.ts";
import type { TextSet } from "../text/text-set.ts";
import { opaqueText } from "./opaque.ts";
import { memberSlot, placeSlot, sizeSlot } from "./place.ts";
import type { Surroundings } from "./surroundings.ts";
import { holdsFor, intSet, numbersThat, scalarOf, scaledThat, test } from "./term.ts";
import type { Order, Term } from "./term.ts";
import { isError, isFalse, isTrue, negation } from "./three-way.ts";
import type { ThreeWay } from "./three-way.ts";

/** True where the value is in one set, false where it is in the rest of another, else an error. */
export function within(term: Term, wanted: ValueSet, allowed: ValueSet): ThreeWay {
  return {
    holds: test(term, bothValues(allowed, wanted)),
    fails: test(term, bothValues(allowed, otherValues(wanted))),
  };
}

const flipped: Readonly<Record<Order, Order>> = {
  "_==_": "_==_",
  "_!=_": "_!=_",
  "_<_": "_>_",
  "_<=_": "_>=_",
  "_>_": "_<_",
  "_>=_": "_<=_",
};

/** A comparison of two terms; `undefined` for what is not looked into. */
export function comparison(
  order: Order,
  left: Term,
  right: Term,
  surroundings: Surroundings,
): ThreeWay | undefined {
  if (left.kind === "absent" || right.kind === "absent") return isError;
  if (right.kind === "constant") return withConstant(order, left, right.data, surroundings);
  if (left.kind === "constant") return withConstant(flipped[order], right, left.data, surroundings);
  if (left.kind === "slot" && right.kind === "slot") return slots(order, left, right, surroundings);
  return undefined;
}

function withConstant(
  order: Order,
  term: Term,
  data: ValueData,
  surroundings: Surroundings,
): ThreeWay | undefined {
  if (data.type === "error") return isError;
  switch (term.kind) {
    case "absent":
      return isError;
    case "constant":
      return constants(order, term.data, data);
    case "slot":
      return slotWithConstant(order, term, data, surroundings);
    case "scaled":
      if (data.type !== "int") return undefined;
      return within(
        "otherwise" in term
          ? { kind: "slot", slot: term.slot, otherwise: term.otherwise }
          : slotTerm(term.slot),
        numbersIn(scaledThat(order, term, data.value)),
        intSet,
      );
    case "size": {
      const bound = scalarOf(data);
      return typeof bound === "number"
        ? sizeThat(numbersThat(order, bound), term.slot, surroundings)
        : undefined;
    }
    case "list":
    case "record": {
      const scalar = scalarOf(data);
      if (scalar === undefined) return undefined;
      if (order === "_==_") return isFalse;
      return order === "_!=_" ? isTrue : isError;
    }
  }
}

function slotTerm(slot: string): Term {
  return { kind: "slot", slot };
}

/** Two constants: only scalars, told apart as CEL does. */
function constants(order: Order, left: ValueData, right: ValueData): ThreeWay | undefined {
  const one = scalarOf(left);
  const other = scalarOf(right);
  if (one === undefined || other === undefined) return undefined;
  if (order === "_==_" || order === "_!=_") {
    return (one === other) === (order === "_==_") ? isTrue : isFalse;
  }
  if (typeof one !== "number" || typeof other !== "number") return undefined;
  return holdsFor(order, Math.sign(one - other)) ? isTrue : isFalse;
}

function slotWithConstant(
  order: Order,
  term: Extract<Term, { readonly kind: "slot" }>,
  data: ValueData,
  { table }: Surroundings,
): ThreeWay | undefined {
  const { meaning } = table.get(term.slot);
  const isNow = meaning.kind === "place" && meaning.path.length === 1 && meaning.path[0] === "now";
  if (isNow) {
    if (data.type !== "timestamp") return undefined;
    const moments = scaledThat(order, { factor: 1_000_000n, offset: 0n }, data.nanos);
    return within(term, numbersIn(moments), numberSet);
  }
  const scalar = scalarOf(data);
  if (scalar === undefined) return undefined;
  if (order === "_==_" || order === "_!=_") {
    const equal = within(term, only(scalar), present);
    return order === "_==_" ? equal : negation(equal);
  }
  if (typeof scalar !== "number") return undefined;
  return within(term, numbersIn(numbersThat(order, scalar)), numberSet);
}

/** Equality of what stands at two slots. Which values they have is settled when one is chosen. */
function slots(
  order: Order,
  left: Extract<Term, { readonly kind: "slot" }>,
  right: Extract<Term, { readonly kind: "slot" }>,
  { table }: Surroundings,
): ThreeWay | undefined {
  if (order !== "_==_" && order !== "_!=_") return undefined;
  if ("otherwise" in left || "otherwise" in right) return undefined;
  const [one = "", other = ""] = [left.slot, right.slot].sort();
  // WHY scalars: of lists and maps the slots say nothing but that they are some.
  const scalars: ValueSet = { ...present, list: false, map: false };
  if (one === other) return undefined;
  const same = table.declare({
    name: `same ${one} ${other}`,
    meaning: { kind: "same", one, other },
    universe: setOf({ true: true, false: true }),
  });
  const both = [atom(one, present), atom(other, present)];
  const differ = any([
    ...[
      [one, other],
      [other, one],
    ].map(([a = "", b = ""]) => all([atom(a, scalars), atom(b, otherValues(scalars))])),
    atom(same, falseSet),
  ]);
  const equal: ThreeWay = {
    holds: all([...both, atom(same, trueSet)]),
    fails: all([...both, differ]),
  };
  return order === "_==_" ? equal : negation(equal);
}

const lengths = wholeBetween(0, Number.MAX_VALUE);

/** When what stands at a slot has a length in a set; `undefined` where that is not looked into. */
function sizeThat(
  wanted: NumberSet,
  slot: string,
  surroundings: Surroundings,
): ThreeWay | undefined {
  const inside = bothNumbers(lengths, wanted);
  const outside = bothNumbers(lengths, otherNumbers(wanted));
  const texts = textsOfLength(inside, surroundings.table);
  if (texts === undefined) return undefined;
  const { table } = surroundings;
  // Only what can be a map has keys to count, and of those nothing is known.
  const keys = hasValue(table.get(slot).universe, {})
    ? opaqueText(`size(${slot}) of a map is in ${JSON.stringify(inside.whole)}`, surroundings)
    : isError;
  const size = sizeSlot(table, slot);
  return {
    holds: any([
      atom(slot, textsIn(texts)),
      all([atom(slot, listSet), atom(size, numbersIn(inside))]),
      all([atom(slot, mapSet), keys.holds]),
    ]),
    fails: any([
      atom(slot, textsIn(otherTexts(texts))),
      all([atom(slot, listSet), atom(size, numbersIn(outside))]),
      all([atom(slot, mapSet), keys.fails]),
    ]),
  };
}

function textsOfLength({ whole }: NumberSet, table: Surroundings["table"]): TextSet | undefined {
  let texts: TextSet | undefined = noText;
  for (const [low, high] of whole) {
    const most = high > 1e9 ? undefined : high;
    const automaton = table.language(`size ${low} ${most}`, () => sized(low, most));
    if (automaton === undefined || texts === undefined) return undefined;
    texts = eitherText(texts, { kind: "language", automaton });
  }
  return texts;
}

/** `item in holder`; `undefined` for what is not looked into. */
export function membership(
  item: Term,
  holder: Term,
  surroundings: Surroundings,
): ThreeWay | undefined {
  if (item.kind === "absent" || holder.kind === "absent") return isError;
  switch (holder.kind) {
    case "list":
      return inList(item, holder.items);
    case "record": {
      const name = item.kind === "constant" ? scalarOf(item.data) : undefined;
      if (typeof name !== "string") return undefined;
      return within(holder.fields.get(name) ?? { kind: "absent" }, present, otherValues(setOf({})));
    }
    case "slot":
      if ("otherwise" in holder || item.kind !== "constant") return undefined;
      return inSlot(item.data, holder, surroundings);
    case "constant":
      return constantHolder(item, holder.data);
    case "scaled":
    case "size":
      return undefined;
  }
}

function constantHolder(item: Term, data: ValueData): ThreeWay | undefined {
  if (data.type !== "list") return undefined;
  return inList(
    item,
    data.items.map((each) => ({ kind: "constant", data: each })),
  );
}

function inList(item: Term, items: readonly Term[]): ThreeWay | undefined {
  const set = scalarsOf(items);
  if (set === undefined || (item.kind !== "slot" && item.kind !== "constant")) return undefined;
  if (item.kind === "constant" && scalarOf(item.data) === undefined) return undefined;
  return within(item, set, present);
}

/** The set of constant scalars; `undefined` when one of the terms is none. */
function scalarsOf(items: readonly Term[]): ValueSet | undefined {
  const texts: string[] = [];
  let set: ValueSet = setOf({});
  for (const item of items) {
    const scalar = item.kind === "constant" ? scalarOf(item.data) : undefined;
    if (scalar === undefined) return undefined;
    if (typeof scalar === "string") texts.push(scalar);
    else set = otherValues(bothValues(otherValues(set), otherValues(only(scalar))));
  }
  return { ...set, texts: { kind: "some", texts: new Set(texts) } };
}

function inSlot(
  data: ValueData,
  holder: Extract<Term, { readonly kind: "slot" }>,
  surroundings: Surroundings,
): ThreeWay | undefined {
  const scalar = scalarOf(data);
  if (scalar === undefined || typeof scalar === "object") return undefined;
  const { table } = surroundings;
  const { universe, meaning } = table.get(holder.slot);
  const member = memberSlot(table, holder.slot, scalar);
  const inside = all([atom(holder.slot, listSet), atom(member, trueSet)]);
  const outside = all([atom(holder.slot, listSet), atom(member, falseSet)]);
  if (!hasValue(universe, {})) return { holds: inside, fails: outside };
  // A map holds what it has a key for; keys of JSON are texts.
  if (meaning.kind !== "place") return undefined;
  const child =
    typeof scalar === "string" ? placeSlot(surroundings, [...meaning.path, scalar]) : undefined;
  if (typeof scalar === "string" && child === undefined) return undefined;
  const key = child === undefined ? { kind: "absent" as const } : slotTerm(child);
  return {
    holds: any([inside, all([atom(holder.slot, mapSet), test(key, present)])]),
    fails: any([outside, all([atom(holder.slot, mapSet), test(key, absentSet)])]),
  };
}
