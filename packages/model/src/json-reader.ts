import { bareObject } from "./bare-object.ts";
import { jsonErrorAt } from "./json-error.ts";
import type { JsonErrorCode } from "./json-error.ts";
import { exactNumber } from "./json-number.ts";
import { HoldfastError } from "./error.ts";
import type { Json, JsonObject } from "./json.ts";

/** Bounds on what is read; a text at a bound is read, one past it is refused. */
export interface JsonLimits {
  /** length of the text in UTF-8 */
  readonly bytesMax: number;
  /** arrays and objects inside each other; the reader recurses, so keep it under 1,000 */
  readonly depthMax: number;
  /** values of all kinds, those inside others included; keys do not count */
  readonly valuesMax: number;
}

/** 16 MiB, depth 64 and 100,000 values: each value costs far more than the bytes it is written in. */
export const jsonLimits: JsonLimits = {
  bytesMax: 16 * 1024 * 1024,
  depthMax: 64,
  valuesMax: 100_000,
};

/**
 * Reads one JSON text, strictly (RFC 8259 and I-JSON, RFC 7493): valid UTF-8 without a byte
 * order mark, no duplicate keys after unescaping, no lone surrogates, numbers that mean as
 * doubles exactly what was written, nothing after the value. Two readers can never take an
 * accepted text for different values, and objects have no prototype to inherit keys from.
 *
 * @throws HoldfastError with a `json_…` code and the place
 */
export function parseJson(text: string | Uint8Array, limits: Partial<JsonLimits> = {}): Json {
  const bounds = { ...jsonLimits, ...limits };
  const { bytesMax } = bounds;
  const size = typeof text === "string" ? utf8Length(text, bytesMax) : text.length;
  if (size > bytesMax) {
    throw new HoldfastError("json_size", `JSON text is larger than ${bytesMax} bytes`);
  }
  return new JsonReader(typeof text === "string" ? text : decodeUtf8(text), bounds).read();
}

/** Exact only when it matters: the encoder runs only on texts that could be over the limit. */
function utf8Length(text: string, bytesMax: number): number {
  if (text.length > bytesMax || text.length * 3 <= bytesMax) return text.length;
  return new TextEncoder().encode(text).length;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // The decoder does not say where, so find the longest prefix that could still become valid.
    let low = 0;
    let high = bytes.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (validPrefix(bytes.subarray(0, middle)) === undefined) high = middle - 1;
      else low = middle;
    }
    const text = validPrefix(bytes.subarray(0, low)) ?? "";
    throw jsonErrorAt("json_utf8", "invalid UTF-8", { text: `${text}\uFFFD`, offset: text.length });
  }
}

function validPrefix(bytes: Uint8Array): string | undefined {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return decoder.decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/uy;
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

class JsonReader {
  private readonly text: string;
  private readonly limits: JsonLimits;
  private at = 0;
  private values = 0;

  constructor(text: string, limits: JsonLimits) {
    this.text = text;
    this.limits = limits;
  }

  read(): Json {
    if (this.text.codePointAt(0) === 0xfeff) {
      throw this.error("json_bom", "JSON text starts with a byte order mark; remove it", 0);
    }
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.unexpected("the end of the text");
    return value;
  }

  private value(depth: number): Json {
    this.space();
    this.values++;
    const { valuesMax } = this.limits;
    if (this.values > valuesMax) {
      throw this.error("json_too_many_values", `more than ${valuesMax} values`, this.at);
    }
    switch (this.text.charAt(this.at)) {
      case "{":
        return this.object(depth + 1);
      case "[":
        return this.array(depth + 1);
      case '"':
        return this.string();
      case "t":
        return this.word("true", true);
      case "f":
        return this.word("false", false);
      case "n":
        return this.word("null", null);
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonObject {
    this.open(depth);
    const members = bareObject<Json>();
    if (this.accept("}")) return members;
    do {
      this.space();
      const keyAt = this.at;
      if (this.text[this.at] !== '"') throw this.unexpected("a key in double quotes");
      const key = this.string();
      if (key in members) {
        throw this.error("json_duplicate_key", `duplicate key \`${shortened(key)}\``, keyAt);
      }
      if (!this.accept(":")) throw this.unexpected("`:`");
      members[key] = this.value(depth);
    } while (this.accept(","));
    if (!this.accept("}")) throw this.unexpected("`,` or `}`");
    return members;
  }

  private array(depth: number): Json[] {
    this.open(depth);
    const elements: Json[] = [];
    if (this.accept("]")) return elements;
    do elements.push(this.value(depth));
    while (this.accept(","));
    if (!this.accept("]")) throw this.unexpected("`,` or `]`");
    return elements;
  }

  private open(depth: number): void {
    const { depthMax } = this.limits;
    if (depth > depthMax) {
      throw this.error("json_depth", `nested deeper than ${depthMax} levels`, this.at);
    }
    this.at++;
  }

  private string(): string {
    const start = this.at++;
    let result = "";
    let from = this.at;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        result += this.text.slice(from, this.at) + this.escape();
        from = this.at;
      } else if (code >= 0x20) {
        this.at++;
      } else if (this.at >= this.text.length) {
        throw this.error("json_syntax", "string without its closing quote", start);
      } else {
        throw this.error("json_syntax", "control character in a string; escape it", this.at);
      }
    }
    result += this.text.slice(from, this.at++);
    // In a `u` regex a surrogate that is part of a pair does not match.
    if (/\p{Cs}/u.test(result)) {
      throw this.error("json_surrogate", "string with a lone surrogate", start);
    }
    return result;
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? "";
    const simple = escapes.get(letter);
    if (simple !== undefined) {
      this.at += 2;
      return simple;
    }
    const hex = this.text.slice(this.at + 2, this.at + 6);
    if (letter !== "u" || !/^[0-9a-fA-F]{4}$/u.test(hex)) {
      throw this.error("json_syntax", "unknown escape in a string", this.at);
    }
    this.at += 6;
    return String.fromCharCode(Number.parseInt(hex, 16));
  }

  private number(): number {
    numberPattern.lastIndex = this.at;
    const written = numberPattern.exec(this.text)?.[0];
    if (written === undefined) throw this.unexpected("a value");
    const value = exactNumber(written);
    if (value === undefined) {
      const message = `number \`${shortened(written)}\` cannot be kept exactly as a double; send it as a string`;
      throw this.error("json_number", message, this.at);
    }
    this.at += written.length;
    return value;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.unexpected("a value");
    this.at += word.length;
    return value;
  }

  private accept(character: string): boolean {
    this.space();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private unexpected(wanted: string): HoldfastError {
    const point = this.text.codePointAt(this.at);
    const found = point === undefined ? "the end" : `\`${String.fromCodePoint(point)}\``;
    return this.error("json_syntax", `expected ${wanted} but found ${found}`, this.at);
  }

  private error(code: JsonErrorCode, message: string, offset: number): HoldfastError {
    return jsonErrorAt(code, message, { text: this.text, offset });
  }
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
