import type { CelError } from "./cel-error.ts";
import type { Duration, Timestamp } from "./time-value.ts";

/**
 * A CEL value (cel-spec, langdef.md, "Values"): `bigint` is int, `number` is double, `Uint8Array`
 * is bytes, an array is a list. Every value is immutable by contract; nothing here copies.
 */
export type Value =
  | null
  | boolean
  | bigint
  | Uint
  | number
  | string
  | Uint8Array
  | Timestamp
  | Duration
  | readonly Value[]
  | CelMap
  | TypeValue
  | Optional;

/** An unsigned 64-bit integer. **Contract:** `value` is within 0 and 2^64 - 1. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** A type as a value, by the name that `type()` and the type denotations give. */
export class TypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An optional value; `none` holds nothing. `null` inside is a value like any other. */
export class Optional {
  readonly value: Value | undefined;

  private constructor(value: Value | undefined) {
    this.value = value;
  }

  static of(value: Value): Optional {
    return new Optional(value);
  }

  static readonly none: Optional = new Optional(undefined);
}

/** A map key: bool, int, uint or string. */
export type MapKey = boolean | bigint | Uint | string;

/**
 * A map that keeps the order of its entries. Numeric keys are one key when they are equal as
 * numbers, whatever their types (cel-spec, langdef.md, "Maps").
 */
export class CelMap {
  readonly #entries: ReadonlyMap<string, readonly [MapKey, Value]>;
  /** the error of whoever looks for a key that is not there, in place of its being absent */
  readonly withheld: CelError | undefined;

  private constructor(
    entries: ReadonlyMap<string, readonly [MapKey, Value]>,
    withheld: CelError | undefined,
  ) {
    this.#entries = entries;
    this.withheld = withheld;
  }

  /** The map of these entries, or the first key that occurs twice. */
  static from(
    entries: Iterable<readonly [MapKey, Value]>,
  ): { readonly map: CelMap } | { readonly duplicate: MapKey } {
    const index = new Map<string, readonly [MapKey, Value]>();
    for (const entry of entries) {
      const slot = slotOf(entry[0]) ?? "";
      if (index.has(slot)) return { duplicate: entry[0] };
      index.set(slot, entry);
    }
    return { map: new CelMap(index, undefined) };
  }

  /** A map with string keys, in the order of `entries`; of equal keys the last stands. */
  static ofStrings(entries: Iterable<readonly [string, Value]>, withheld?: CelError): CelMap {
    const index = new Map<string, readonly [MapKey, Value]>();
    for (const [key, value] of entries) index.set(`s${key}`, [key, value]);
    return new CelMap(index, withheld);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value under a key equal to `key`; `undefined` when there is none, whatever its type. */
  get(key: Value): Value | undefined {
    const slot = slotOf(key);
    return slot === undefined ? undefined : this.#entries.get(slot)?.[1];
  }

  entries(): IterableIterator<readonly [MapKey, Value]> {
    return this.#entries.values();
  }

  keys(): MapKey[] {
    return Array.from(this.#entries.values(), ([key]) => key);
  }
}

/** One text per class of equal keys; a double is the key of the integer it equals, if any. */
function slotOf(key: Value): string | undefined {
  if (typeof key === "boolean") return key ? "true" : "false";
  if (typeof key === "string") return `s${key}`;
  if (typeof key === "bigint") return `n${key}`;
  if (typeof key === "number") return Number.isInteger(key) ? `n${BigInt(key)}` : undefined;
  return key instanceof Uint ? `n${key.value}` : undefined;
}

/** Whether a value may be a map key. Doubles may look one up but never be one. */
export function isMapKey(value: Value): value is MapKey {
  return (
    typeof value === "boolean" ||
    typeof value === "bigint" ||
    typeof value === "string" ||
    value instanceof Uint
  );
}
