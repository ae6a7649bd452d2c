import { bothValues, hasValue, isNoValue, valuesOf } from "../domain/value-set.ts";
import type { Held, ValueSet } from "../domain/value-set.ts";
import { wholeFrom } from "../domain/number-set.ts";
import type { Formula } from "../formula/formula.ts";
import type { Slot, SlotTable } from "../formula/slot.ts";
import { chooseSums } from "./sum.ts";

/** A value for every slot: those that were chosen, and plain ones for all others. */
export interface Assignment {
  valueAt(slot: string): Held;
  /** the slots that were chosen for */
  readonly chosen: ReadonlyMap<string, Held>;
  /** the chosen sets, for whoever wants other values */
  readonly sets: ReadonlyMap<string, ValueSet>;
}

type Sets = ReadonlyMap<string, ValueSet>;

/**
 * Values from sets that fit together: lists hold what they must and are as long as they must be,
 * Events occur at least as often in a longer time, equal places have one value. `variant` asks for
 * other values of the same sets. `undefined` when no values fit: then no assignment has these sets.
 */
export function assign(table: SlotTable, sets: Sets, variant: number): Assignment | undefined {
  const chosen = new Map<string, Held>();
  const merged = mergedSets(table, sets);
  if (merged === undefined) return undefined;
  for (const [name, set] of merged.sets) {
    const { kind } = table.get(name).meaning;
    if (kind === "size" || kind === "count" || kind === "sum") continue;
    chosen.set(name, pick(set, variant, table.get(name)));
  }
  for (const [name, leader] of merged.leaders) chosen.set(name, chosen.get(leader));
  separate(table, sets, chosen);
  const setAt = (slot: string): ValueSet =>
    merged.sets.get(merged.leaders.get(slot) ?? slot) ?? table.get(slot).universe;
  if (!chooseSums(table, sets, chosen, setAt)) return undefined;
  if (!chooseSizes(table, sets, chosen)) return undefined;
  if (!chooseCounts(table, sets, chosen)) return undefined;
  return { chosen, sets, valueAt: (slot) => valueAt(table, chosen, slot) };
}

function pick(set: ValueSet, variant: number, slot: Slot): Held {
  if (variant === 0 && "plain" in slot && hasValue(set, slot.plain)) return slot.plain;
  // After the first few, values of different slots are mixed, each in its own way.
  const place = variant < 4 ? variant : Math.floor(variant / mixOf(slot.name)) % 5;
  const values = valuesOf(set, place + 1);
  return values[place % Math.max(1, values.length)];
}

function mixOf(name: string): number {
  let sum = 0;
  for (const character of name) sum += character.codePointAt(0) ?? 0;
  return 1 + (sum % 3);
}

/** Places that must be equal share one set: that of their leader. */
function mergedSets(
  table: SlotTable,
  sets: Sets,
): { readonly sets: Sets; readonly leaders: ReadonlyMap<string, string> } | undefined {
  const leaders = new Map<string, string>();
  const leaderOf = (name: string): string => {
    const next = leaders.get(name);
    return next === undefined ? name : leaderOf(next);
  };
  const merged = new Map(sets);
  for (const [name, set] of sets) {
    const { meaning } = table.get(name);
    if (meaning.kind !== "same" || set.false || !set.true) continue;
    const one = leaderOf(meaning.one);
    const other = leaderOf(meaning.other);
    if (one === other) continue;
    const both = bothValues(
      merged.get(one) ?? table.get(one).universe,
      merged.get(other) ?? table.get(other).universe,
    );
    if (isNoValue(both)) return undefined;
    merged.set(one, both);
    merged.delete(other);
    leaders.set(other, one);
  }
  const flat = new Map([...leaders.keys()].map((name) => [name, leaderOf(name)]));
  return { sets: merged, leaders: flat };
}

/** Gives places that must differ other values where their sets have any. */
function separate(table: SlotTable, sets: Sets, chosen: Map<string, Held>): void {
  for (const [name, set] of sets) {
    const { meaning } = table.get(name);
    if (meaning.kind !== "same" || set.true || !set.false) continue;
    const { one, other } = meaning;
    if (valueAt(table, chosen, one) !== valueAt(table, chosen, other)) continue;
    for (const place of [other, one]) {
      const options = valuesOf(sets.get(place) ?? table.get(place).universe, 3);
      const different = options.find((value) => value !== chosen.get(place));
      if (different === undefined) continue;
      chosen.set(place, different);
      break;
    }
  }
}

