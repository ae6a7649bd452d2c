import { upperAscii } from "@holdfast/model";
import { isDay, weightedSum } from "./check-digit.ts";
import { isLetterUnit, isWithinWord, isWordUnit } from "./finding.ts";
import type { Finding, Scanned } from "./finding.ts";

/** National numbers with letters in them: how each is written, in small letters, and when it is right. */
interface LetteredFormat {
  readonly type: string;
  readonly begins: "digit" | "letter";
  readonly form: RegExp;
  readonly isRight: (code: string) => boolean;
}

const spanish = "TRWAGMYFPDXBNJZSQVHLCKE";

function isSpanish(code: string): boolean {
  const digits = code.slice(0, -1).replace("X", "0").replace("Y", "1").replace("Z", "2");
  return Number(digits) > 0 && spanish.charAt(Number(digits) % 23) === code.slice(-1);
}

/** HMRC's rules of the prefix (NIM39110). */
function isInsurance(code: string): boolean {
  if (/^(?:BG|GB|KN|NK|NT|TN|ZZ)|^.?[DFIQUV]|^.O/u.test(code)) return false;
  return !/^..000000/u.test(code);
}

const oddValues = "1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23".split(" ");

/** The control letter of the Italian decree of 23 December 1976. */
function isItalian(code: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const unit = code.charCodeAt(at);
    const value = unit <= 57 ? unit - 48 : unit - 65;
    sum += at % 2 === 0 ? Number(oddValues[value]) : value;
  }
  return sum % 26 === code.charCodeAt(15) - 65;
}

const mexican = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ";

function isMexican(code: string): boolean {
  if (!isDay(code.slice(6, 8), code.slice(8, 10))) return false;
  let sum = 0;
  for (let at = 0; at < 17; at += 1) sum += mexican.indexOf(code.charAt(at)) * (18 - at);
  return (10 - (sum % 10)) % 10 === Number(code[17]);
}

function isFinnish(code: string): boolean {
  if (!isDay(code.slice(2, 4), code.slice(0, 2))) return false;
  const number = Number(code.slice(0, 6) + code.slice(7, 10));
  return "0123456789ABCDEFHJKLMNPRSTUVWXY".charAt(number % 31) === code.charAt(10);
}

function isSingaporean(code: string): boolean {
  const sum = weightedSum(code.slice(1, 8), [2, 7, 6, 5, 4, 3, 2]);
  const letters = /^[ST]/u.test(code) ? "JZIHGFEDCBA" : "XWUTRQPNMLK";
  const shift = /^[TG]/u.test(code) ? 4 : 0;
  return letters.charAt((sum + shift) % 11) === code.charAt(8);
}

function isChilean(code: string): boolean {
  const digits = Array.from(code.slice(0, -1)).toReversed().join("");
  const rest = 11 - (weightedSum(digits, [2, 3, 4, 5, 6, 7]) % 11);
  return (rest === 11 ? "0" : rest === 10 ? "K" : String(rest)) === code.slice(-1);
}

function isChinese(code: string): boolean {
  if (!isDay(code.slice(10, 12), code.slice(12, 14))) return false;
  return (
    weightedSum(code.slice(0, 17), [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11 === 2
  );
}

function isIndianTax(code: string): boolean {
  return /^[A-Z]{3}[ABCFGHJLPT]/u.test(code);
}

const formats: readonly LetteredFormat[] = [
  {
    type: "uk_nino",
    begins: "letter",
    form: /[a-z]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ -]?[a-d]/y,
    isRight: isInsurance,
  },
  {
    type: "es_id",
    begins: "digit",
    form: /(?:[0-9]{8}|[0-9]{2}\.[0-9]{3}\.[0-9]{3})[ -]?[a-hj-np-tv-z]/y,
    isRight: isSpanish,
  },
  {
    type: "es_id",
    begins: "letter",
    form: /[xyz][ -]?[0-9]{7}[ -]?[a-hj-np-tv-z]/y,
    isRight: isSpanish,
  },
  {
    type: "it_codice_fiscale",
    begins: "letter",
    form: /[a-z]{6}[ ]?[0-9lmnp-v]{2}[a-ehlmprst][0-9lmnp-v]{2}[ ]?[a-z][0-9lmnp-v]{3}[a-z]/y,
    isRight: isItalian,
  },
  {
    type: "mx_curp",
    begins: "letter",
    form: /[a-z]{4}[0-9]{6}[hmx][a-z]{5}[0-9a-z][0-9]/y,
    isRight: isMexican,
  },
  {
    type: "fi_hetu",
    begins: "digit",
    form: /[0-9]{6}[-+a-fu-y][0-9]{3}[0-9a-fhj-npr-y]/y,
    isRight: isFinnish,
  },
  { type: "sg_nric", begins: "letter", form: /[stfg][0-9]{7}[a-z]/y, isRight: isSingaporean },
  {
    type: "cl_rut",
    begins: "digit",
    form: /[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9k]/y,
    isRight: isChilean,
  },
  { type: "cn_resident_id", begins: "digit", form: /[1-8][0-9]{16}x/y, isRight: isChinese },
  { type: "in_pan", begins: "letter", form: /[a-z]{5}[0-9]{4}[a-z]/y, isRight: isIndianTax },
];

const byDigit = formats.filter(({ begins }) => begins === "digit");
const byLetter = formats.filter(({ begins }) => begins === "letter");

/** Letters that any of these numbers begins with at most. */
const lettersMax = 6;

const digits = /[0-9]+/g;

/** National numbers with letters, in capitals or not, whose own rules hold. */
export function letteredNumbersIn(scanned: Scanned): readonly Finding[] {
  const { lower } = scanned;
  const found: Finding[] = [];
  let done = 0;
  digits.lastIndex = 0;
  for (let hit = digits.exec(lower); hit !== null; hit = digits.exec(lower)) {
    const at = hit.index;
    if (at < done) continue;
    const word = wordBefore(lower, at);
    const finding =
      (word === undefined ? undefined : numberAt(scanned, word, byLetter)) ??
      (isWithinWord(lower, at) ? undefined : numberAt(scanned, at, byDigit));
    if (finding === undefined) continue;
    found.push(finding);
    done = finding.end;
  }
  return found;
}

/** Where the letters begin that stand before digits, with at most a separator between. */
function wordBefore(lower: string, at: number): number | undefined {
  const end = /[ -]/u.test(lower.charAt(at - 1)) ? at - 1 : at;
  let start = end;
  while (start > 0 && end - start <= lettersMax && isLetterUnit(lower.charCodeAt(start - 1)))
    start -= 1;
  // The letter of an escaped line break is none of them.
  if (start > 0 && lower.charAt(start - 1) === "\\" && /[bfnrt]/u.test(lower.charAt(start)))
    start += 1;
  return start < end && !isWithinWord(lower, start) ? start : undefined;
}

function numberAt(
  { text, lower }: Scanned,
  start: number,
  of: readonly LetteredFormat[],
): Finding | undefined {
  for (const { type, form, isRight } of of) {
    form.lastIndex = start;
    const written = form.exec(lower)?.[0];
    if (written === undefined) continue;
    const end = start + written.length;
    if (isWordUnit(lower, end)) continue;
    const isCapital = type !== "in_pan" || /^[A-Z]{5}/u.test(text.slice(start, end));
    const code = upperAscii(written.replaceAll(type === "fi_hetu" ? / /gu : /[ .-]/gu, ""));
    if (isCapital && isRight(code)) return { type, start, end };
  }
  return undefined;
}
