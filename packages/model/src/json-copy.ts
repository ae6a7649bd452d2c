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
  return copyCounted(value, limits).copy;
}

/** A copy, and what its canonical JSON has at most. */
export interface CopiedJson {
  readonly copy: Json;
  readonly bytesAtMost: number;
}

/** A unit of a text that is escaped by its number. */
const unitBytesMax = 6;

/** The longest number is `-2.2250738585072014e-308`; around a member stand four quotes, a colon and a comma. */
const valueBytesMax = 32;

/**
 * As `copyJson`.
 *
 * @throws HoldfastError as `copyJson`
 */
export function copyCounted(
  value: unknown,
  limits: Partial<Pick<JsonLimits, "depthMax" | "valuesMax">> = {},
): CopiedJson {
  const budget = { ...jsonLimits, ...limits, values: 0, units: 0 };
  const copied = copy(value, { depth: 0, budget });
  const bytesAtMost = unitBytesMax * budget.units + valueBytesMax * budget.values;
  return { copy: copied, bytesAtMost };
}

interface Place {
  /** absent at the top */
  readonly outer?: Place;
  /** key or index in the outer value */
  readonly step?: string | number;
  readonly depth: number;
  /** one for the whole copy */
  readonly budget: Pick<JsonLimits, "depthMax" | "valuesMax"> & {
    values: number;
    /** of all texts, keys too */
    units: number;
  };
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

function copyContainer(value: object, outer: Place): Json {
  const { budget } = outer;
  const depth = outer.depth + 1;
  if (depth > budget.depthMax) {
    throw error("json_depth", `nested deeper than ${budget.depthMax} levels`, outer);
  }
  if (Array.isArray(value)) {
    return Array.from(value, (element, step) => copy(element, { outer, step, depth, budget }));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw error("json_value", "object of a class is not JSON", outer);
  }
  const result = bareObject<Json>();
  for (const step of Object.keys(value)) {
    const member: unknown = Reflect.get(value, step);
    if (member === undefined) continue;
    const place = { outer, step, depth, budget };
    result[checkedString(step, place)] = copy(member, place);
  }
  return result;
}

function checkedString(text: string, place: Place): string {
  // Without `u` the two halves of a character are asked about, which most texts have not.
  if (/[\ud800-\udfff]/.test(text) && /\p{Cs}/u.test(text))
    throw error("json_surrogate", "string with a lone surrogate", place);
  place.budget.units += text.length;
  return text;
}

function error(code: JsonErrorCode, message: string, place: Place): HoldfastError {
  const path = pathOf(place);
  return new HoldfastError(code, path === "" ? message : `${message} at \`${printable(path)}\``);
}

function pathOf({ outer, step }: Place): string {
  if (outer === undefined || step === undefined) return "";
  const before = pathOf(outer);
  if (typeof step === "number") return `${before}[${step}]`;
  return before === "" ? step : `${before}.${step}`;
}
