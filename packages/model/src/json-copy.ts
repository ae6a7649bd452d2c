import { bareObject } from "./bare-object.ts";
import { HoldfastError } from "./error.ts";
import type { JsonErrorCode } from "./json-error.ts";
import { jsonLimits } from "./json-reader.ts";
import type { JsonLimits } from "./json-reader.ts";
import { printable } from "./printable.ts";
import type { Json } from "./json.ts";

/**
 * A deep copy of a value that came from code and not from `parseJson`: the same guarantees
 * (null prototypes, finite numbers, whole surrogates, bounded depth and number of values, no
 * cycle), and whoever holds the original cannot change the copy. Members that are `undefined` are
 * left out. A value that is held in two places is copied, and counts, twice.
 *
 * @throws HoldfastError `json_value`, `json_number`, `json_surrogate`, `json_depth` or
 * `json_too_many_values`
 */
export function copyJson(
  value: unknown,
  limits: Partial<Pick<JsonLimits, "depthMax" | "valuesMax">> = {},
): Json {
  return copy(value, { path: "", depth: 0, budget: { ...jsonLimits, ...limits, values: 0 } });
}

interface Place {
  readonly path: string;
  readonly depth: number;
  /** one for the whole copy */
  readonly budget: Pick<JsonLimits, "depthMax" | "valuesMax"> & { values: number };
}

function copy(value: unknown, place: Place): Json {
  const { budget } = place;
  budget.values += 1;
  if (budget.values > budget.valuesMax) {
    throw error("json_too_many_values", `more than ${budget.valuesMax} values`, place);
  }
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

function copyContainer(value: object, { path, depth, budget }: Place): Json {
  const { depthMax } = budget;
  if (depth >= depthMax) {
    throw error("json_depth", `nested deeper than ${depthMax} levels`, { path });
  }
  const below = (step: string): Place => ({ path: path + step, depth: depth + 1, budget });
  if (Array.isArray(value)) {
    return Array.from(value, (element, index) => copy(element, below(`[${index}]`)));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw error("json_value", "object of a class is not JSON", { path });
  }
  const result = bareObject<Json>();
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
