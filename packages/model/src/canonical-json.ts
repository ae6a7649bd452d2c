import { HoldfastError } from "./error.ts";
import type { JsonErrorCode } from "./json-error.ts";
import type { JsonLike } from "./json.ts";

/** Deepest value that is written; more than `parseJson` reads, as records wrap what was read. */
const canonicalDepthMax = 256;

/**
 * The canonical text of a value (RFC 8785): equal values give equal bytes on any machine.
 * No spaces, keys sorted by UTF-16 code units, numbers as ECMAScript writes them. Members
 * that are `undefined` count as absent.
 *
 * @throws HoldfastError `json_number` on a number that is not finite, `json_surrogate` on a
 * lone surrogate, `json_depth` beyond 256 levels (a cycle, too), `json_value` on anything
 * that is not JSON, such as a Date, a Map or a bigint
 */
export function canonicalJson(value: JsonLike): string {
  return write(value, 0);
}

/** `canonicalJson` in UTF-8: what is hashed, signed and stored. */
export function canonicalBytes(value: JsonLike): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "boolean":
      return value ? "true" : "false";
    case "number":
      if (!Number.isFinite(value)) throw error("json_number", "number that is not finite");
      // ECMAScript's own number format is the one RFC 8785 section 3.2.2.3 asks for; -0 is 0.
      return String(value);
    case "object":
      return value === null ? "null" : writeContainer(value, depth + 1);
    case "bigint":
    case "function":
    case "symbol":
    case "undefined":
      throw error("json_value", `${typeof value} is not JSON`);
  }
}

function writeContainer(value: object, depth: number): string {
  if (depth > canonicalDepthMax) {
    throw error("json_depth", `nested deeper than ${canonicalDepthMax} levels`);
  }
  if (Array.isArray(value)) {
    let elements = "";
    for (let index = 0; index < value.length; index += 1) {
      elements += `${index === 0 ? "" : ","}${write(value[index], depth)}`;
    }
    return `[${elements}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw error("json_value", "object of a class is not JSON");
  }
  let text = "";
  // The default order of sort is by UTF-16 code units, as RFC 8785 section 3.2.3 asks for.
  for (const key of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, key);
    if (member === undefined) continue;
    text += `${text === "" ? "" : ","}${quoted(key)}:${write(member, depth)}`;
  }
  return `{${text}}`;
}

function quoted(text: string): string {
  if (/\p{Cs}/u.test(text)) throw error("json_surrogate", "string with a lone surrogate");
  // JSON.stringify escapes exactly what RFC 8785 section 3.2.2.2 asks for, in its short forms.
  return JSON.stringify(text);
}

function error(code: JsonErrorCode, message: string): HoldfastError {
  return new HoldfastError(code, `cannot write canonical JSON: ${message}`);
}
