import type { Json, JsonObject } from "@holdfast/model";
import { bytesToBase64 } from "./base64.ts";
import { Budget } from "./budget.ts";
import { Failure, LimitReached } from "./failure.ts";
import { entriesOf, isMap } from "./map.ts";
import { durationText, timestampText } from "./time.ts";
import { Double, Duration, Optional, Timestamp, TypeName, Uint, isList, typeOf } from "./value.ts";
import type { Value } from "./value.ts";

/** The JSON of a value with nothing lost, or the error that it has none. */
export function jsonOf(value: Value): Json | Failure {
  try {
    return write(value, new Budget());
  } catch (thrown) {
    if (thrown instanceof LimitReached) return thrown.failure;
    throw thrown;
  }
}

function write(value: Value, budget: Budget): Json | Failure {
  budget.spend(1);
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return real(value);
  if (typeof value === "bigint") {
    return new Failure("invalid_argument", `the int \`${value}\` has no exact JSON form`);
  }
  if (value === null) return null;
  if (value instanceof Double) return real(value.value);
  if (value instanceof Uint) return exact(value.value);
  if (value instanceof Uint8Array) {
    budget.walk(value.length * 2);
    return bytesToBase64(value);
  }
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof TypeName || value instanceof Optional) {
    const type = typeOf(value);
    return new Failure("invalid_argument", `a value of type \`${type}\` has no exact JSON form`);
  }
  budget.enter();
  const json = isList(value) ? writeList(value, budget) : writeMap(value, budget);
  budget.leave();
  return json;
}

function real(value: number): Json | Failure {
  if (!Number.isFinite(value)) {
    return new Failure("invalid_argument", `the double \`${value}\` has no exact JSON form`);
  }
  return value === 0 ? 0 : value;
}

function exact(value: bigint): Json | Failure {
  const limit = 9_007_199_254_740_992n;
  if (value >= -limit && value <= limit) return Number(value);
  return new Failure("invalid_argument", `the int \`${value}\` has no exact JSON form`);
}

function writeList(list: readonly Value[], budget: Budget): Json | Failure {
  const items: Json[] = [];
  for (const item of list) {
    const json = write(item, budget);
    if (json instanceof Failure) return json;
    items.push(json);
  }
  return items;
}

function writeMap(map: Value, budget: Budget): JsonObject | Failure {
  const object: Record<string, Json> = Object.create(null);
  for (const [key, value] of isMap(map) ? entriesOf(map) : []) {
    const json = write(value, budget);
    if (json instanceof Failure) return json;
    const name = key instanceof Uint ? String(key.value) : String(key);
    if (name in object) {
      return new Failure("duplicate_key", `two keys have the JSON name \`${name}\``);
    }
    object[name] = json;
  }
  return object;
}
