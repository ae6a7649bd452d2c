import type { Value as SuiteValue } from "@bufbuild/cel-spec/cel/expr/value_pb.js";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import type { Any } from "@bufbuild/protobuf/wkt";
import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { CelMap, Duration, Optional, Timestamp, TypeValue, Uint } from "@holdfast/engine";
import type { MapKey, Value } from "@holdfast/engine";

/** Thrown for what has no place in an engine without protobuf messages: the test must be listed as left out. */
export class NeedsProtobuf extends Error {}

/**
 * The value that the suite writes as a message.
 * @throws NeedsProtobuf for messages and enums
 */
export function valueOf(written: SuiteValue): Value {
  const { kind } = written;
  switch (kind.case) {
    case "nullValue":
      return null;
    case "boolValue":
    case "int64Value":
    case "doubleValue":
    case "stringValue":
    case "bytesValue":
      return kind.value;
    case "uint64Value":
      return new Uint(kind.value);
    case "typeValue":
      return new TypeValue(kind.value);
    case "listValue":
      return kind.value.values.map((item) => valueOf(item));
    case "mapValue":
      return mapOf(
        kind.value.entries.map((entry) => {
          if (entry.key === undefined || entry.value === undefined)
            throw new NeedsProtobuf("entry");
          return [keyOf(valueOf(entry.key)), valueOf(entry.value)];
        }),
      );
    case "objectValue":
      return wellKnownOf(kind.value);
    case "enumValue":
      throw new NeedsProtobuf("enum");
    case undefined:
      throw new NeedsProtobuf("no value");
  }
}

function mapOf(entries: readonly (readonly [MapKey, Value])[]): CelMap {
  const built = CelMap.from(entries);
  if ("map" in built) return built.map;
  throw new RangeError("the suite writes a map with a key twice");
}

function keyOf(value: Value): MapKey {
  if (typeof value === "boolean" || typeof value === "bigint" || typeof value === "string") {
    return value;
  }
  if (value instanceof Uint) return value;
  throw new RangeError("the suite writes a map with a key of another type");
}

function wellKnownOf(packed: Any): Value {
  const timestamp = anyUnpack(packed, TimestampSchema);
  if (timestamp !== undefined) {
    return new Timestamp(timestamp.seconds * 1_000_000_000n + BigInt(timestamp.nanos));
  }
  const duration = anyUnpack(packed, DurationSchema);
  if (duration !== undefined) {
    return new Duration(duration.seconds * 1_000_000_000n + BigInt(duration.nanos));
  }
  throw new NeedsProtobuf(packed.typeUrl);
}

/**
 * Whether a result is the one wanted: of the same type throughout, NaN like NaN, maps in any
 * order. Written apart from the engine's own equality, which is under test.
 */
export function isSame(wanted: Value, found: Value): boolean {
  if (typeof wanted === "number" && typeof found === "number") {
    return wanted === found || (Number.isNaN(wanted) && Number.isNaN(found));
  }
  if (wanted === null || found === null || typeof wanted !== "object") return wanted === found;
  if (typeof found !== "object" || wanted.constructor !== found.constructor) return false;
  return isSameObject(wanted, found);
}

function isSameObject(wanted: object & Value, found: object & Value): boolean {
  if (wanted instanceof Uint) return found instanceof Uint && wanted.value === found.value;
  if (wanted instanceof TypeValue) return found instanceof TypeValue && wanted.name === found.name;
  if (wanted instanceof Timestamp || wanted instanceof Duration) {
    return "nanos" in found && wanted.nanos === found.nanos;
  }
  if (wanted instanceof Uint8Array) {
    return found instanceof Uint8Array && wanted.join() === found.join();
  }
  if (wanted instanceof Optional) {
    if (!(found instanceof Optional)) return false;
    const [left, right] = [wanted.value, found.value];
    return left === undefined || right === undefined ? left === right : isSame(left, right);
  }
  if (wanted instanceof CelMap) {
    return (
      found instanceof CelMap &&
      wanted.size === found.size &&
      [...wanted.entries()].every(([key, value]) =>
        [...found.entries()].some(([other, held]) => isSame(key, other) && isSame(value, held)),
      )
    );
  }
  const [left, right]: readonly [unknown, unknown] = [wanted, found];
  return isList(left) && isList(right) && isSameList(left, right);
}

function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

function isSameList(wanted: readonly Value[], found: readonly Value[]): boolean {
  return (
    wanted.length === found.length &&
    wanted.every((value, index) => {
      const other = found[index];
      return other !== undefined && isSame(value, other);
    })
  );
}
