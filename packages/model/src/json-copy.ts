import { HoldfastError } from "./error.ts";
import type { JsonErrorCode } from "./json-error.ts";
import { jsonLimits } from "./json-reader.ts";
import { printable } from "./printable.ts";
import type { Json } from "./json.ts";

/**
 * A deep copy of a value that came from code and not from `parseJson`: the same guarantees
 * (null prototypes, finite numbers, whole surrogates, bounded depth, no cycle), and whoever
 * holds the original cannot change the copy. Members that are `undefined` are left out.
 *
 * @throws HoldfastError `json_value`, `json_number`, `json_surrogate` or `json_depth`
 */
export function copyJson(value: unknown, limits: { readonly depthMax?: number } = {}): Json {
  return copy(value, { path: "", depth: 0, depthMax: limits.depthMax ?? jsonLimits.depthMax });
}

interface Place {
  readonly path: string;
  readonly depth: number;
  readonly depthMax: number;
}

function copy(value: unknown, place: Place): Json {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return checkedString(value, place);
    case "number":
      if (!Number.isFinite(value)) throw error("json_number", "number that is not finite", place);
      return value === 0 ? 0 : value;
    case "object":
      return value === null ? null : copyContainer(value, place);
    case "bigint":
    case "function":
    case "symbol":
    case "undefined":
      throw error("json_value", `${typeof value} is not JSON`, place);
  }
}

function copyContainer(value: object, { path, depth, depthMax }: Place): Json {
  if (depth >= depthMax) {
    throw error("json_depth", `nested deeper than ${depthMax} levels`, { path });
  }
  const below = (step: string): Place => ({ path: path + step, depth: depth + 1, depthMax });
  if (Array.isArray(value)) {
    return Array.from(value, (element, index) => copy(element, below(`[${index}]`)));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw error("json_value", "object of a class is not JSON", { path });
  }
  const result: Record<string, Json> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const place = below(path === "" ? key : `.${key}`);
    result[checkedString(key, place)] = copy(member, place);
  }
  return result;
}

function checkedString(text: string, place: Place): string {
  if (/\p{Cs}/u.test(text)) throw error("json_surrogate", "string with a lone surrogate", place);
  return text;
}

function error(code: JsonErrorCode, message: string, place: { path: string }): HoldfastError {
  return new HoldfastError(
    code,
    place.path === "" ? message : `${message} at \`${printable(place.path)}\``,
  );
}
