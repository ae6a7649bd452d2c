import { Failure } from "../value/failure.ts";
import { isMap, sizeOfMap, valueUnder, withheldBy } from "../value/map.ts";
import { equal, orderOf } from "../value/order.ts";
import {
  Double,
  Duration,
  Optional,
  Timestamp,
  Uint,
  bigOf,
  isList,
  isWhole,
  none,
} from "../value/value.ts";
import type { Result, Value } from "../value/value.ts";
import { fail, one, refuse, two } from "./family.ts";
import type { Body, Family, Workbench } from "./family.ts";

/** Equality, order, membership, indexing, size and optionals. */
export const comparison: Family = {
  global: new Map<string, Body>([
    two("_==_", (a, b, { budget }) => equal(a, b, budget), "=="),
    two("_!=_", (a, b, { budget }) => !equal(a, b, budget), "!="),
    ordering("_<_", "<", (order) => order < 0),
    ordering("_<=_", "<=", (order) => order <= 0),
    ordering("_>_", ">", (order) => order > 0),
    ordering("_>=_", ">=", (order) => order >= 0),
    two("@in", isIn, "in"),
    ["!_", one("!", (value) => (typeof value === "boolean" ? !value : undefined))[1]],
    one("size", sizeOf),
    two("_[_]", (holder, key) => at(holder, key), "[]"),
    two("_[?_]", (holder, key) => optionalAt(holder, key), "[?]"),
    ["optional.none", (args) => (args.length === 0 ? none : refuse("optional.none", args))],
    one("optional.of", (value) => new Optional(value)),
    one("optional.ofNonZeroValue", (value) => (isZero(value) ? none : new Optional(value))),
  ]),
  member: new Map<string, Body>([
    one("size", sizeOf),
    one("hasValue", (value) => (value instanceof Optional ? value.value !== undefined : undefined)),
    one("value", (value) => {
      if (!(value instanceof Optional)) return undefined;
      return value.value === undefined
        ? fail("no_value", "the optional holds no value")
        : value.value;
    }),
  ]),
};

function ordering(name: string, shown: string, holds: (order: number) => boolean): [string, Body] {
  return two(
    name,
    (a, b, { budget }) => {
      if (typeof a === "string") budget.walk(a.length);
      const order = orderOf(a, b);
      return order === undefined ? undefined : holds(order);
    },
    shown,
  );
}

function isIn(item: Value, holder: Value, { budget }: Workbench): Result | undefined {
  if (isList(holder)) {
    for (const other of holder) if (equal(item, other, budget)) return true;
    return false;
  }
  if (!isMap(holder)) return undefined;
  return valueUnder(holder, item) !== undefined || (withheldBy(holder) ?? false);
}

function sizeOf(value: Value, { budget }: Workbench): Result | undefined {
  if (typeof value === "string") {
    budget.walk(value.length);
    return lengthOf(value);
  }
  if (value instanceof Uint8Array || isList(value)) return value.length;
  return isMap(value) ? (withheldBy(value) ?? sizeOfMap(value)) : undefined;
}

/** Code points of a text. */
function lengthOf(text: string): number {
  let surrogates = 0;
  for (let place = 0; place < text.length; place += 1) {
    const unit = text.charCodeAt(place);
    if (unit >= 0xdc00 && unit <= 0xdfff) surrogates += 1;
  }
  return text.length - surrogates;
}

function at(holder: Value, key: Value): Result {
  if (holder instanceof Optional) {
    return holder.value === undefined ? none : optionalAt(holder.value, key);
  }
  const found = part(holder, key);
  if (found !== undefined) return found;
  return isMap(holder)
    ? fail("no_such_key", "the map has no such key")
    : fail("index_out_of_range", "the index is outside the list");
}

function optionalAt(holder: Value, key: Value): Result {
  if (holder instanceof Optional) {
    return holder.value === undefined ? none : optionalAt(holder.value, key);
  }
  const found = part(holder, key);
  if (found === undefined) return none;
  return found instanceof Failure ? found : new Optional(found);
}

function part(holder: Value, key: Value): Result | undefined {
  if (isMap(holder)) {
    const found = valueUnder(holder, key);
    return found === undefined ? withheldBy(holder) : found;
  }
  if (!isList(holder)) return refuse("[]", [holder, key]);
  const real = key instanceof Double ? key.value : key instanceof Uint ? key.value : key;
  if (typeof real === "number" && isWhole(real)) {
    return real >= 0 && real < holder.length ? holder[real] : undefined;
  }
  if (typeof real === "number" && Number.isInteger(real)) return undefined;
  const big = typeof real === "bigint" ? real : bigOf(key);
  if (big === undefined) return refuse("[]", [holder, key]);
  return big >= 0n && big < BigInt(holder.length) ? holder[Number(big)] : undefined;
}

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === "") return true;
  if (value instanceof Double) return value.value === 0;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Timestamp || value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Optional) return value.value === undefined;
  if (isMap(value)) return sizeOfMap(value) === 0;
  return isList(value) && value.length === 0;
}
