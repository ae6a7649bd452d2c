import { CelError, celError } from "./cel-error.ts";
import { binary, noSuchOverload, unary } from "./function-family.ts";
import type { FunctionFamily } from "./function-family.ts";
import { isList } from "./value-type.ts";
import { CelMap, Optional, Uint } from "./value.ts";
import type { Value } from "./value.ts";
import { codePointCount } from "./text.ts";

/** `size` and the two index operators (cel-spec, langdef.md, "List of Standard Definitions"). */
export const collectionFunctions: FunctionFamily = {
  global: {
    size: unary("size", (value, budget) => {
      if (typeof value === "string") budget.walk(value.length);
      return sizeOf(value);
    }),
    "_[_]": binary("[]", (holder, key) => {
      if (holder instanceof Optional) {
        return holder.value === undefined ? Optional.none : optionalIndex(holder.value, key);
      }
      return index(holder, key);
    }),
    "_[?_]": binary("[?]", (holder, key) => {
      if (holder instanceof Optional) {
        return holder.value === undefined ? Optional.none : optionalIndex(holder.value, key);
      }
      return optionalIndex(holder, key);
    }),
  },
  member: {
    size: unary("size", (value, budget) => {
      if (typeof value === "string") budget.walk(value.length);
      return sizeOf(value);
    }),
  },
};

function sizeOf(value: Value): bigint | CelError | undefined {
  if (typeof value === "string") return BigInt(codePointCount(value));
  if (value instanceof Uint8Array) return BigInt(value.length);
  if (value instanceof CelMap) return value.withheld ?? BigInt(value.size);
  return value !== null && isList(value) ? BigInt(value.length) : undefined;
}

function index(holder: Value, key: Value): Value | CelError {
  const found = lookUp(holder, key);
  if (found !== undefined) return found;
  if (holder instanceof CelMap) {
    return celError("no_such_key", "the map has no such key");
  }
  return celError("index_out_of_range", "the index is outside the list");
}

function optionalIndex(holder: Value, key: Value): Value | CelError {
  const found = lookUp(holder, key);
  if (found instanceof CelError) return found;
  return found === undefined ? Optional.none : Optional.of(found);
}

/** The part under a key; undefined when there is none, an error for what has no such parts. */
function lookUp(holder: Value, key: Value): Value | CelError | undefined {
  if (holder instanceof CelMap) {
    const found = holder.get(key);
    return found === undefined ? holder.withheld : found;
  }
  if (holder === null || !isList(holder)) return noSuchOverload("[]", [holder, key]);
  const position = key instanceof Uint ? key.value : key;
  if (typeof position === "bigint") {
    return position >= 0n && position < BigInt(holder.length)
      ? holder[Number(position)]
      : undefined;
  }
  if (typeof position !== "number" || !Number.isInteger(position)) {
    return noSuchOverload("[]", [holder, key]);
  }
  return position >= 0 && position < holder.length ? holder[position] : undefined;
}
