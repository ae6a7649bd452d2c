import { HoldfastError } from "./error.ts";
import type { JsonErrorCode } from "./json-error.ts";
import type { JsonLike } from "./json.ts";

/** Deepest value that is written; more than `parseJson` reads, as records wrap what was read. */
const canonicalDepthMax = 256;

/**
 * The canonical text of a value (RFC 8785): equal values give equal bytes on any machine.
 * No spaces, keys sorted by UTF-16 code units, numbers as ECMAScript writes them. Members
 * that are `undefined` count as absent. What `texts` keeps is taken from there.
 *
 * @throws HoldfastError `json_number` on a number that is not finite, `json_surrogate` on a
 * lone surrogate, `json_depth` beyond 256 levels (a cycle, too), `json_value` on anything
 * that is not JSON, such as a Date, a Map or a bigint
 */
export function canonicalJson(value: JsonLike, texts?: CanonicalTexts): string {
  return texts === undefined ? write(value, 0, undefined) : texts.textOf(value);
}

/** `canonicalJson` in UTF-8: what is hashed, signed and stored. */
export function canonicalBytes(value: JsonLike, texts?: CanonicalTexts): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value, texts));
}

/** The text of a value, and how many levels it has. */
interface KeptText {
  readonly text: string;
  readonly height: number;
}

/** A text being written: texts to take as they are, and the deepest level so far. */
interface Writing {
  readonly kept: ReadonlyMap<object, KeptText>;
  deepest: number;
}

/**
 * Canonical texts that are kept, so that a value in many places is written once: a request is
 * bound to its id, committed to, and stored. **Contract:** nothing that is kept ever changes.
 */
export class CanonicalTexts {
  readonly #kept = new Map<object, KeptText>();

  /**
   * Writes an object or list now, for all values that hold it later.
   *
   * @throws HoldfastError as `canonicalJson`
   */
  keep(value: JsonLike): void {
    if (typeof value !== "object" || value === null || this.#kept.has(value)) return;
    const writing = { kept: this.#kept, deepest: 0 };
    const text = write(value, 0, writing);
    this.#kept.set(value, { text, height: writing.deepest });
  }

  /**
   * As `keep`, and gives the canonical text that the object has without the members `without`.
   *
   * @throws HoldfastError as `canonicalJson`
   */
  keepBut(
    value: Readonly<Record<string, JsonLike | undefined>>,
    without: ReadonlySet<string>,
  ): string {
    const writing = { kept: this.#kept, deepest: 1 };
    let whole = "";
    let rest = "";
    for (const key of keysOf(value)) {
      const member = value[key];
      if (member === undefined) continue;
      const written = `${quoted(key)}:${write(member, 1, writing)}`;
      whole = whole === "" ? written : `${whole},${written}`;
      if (!without.has(key)) rest = rest === "" ? written : `${rest},${written}`;
    }
    this.#kept.set(value, { text: `{${whole}}`, height: writing.deepest });
    return `{${rest}}`;
  }

  /** The same text as without anything kept; see `canonicalJson`. */
  textOf(value: JsonLike): string {
    return write(value, 0, { kept: this.#kept, deepest: 0 });
  }
}

function write(value: unknown, depth: number, writing: Writing | undefined): string {
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
      return value === null ? "null" : writeContainer(value, depth + 1, writing);
    case "bigint":
    case "function":
    case "symbol":
    case "undefined":
      throw error("json_value", `${typeof value} is not JSON`);
  }
}

function writeContainer(value: object, depth: number, writing: Writing | undefined): string {
  const kept = writing?.kept.get(value);
  const deepest = kept === undefined ? depth : depth - 1 + kept.height;
  if (deepest > canonicalDepthMax) {
    throw error("json_depth", `nested deeper than ${canonicalDepthMax} levels`);
  }
  if (writing !== undefined && deepest > writing.deepest) writing.deepest = deepest;
  if (kept !== undefined) return kept.text;
  if (Array.isArray(value)) {
    let elements = "";
    for (let index = 0; index < value.length; index += 1) {
      const element = write(value[index], depth, writing);
      elements += index === 0 ? element : `,${element}`;
    }
    return `[${elements}]`;
  }
  let text = "";
  for (const key of keysOf(value)) {
    const member: unknown = Reflect.get(value, key);
    if (member === undefined) continue;
    const written = `${quoted(key)}:${write(member, depth, writing)}`;
    text = text === "" ? written : `${text},${written}`;
  }
  return `{${text}}`;
}

/** More keys than these are left to the platform's sort, which takes memory of its own each time. */
const insertedMax = 32;

/** The keys of an object, by UTF-16 code units, as RFC 8785 section 3.2.3 asks for. */
export function sortedKeys(value: object): readonly string[] {
  const keys = Object.keys(value);
  if (keys.length > insertedMax) return keys.sort();
  for (let next = 1; next < keys.length; next += 1) {
    const key = keys[next] ?? "";
    let at = next;
    for (; at > 0; at -= 1) {
      const before = keys[at - 1] ?? "";
      if (before <= key) break;
      keys[at] = before;
    }
    keys[at] = key;
  }
  return keys;
}

function keysOf(value: object): readonly string[] {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw error("json_value", "object of a class is not JSON");
  }
  return sortedKeys(value);
}

/** Whatever else than these characters a text has is escaped, or is half a character. */
const special = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** A text as canonical JSON has it. */
export function quoted(text: string): string {
  if (!special.test(text)) return `"${text}"`;
  if (/\p{Cs}/u.test(text)) throw error("json_surrogate", "string with a lone surrogate");
  // JSON.stringify escapes exactly what RFC 8785 section 3.2.2.2 asks for, in its short forms.
  return JSON.stringify(text);
}

function error(code: JsonErrorCode, message: string): HoldfastError {
  return new HoldfastError(code, `cannot write canonical JSON: ${message}`);
}
