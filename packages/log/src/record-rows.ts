import { isUtf8 } from "node:buffer";
import { PackedBytes } from "./packed-bytes.ts";
import { sketchRecord } from "./record-sketch.ts";
import type { ByteSpan } from "./record-sketch.ts";

/**
 * What a verification has to know of the records of a segment: a row for each that names a payload in
 * the plain way, and one for each that somebody has to look into. Can be posted from one thread to
 * another.
 */
export interface RecordRows {
  /** of the records */
  readonly indexes: Float64Array;
  /** where their frames begin in the segment */
  readonly starts: Float64Array;
  /** bytes of the payloads they name */
  readonly lengths: Float64Array;
  /** SHA-256 of those, 32 bytes after 32 bytes */
  readonly digests: Uint8Array;
  /** bodies of the records to be looked into, by the number of the row, whose other numbers mean nothing */
  readonly others: ReadonlyMap<number, Uint8Array>;
}

/** Beginnings of the kinds that a verification looks into: `erasure`, `hold`, `key`, `pruned`. */
const tellingLetters: ReadonlySet<number> = new Set(Buffer.from("ehkp"));
const longestKind = 7;

const backslash = 0x5c;
const digitZero = 0x30;

/** Makes the rows of a segment, record by record. */
export class RecordRowsMaker {
  readonly #indexes: number[] = [];
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  readonly #digests = new PackedBytes();
  readonly #others = new Map<number, Uint8Array>();

  /** So many so far. */
  get count(): number {
    return this.#indexes.length;
  }

  /**
   * Takes the next record.
   *
   * @param leaf the type byte of its frame, 0, and behind it the body
   * @param start where its frame begins in the segment
   */
  take(leaf: Buffer, index: number, start: number): void {
    // The byte before the body is 0, which is a character.
    const sketch = isUtf8(leaf) ? sketchRecord(leaf, 1) : undefined;
    const row = this.#indexes.length;
    let length = 0;
    if (sketch === undefined || mayTell(leaf, sketch.kind)) {
      this.#others.set(row, Uint8Array.from(leaf.subarray(1)));
      this.#digests.grow(32);
    } else if (sketch.payload === undefined) return;
    else {
      const at = this.#digests.length;
      length = readPlainReference(leaf, sketch.payload, this.#digests.grow(32), at);
      if (length < 0) this.#others.set(row, Uint8Array.from(leaf.subarray(1)));
    }
    this.#indexes.push(index);
    this.#starts.push(start);
    this.#lengths.push(length);
  }

  rows(): RecordRows {
    return {
      indexes: Float64Array.from(this.#indexes),
      starts: Float64Array.from(this.#starts),
      lengths: Float64Array.from(this.#lengths),
      digests: this.#digests.copy(),
      others: this.#others,
    };
  }
}

/** False only for a kind that surely tells nothing of the log itself. */
function mayTell(bytes: Buffer, kind: ByteSpan | undefined): boolean {
  if (kind === undefined) return false;
  const { from, to } = kind;
  if (to - from <= longestKind && tellingLetters.has(bytes[from] ?? 0)) return true;
  for (let at = from; at < to; at += 1) if (bytes[at] === backslash) return true;
  return false;
}

const opening: Buffer = Buffer.from('{"bytes":');
const middle: Buffer = Buffer.from(',"digest":"sha256:');
const scheme: Buffer = Buffer.from('","scheme":"');
const hexDigits = 64;
const schemeMax = 40;
const lengthDigitsMax = 15;

/** What each byte is worth as a digit of lower-case hex; 255 for all others. */
const hexWorth: Uint8Array = new Uint8Array(256).fill(255);
for (const [worth, byte] of Buffer.from("0123456789abcdef").entries()) hexWorth[byte] = worth;

/**
 * Reads canonical JSON of a reference whose scheme has no escape and whose size is surely exact.
 * Nothing it takes would be read otherwise by a reader of JSON; all else is for one.
 *
 * @param room gets the digest, 32 bytes from `to` on
 * @returns the bytes of the payload; negative for all else, and then the room holds anything
 */
function readPlainReference(bytes: Buffer, span: ByteSpan, room: Buffer, to: number): number {
  if (!hasAt(bytes, span.from, opening)) return -1;
  const first = span.from + opening.length;
  let at = first;
  let length = 0;
  for (;;) {
    const digit = (bytes[at] ?? 0) - digitZero;
    if (digit < 0 || digit > 9) break;
    length = 10 * length + digit;
    at += 1;
  }
  const digits = at - first;
  if (digits === 0 || digits > lengthDigitsMax) return -1;
  if (digits > 1 && bytes[first] === digitZero) return -1;
  if (!hasAt(bytes, at, middle)) return -1;
  at += middle.length;
  for (let byte = 0; byte < hexDigits / 2; byte += 1) {
    const high = hexWorth[bytes[at + 2 * byte] ?? 0] ?? 255;
    const low = hexWorth[bytes[at + 2 * byte + 1] ?? 0] ?? 255;
    if ((high | low) > 15) return -1;
    room[to + byte] = 16 * high + low;
  }
  at += hexDigits;
  if (!hasAt(bytes, at, scheme)) return -1;
  const name = at + scheme.length;
  for (at = name; isOfScheme(bytes[at] ?? 0);) at += 1;
  if (at === name || at - name > schemeMax) return -1;
  // Behind the quote the object ends, and that is where its value ended.
  return bytes[at] === 0x22 && at + 2 === span.to ? length : -1;
}

function hasAt(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let each = 0; each < text.length; each += 1) {
    if (bytes[at + each] !== text[each]) return false;
  }
  return true;
}

function isOfScheme(byte: number): boolean {
  if (byte >= 0x61) return byte <= 0x7a;
  return byte === 0x2d || (byte >= digitZero && byte <= 0x39);
}
