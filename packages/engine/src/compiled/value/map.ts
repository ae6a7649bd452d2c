import { Failure } from "./failure.ts";
import { Boxed, Double, Uint, isList, isWhole, typeOf } from "./value.ts";
import type { ObjectMap, Value } from "./value.ts";

/** A key of a map: bool, int, uint or text. */
export type Key = boolean | number | bigint | string | Uint;

/** What a key is found by: equal whole numbers are one, whatever their types. */
type Slot = boolean | bigint | string;

/** A map in the order of its entries; equal numbers are one key, whatever their types. */
export class Entries extends Boxed {
  readonly type = "map";
  readonly #slots: ReadonlyMap<Slot, readonly [Key, Value]>;
  /** what looking for a key comes to that is not there, when that is an error of its own */
  readonly withheld: Failure | undefined;

  constructor(slots: ReadonlyMap<Slot, readonly [Key, Value]>, withheld?: Failure) {
    super();
    this.#slots = slots;
    this.withheld = withheld;
  }

  get size(): number {
    return this.#slots.size;
  }

  get(key: Value): Value | undefined {
    const slot = slotOf(key);
    return slot === undefined ? undefined : this.#slots.get(slot)?.[1];
  }

  /** The value under a text key. */
  field(name: string): Value | undefined {
    return this.#slots.get(name)?.[1];
  }

  list(): readonly (readonly [Key, Value])[] {
    return [...this.#slots.values()];
  }
}

/** A map, as JSON wrote it or as evaluation made it. */
export type AnyMap = Entries | ObjectMap;

/** Whether a value is a map. */
export function isMap(value: Value | undefined): value is AnyMap {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof Boxed) return value instanceof Entries;
  return !isList(value) && !(value instanceof Uint8Array);
}

/** The value under a key. */
export function valueUnder(map: AnyMap, key: Value): Value | undefined {
  if (map instanceof Entries) return map.get(key);
  return typeof key === "string" && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** The value under a text key. */
export function fieldOf(map: AnyMap, name: string): Value | undefined {
  if (map instanceof Entries) return map.field(name);
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** The error of whoever looks for what a map does not show; `undefined`: it shows all it has. */
export function withheldBy(map: AnyMap): Failure | undefined {
  return map instanceof Entries ? map.withheld : undefined;
}

export function sizeOfMap(map: AnyMap): number {
  return map instanceof Entries ? map.size : Object.keys(map).length;
}

/** The entries in order; a JSON object's are in the order of RFC 8785. */
export function entriesOf(map: AnyMap): readonly (readonly [Key, Value])[] {
  if (map instanceof Entries) return map.list();
  return Object.keys(map)
    .sort(byUnit)
    .map((key) => [key, map[key] ?? null] as const);
}

/** A map of text keys, of equal ones the last; fields that are `undefined` are left out. */
export function recordOf(
  fields: readonly (readonly [string, Value | undefined])[],
  withheld?: Failure,
): Entries {
  const slots = new Map<Slot, readonly [Key, Value]>();
  for (const [name, value] of fields) {
    if (value !== undefined) slots.set(name, [name, value]);
  }
  return new Entries(slots, withheld);
}

/** The map of these entries, or the error of a key that is there twice. */
export function mapFrom(entries: readonly (readonly [Key, Value])[]): Entries | Failure {
  const slots = new Map<Slot, readonly [Key, Value]>();
  for (const entry of entries) {
    const [key] = entry;
    const slot = slotOf(key) ?? "";
    if (slots.has(slot)) {
      const shown = key instanceof Uint ? key.value : key;
      return new Failure("duplicate_key", `the map has the key \`${shown}\` twice`);
    }
    slots.set(slot, entry);
  }
  return new Entries(slots);
}

/** Whether a value may be a key; a double never. */
export function isKey(value: Value): value is Key {
  if (typeof value === "number") return isWhole(value);
  return (
    typeof value === "boolean" ||
    typeof value === "bigint" ||
    typeof value === "string" ||
    value instanceof Uint
  );
}

/** The error of a value that cannot be a key. */
export function badKey(key: Value): Failure {
  return new Failure("unsupported_key", `a value of type \`${typeOf(key)}\` cannot be a map key`);
}

function slotOf(key: Value): Slot | undefined {
  if (typeof key === "number") return Number.isInteger(key) ? BigInt(key) : undefined;
  if (key instanceof Uint) return key.value;
  if (key instanceof Double) return BigInt(key.value);
  return typeof key === "string" || typeof key === "boolean" || typeof key === "bigint"
    ? key
    : undefined;
}

/** UTF-16 code unit order. */
export function byUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
