import { celError } from "./cel-error.ts";
import { noSuchOverload, unary } from "./function-family.ts";
import type { FunctionFamily } from "./function-family.ts";
import { Duration, Timestamp } from "./time-value.ts";
import { isList } from "./value-type.ts";
import { CelMap, Optional, Uint } from "./value.ts";
import type { Value } from "./value.ts";

/** Optional values (the optional types extension); `or` and `orValue` are evaluated lazily elsewhere. */
export const optionalFunctions: FunctionFamily = {
  global: {
    "optional.none": (args) =>
      args.length === 0 ? Optional.none : noSuchOverload("optional.none", args),
    "optional.of": unary("optional.of", (value) => Optional.of(value)),
    "optional.ofNonZeroValue": unary("optional.ofNonZeroValue", (value) =>
      isZero(value) ? Optional.none : Optional.of(value),
    ),
  },
  member: {
    hasValue: unary("hasValue", (value) =>
      value instanceof Optional ? value.value !== undefined : undefined,
    ),
    value: unary("value", (value) => {
      if (!(value instanceof Optional)) return undefined;
      return value.value === undefined
        ? celError("no_value", "the optional holds no value")
        : value.value;
    }),
  },
};

/** The zero of each type: false, 0, empty, the epoch, null, the optional that holds nothing. */
function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === "") return true;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof CelMap) return value.size === 0;
  if (value instanceof Timestamp || value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Optional) return value.value === undefined;
  return isList(value) && value.length === 0;
}