/** The items that a list must hold, by what was chosen. */
export function membersOf(
  table: SlotTable,
  chosen: ReadonlyMap<string, Held>,
  list: string,
): { readonly held: readonly Held[]; readonly barred: readonly Held[] } {
  const held: Held[] = [];
  const barred: Held[] = [];
  for (const [name, value] of chosen) {
    const { meaning } = table.get(name);
    if (meaning.kind !== "member" || meaning.list !== list) continue;
    (value === true ? held : barred).push(meaning.item);
  }
  return { held, barred };
}

function chooseSizes(table: SlotTable, sets: Sets, chosen: Map<string, Held>): boolean {
  const lists = new Set<string>();
  for (const name of sets.keys()) {
    const { meaning } = table.get(name);
    if (meaning.kind === "member" || meaning.kind === "size") lists.add(meaning.list);
  }
  for (const list of lists) {
    const { held, barred } = membersOf(table, chosen, list);
    const { items } = table.get(list);
    if (items !== undefined && held.some((item) => !hasValue(items, item))) return false;
    const name = `${list}#size`;
    const set = sets.get(name) ?? table.find(name)?.universe;
    if (set === undefined) continue;
    const size = wholeFrom(set.numbers, held.length);
    if (size === undefined) return false;
    const filler = held.length > 0 || size === 0 || fillerOf(items, barred) !== undefined;
    if (!filler) return false;
    chosen.set(name, size);
  }
  return true;
}

/** An item that may stand in a list and is none of those that may not. */
export function fillerOf(items: ValueSet | undefined, barred: readonly Held[]): Held {
  if (items === undefined) return ["x", "x1", "x2", "x3"].find((text) => !barred.includes(text));
  return valuesOf(items, barred.length + 2).find(
    (value) => value !== undefined && !barred.includes(value),
  );
}

function chooseCounts(table: SlotTable, sets: Sets, chosen: Map<string, Held>): boolean {
  const byEvent = new Map<string, { readonly name: string; readonly windowMs: number }[]>();
  for (const name of sets.keys()) {
    const { meaning } = table.get(name);
    if (meaning.kind !== "count") continue;
    const windows = byEvent.get(meaning.event) ?? [];
    windows.push({ name, windowMs: meaning.windowMs ?? Number.POSITIVE_INFINITY });
    byEvent.set(meaning.event, windows);
  }
  for (const windows of byEvent.values()) {
    let least = 0;
    for (const { name } of windows.toSorted((a, b) => a.windowMs - b.windowMs)) {
      const set = sets.get(name) ?? table.get(name).universe;
      const count = wholeFrom(set.numbers, least);
      if (count === undefined && set.absent) {
        chosen.set(name, undefined);
        continue;
      }
      if (count === undefined) return false;
      chosen.set(name, count);
      least = count;
    }
  }
  return true;
}

function valueAt(table: SlotTable, chosen: ReadonlyMap<string, Held>, slot: string): Held {
  const { parent, universe, meaning } = table.get(slot);
  if (parent !== undefined && !isMap(valueAt(table, chosen, parent))) return undefined;
  if (chosen.has(slot)) return chosen.get(slot);
  switch (meaning.kind) {
    case "member":
    case "same":
    case "since":
      return false;
    case "size":
      return wholeFrom(universe.numbers, membersOf(table, chosen, meaning.list).held.length);
    case "sum": {
      const [one, other] = [meaning.one, meaning.other].map((at) => valueAt(table, chosen, at));
      return typeof one === "number" && typeof other === "number" && one + other > meaning.beyond;
    }
    case "count":
      return countWithin(table, chosen, meaning.event, meaning.windowMs);
    case "meter":
      return 0;
    case "opaque":
    case "undeclared":
      return universe.false ? false : pick(universe, 0, table.get(slot));
    case "place":
      return pick(universe, 0, table.get(slot));
  }
}

/** Occurrences are as old as what was chosen lets them be, so that shorter times see none. */
function countWithin(
  table: SlotTable,
  chosen: ReadonlyMap<string, Held>,
  event: string,
  windowMs: number | undefined,
): number {
  let count = 0;
  for (const [name, value] of chosen) {
    const { meaning } = table.get(name);
    if (meaning.kind !== "count" || meaning.event !== event || typeof value !== "number") continue;
    const own = meaning.windowMs ?? Number.POSITIVE_INFINITY;
    if (own <= (windowMs ?? Number.POSITIVE_INFINITY)) count = Math.max(count, value);
  }
  return count;
}

function isMap(value: Held): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a formula holds under an assignment. */
export function holdsUnder(formula: Formula, assignment: Assignment): boolean {
  switch (formula.kind) {
    case "true":
      return true;
    case "false":
      return false;
    case "atom":
      return hasValue(formula.set, assignment.valueAt(formula.slot));
    case "all":
      return formula.parts.every((part) => holdsUnder(part, assignment));
    case "any":
      return formula.parts.some((part) => holdsUnder(part, assignment));
  }
}
