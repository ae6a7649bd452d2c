import { isAscii } from "@holdfast/model";

/** Characters that a reader does not see, and that change no letter beside them. */
const unseen =
  /[\u034f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]|[\ufe00-\ufe0f]|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|(?![\t-\r\u0085])\p{Cc}/u;
const eachUnseen = new RegExp(unseen, "gu");

/** What may be base64, in lines as mail breaks them, too; `-` and `_` as URLs write it. */
const packed = /[A-Za-z0-9+/_-]{24,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*={0,2}/y;

/** Characters in percent code: one is in many a URL, words have some. */
const percents = /%[0-9A-Fa-f]{2}[^%]{0,40}%[0-9A-Fa-f]{2}/;
const eachPercent = /(?:%[0-9A-Fa-f]{2})+/g;

/** Stretches of a text that are looked at, and unpacked, at most, and how long each is. */
const lookedMax = 1_024;
const packedMax = 64;
const packedUnitsMax = 65_536;

/** Two words beside each other. */
const words = /[A-Za-z\u00c0-\uffff]{2,}[ \t\r\n]+[A-Za-z\u00c0-\uffff]{2,}/;
const control = /[^\P{Cc}\t\n\r]/u;
/** Bytes that are a control character in whatever text they are of. */
const controlByte = /[^\P{Cc}\t\n\r\u0080-\u009f]/u;

/** Text of ASCII in which everything is seen. */
const seenAlone = /^[\t-\r\x20-\x7e]*$/;

/** Units of a run that may be base64, and by unit 1 for what may be in one. */
const runMin = 24;
const digits = digitTable();

function digitTable(): Uint8Array {
  const table = new Uint8Array(0x80);
  for (let unit = 0; unit < table.length; unit += 1) {
    if (/[A-Za-z0-9+/_-]/.test(String.fromCharCode(unit))) table[unit] = 1;
  }
  return table;
}

const nothing: readonly string[] = [];

/**
 * How a text reads besides, to a model that is told to look closer: without the characters that nobody sees, with
 * letters for their tags, and the words that it holds in base64 or percent code. Empty for a text that
 * reads only one way. At most 64 stretches of a text are unpacked, of 1,024 that may be some, none of over 65,536
 * units, and nothing that is unpacked is looked through again.
 */
export function modelReadings(text: string): readonly string[] {
  // Most texts are of ASCII, without long runs, and are told by looks that cost little.
  const hidden = !seenAlone.test(text) && unseen.test(text);
  const plain = hidden ? text.replaceAll(eachUnseen, letterOf) : text;
  const found = plain === text ? [] : [plain];
  let looked = 0;
  let count = 0;
  for (let at = runFrom(plain, 0); at >= 0; at = runFrom(plain, packed.lastIndex)) {
    // Ids and paths look alike, and must not use up what is unpacked.
    if ((looked += 1) > lookedMax || count >= packedMax) break;
    packed.lastIndex = at;
    const [stretch] = packed.exec(plain) ?? [""];
    const unpacked = stretch.length > packedUnitsMax ? undefined : unpackedWithin(stretch);
    if (unpacked === undefined) continue;
    found.push(unpacked);
    count += 1;
  }
  if (plain.includes("%") && percents.test(plain))
    found.push(plain.replaceAll(eachPercent, percentText));
  return found.length === 0 ? nothing : found;
}

/** Where the first run of units of base64 begins that is as long as one that is unpacked; -1: there is none. */
function runFrom(text: string, from: number): number {
  let start = from;
  while (start + runMin <= text.length) {
    let at = start + runMin - 1;
    while (at >= start && digits[text.charCodeAt(at)] === 1) at -= 1;
    if (at < start) return start;
    start = at + 1;
  }
  return -1;
}

/** A tag stands for a letter of ASCII, whatever else is unseen for nothing. */
function letterOf(character: string): string {
  const point = (character.codePointAt(0) ?? 0) - 0xe0000;
  return point >= 0x20 && point <= 0x7e ? String.fromCharCode(point) : "";
}

/** The words of a stretch, of all its lines but the last, or of the first: what follows may be a word of the text. */
function unpackedWithin(stretch: string): string | undefined {
  const first = stretch.indexOf("\n");
  if (first < 0) return unpackedOf(stretch);
  const last = stretch.lastIndexOf("\n");
  return (
    unpackedOf(stretch) ??
    unpackedOf(stretch.slice(0, last)) ??
    (first === last ? undefined : unpackedOf(stretch.slice(0, first)))
  );
}

/** The words that a stretch of base64 holds; `undefined` where it holds none. */
function unpackedOf(stretch: string): string | undefined {
  const code = stretch
    .replaceAll(/[\r\n=]/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  // One digit alone is no byte.
  const bytes = atob(code.length % 4 === 1 ? code.slice(0, -1) : code);
  if (controlByte.test(bytes)) return undefined;
  const text = isAscii(bytes) ? bytes : textOf(bytes);
  return text !== undefined && words.test(text) && !control.test(text) ? text : undefined;
}

/** The letters; a byte that is none hides none beside it. */
function percentText(codes: string): string {
  const bytes = codes.split("%").slice(1);
  return lenient.decode(Uint8Array.from(bytes, (each) => Number.parseInt(each, 16)));
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of bytes that are UTF-8. WHY two decoders: most bytes are none, and telling so by an error takes longer. */
function textOf(units: string): string | undefined {
  const bytes = Uint8Array.from(units, (unit) => unit.charCodeAt(0));
  const text = lenient.decode(bytes);
  if (!text.includes("\ufffd")) return text;
  try {
    return units.includes("\u00ef\u00bf\u00bd") ? strict.decode(bytes) : undefined;
  } catch {
    return undefined;
  }
}
