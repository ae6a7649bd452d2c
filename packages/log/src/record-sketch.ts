/** Where in a record's bytes the two members are that a reader of a log looks at. */
export interface RecordSketch {
  /** the text of `kind`, without its quotes; absent without such a member, or when it is no string */
  readonly kind?: ByteSpan;
  /** the whole value of `payload` */
  readonly payload?: ByteSpan;
}

/** Offsets into the bytes that were given. */
export interface ByteSpan {
  readonly from: number;
  readonly to: number;
}

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const dot = 0x2e;
const digitZero = 0x30;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const word = {
  kind: Buffer.from("kind"),
  payload: Buffer.from("payload"),
  true: Buffer.from("true"),
  false: Buffer.from("false"),
  null: Buffer.from("null"),
} as const;

/** Objects and arrays in one another. */
const depthMax = 32;

/** What no offset is: here a whole reader has to look. */
const unsure = -1;

/**
 * Reads bytes as one JSON object (RFC 8259) without building it, which
 * is most of the cost of looking at a record. An answer is certain: such bytes are an object, with
 * these members. There is none for what is wrong, and none for what canonical JSON of a record
 * never has (white space, an escape in a name of the object itself, one of the two members twice,
 * nesting beyond 32): both are for a whole reader to tell apart.
 *
 * **Contract:** the bytes are UTF-8; that is not looked at.
 *
 * @param from where the object begins; it ends with the bytes
 */
export function sketchRecord(bytes: Uint8Array, from = 0): RecordSketch | undefined {
  const to = bytes.length;
  if (bytes[from] !== openBrace) return undefined;
  let kind: ByteSpan | undefined;
  let payload: ByteSpan | undefined;
  let at = from + 1;
  for (;;) {
    const nameEnd = endOfName(bytes, at, to);
    if (nameEnd === unsure) return undefined;
    const valueEnd = endOfValue(bytes, nameEnd + 1, to, 1);
    if (valueEnd === unsure) return undefined;
    if (isWord(bytes, at + 1, nameEnd - 1, word.kind)) {
      if (kind !== undefined) return undefined;
      kind = { from: nameEnd + 1, to: valueEnd };
    } else if (isWord(bytes, at + 1, nameEnd - 1, word.payload)) {
      if (payload !== undefined) return undefined;
      payload = { from: nameEnd + 1, to: valueEnd };
    }
    const next = bytes[valueEnd];
    if (next === comma) at = valueEnd + 1;
    else if (next === closeBrace && valueEnd + 1 === to) break;
    else return undefined;
  }
  const isString = kind !== undefined && bytes[kind.from] === quote;
  return {
    ...(kind !== undefined && isString ? { kind: { from: kind.from + 1, to: kind.to - 1 } } : {}),
    ...(payload === undefined ? {} : { payload }),
  };
}

/** Of a name without escapes: where its colon stands. */
function endOfName(bytes: Uint8Array, at: number, to: number): number {
  if (bytes[at] !== quote) return unsure;
  for (let each = at + 1; each < to; each += 1) {
    const byte = bytes[each] ?? 0;
    if (byte === quote) return bytes[each + 1] === colon ? each + 1 : unsure;
    if (byte < 0x20 || byte === backslash) return unsure;
  }
  return unsure;
}

function endOfValue(bytes: Uint8Array, at: number, to: number, depth: number): number {
  const first = bytes[at] ?? 0;
  if (first === quote) return endOfString(bytes, at + 1, to);
  if (first === openBrace) return endOfObject(bytes, at + 1, to, depth + 1);
  if (first === openBracket) return endOfArray(bytes, at + 1, to, depth + 1);
  if (first === minus || isDigit(first)) return endOfNumber(bytes, at);
  const literal = first === 0x74 ? word.true : first === 0x66 ? word.false : word.null;
  const end = at + literal.length;
  return isWord(bytes, at, end, literal) ? end : unsure;
}

/** `at` is behind the quote that opens it. */
function endOfString(bytes: Uint8Array, at: number, to: number): number {
  for (let each = at; each < to; each += 1) {
    const byte = bytes[each] ?? 0;
    if (byte === quote) return each + 1;
    if (byte < 0x20) return unsure;
    if (byte !== backslash) continue;
    each = endOfEscape(bytes, each + 1) - 1;
    if (each < at) return unsure;
  }
  return unsure;
}

/** What may stand behind a backslash alone: `"`, `\`, `/` and the letters b, f, n, r, t. */
const shortEscapes: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));

/** `at` is behind the backslash; 0 when it is no escape. */
function endOfEscape(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0;
  if (shortEscapes.has(byte)) return at + 1;
  if (byte !== 0x75) return 0;
  for (let each = at + 1; each < at + 5; each += 1) if (!isHexDigit(bytes[each] ?? 0)) return 0;
  return at + 5;
}

function endOfObject(bytes: Uint8Array, from: number, to: number, depth: number): number {
  if (depth > depthMax) return unsure;
  if (bytes[from] === closeBrace) return from + 1;
  for (let at = from; ;) {
    if (bytes[at] !== quote) return unsure;
    const nameEnd = endOfString(bytes, at + 1, to);
    if (nameEnd === unsure || bytes[nameEnd] !== colon) return unsure;
    const end = endOfValue(bytes, nameEnd + 1, to, depth);
    if (end === unsure) return unsure;
    if (bytes[end] === closeBrace) return end + 1;
    if (bytes[end] !== comma) return unsure;
    at = end + 1;
  }
}

function endOfArray(bytes: Uint8Array, from: number, to: number, depth: number): number {
  if (depth > depthMax) return unsure;
  if (bytes[from] === closeBracket) return from + 1;
  for (let at = from; ;) {
    const end = endOfValue(bytes, at, to, depth);
    if (end === unsure) return unsure;
    if (bytes[end] === closeBracket) return end + 1;
    if (bytes[end] !== comma) return unsure;
    at = end + 1;
  }
}

function endOfNumber(bytes: Uint8Array, from: number): number {
  const whole = bytes[from] === minus ? from + 1 : from;
  let at = bytes[whole] === digitZero ? whole + 1 : endOfDigits(bytes, whole);
  if (at === unsure) return unsure;
  if (bytes[at] === dot) at = endOfDigits(bytes, at + 1);
  if (at === unsure) return unsure;
  // 0x20 makes an `E` an `e`, and nothing else one.
  if (((bytes[at] ?? 0) | 0x20) !== 0x65) return at;
  const sign = bytes[at + 1];
  return endOfDigits(bytes, sign === minus || sign === 0x2b ? at + 2 : at + 1);
}

/** At least one digit. */
function endOfDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at] ?? 0)) at += 1;
  return at === from ? unsure : at;
}

function isDigit(byte: number): boolean {
  return byte >= digitZero && byte <= 0x39;
}

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66);
}

function isWord(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  if (to - from !== text.length) return false;
  for (let each = 0; each < text.length; each += 1) {
    if (bytes[from + each] !== text[each]) return false;
  }
  return true;
}
