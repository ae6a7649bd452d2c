import {
  isDay,
  isLuhn,
  isMod11And10,
  isOneDigit,
  remainderOf,
  weightedSum,
} from "./check-digit.ts";

/** Whether digits are a payment card: an issuer's range, its length, and Luhn (ISO/IEC 7812). */
export function isCard(digits: string): boolean {
  return issuer(digits) && isLuhn(digits) && !isOneDigit(digits);
}

function issuer(digits: string): boolean {
  const { length } = digits;
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  if (two >= 40 && two <= 49)
    return length === 16 || length === 19 || (length === 13 && two !== 49);
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16;
  if (two === 34 || two === 37) return length === 15;
  if (four === 6011 || (four >= 6440 && four <= 6599)) return length >= 16 && length <= 19;
  if (four >= 3528 && four <= 3589) return length >= 16 && length <= 19;
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059))
    return length === 14;
  if (two === 62 || (four >= 8100 && four <= 8171)) return length >= 16 && length <= 19;
  if (four >= 2200 && four <= 2204) return length >= 16 && length <= 19;
  return [5018, 5020, 5038, 6304, 6759, 6761, 6762, 6763, 6390].includes(four) && length >= 13;
}

/** The social security administration's own rules; what it gave as examples is none. */
export function isSocialSecurity(digits: string): boolean {
  const area = digits.slice(0, 3);
  if (area === "000" || area === "666" || area >= "900") return false;
  if (digits.slice(3, 5) === "00" || digits.slice(5) === "0000") return false;
  return (
    !isOneDigit(digits) &&
    digits !== "078051120" &&
    digits !== "219099999" &&
    digits !== "123456789"
  );
}

/** Of the first ten digits one stands there twice or three times, the others once or never. */
export function isGermanTax(digits: string): boolean {
  if (digits.startsWith("0") || !isMod11And10(digits)) return false;
  const counts = new Map<string, number>();
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  return repeated.length === 1 && (repeated[0] === 2 || repeated[0] === 3);
}

/** Whether digits are a number of INSEE (NIR): month, and key by 97. */
export function isFrench(digits: string): boolean {
  const month = Number(digits.slice(3, 5));
  const known = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
  if (!/^[1-478]/u.test(digits) || !known) return false;
  return 97 - remainderOf(digits.slice(0, 13), 97) === Number(digits.slice(13));
}

/** Whether digits are a PESEL: a day of birth, and its check digit. */
export function isPolish(digits: string): boolean {
  const month = (Number(digits.slice(2, 4)) % 20).toString();
  if (!isDay(month, digits.slice(4, 6))) return false;
  return weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

/** Whether the last two digits of a CPF or CNPJ are right by these weights. */
export function isBrazilian(
  digits: string,
  first: readonly number[],
  second: readonly number[],
): boolean {
  if (isOneDigit(digits)) return false;
  const at = digits.length - 2;
  const digitOf = (end: number, weights: readonly number[]): number => {
    const rest = weightedSum(digits.slice(0, end), weights) % 11;
    return rest < 2 ? 0 : 11 - rest;
  };
  return (
    digitOf(at, first) === Number(digits[at]) && digitOf(at + 1, second) === Number(digits[at + 1])
  );
}

/** Whether digits are a number of the Belgian register, before 2000 or since. */
export function isBelgian(digits: string): boolean {
  if (!isDay(digits.slice(2, 4), digits.slice(4, 6))) return false;
  const own = digits.slice(0, 9);
  const check = Number(digits.slice(9));
  return [own, `2${own}`].some((each) => 97 - remainderOf(each, 97) === check);
}

/** Whether digits are a Norwegian birth number or D number. */
export function isNorwegian(digits: string): boolean {
  const day = String(Number(digits.slice(0, 2)) % 40).padStart(2, "0");
  if (!isDay(digits.slice(2, 4), day)) return false;
  const first = weightedSum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0]);
  return first % 11 === 0 && weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
}

/** Whether digits are a Turkish identity number. */
export function isTurkish(digits: string): boolean {
  const at = (place: number): number => Number(digits[place]);
  const odd = at(0) + at(2) + at(4) + at(6) + at(8);
  const even = at(1) + at(3) + at(5) + at(7);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return at(0) !== 0 && tenth === at(9) && (odd + even + tenth) % 10 === at(10);
}

/** Whether digits are a Swedish personal or coordination number. */
export function isSwedish(digits: string): boolean {
  const own = digits.slice(-10);
  const day = String(Number(own.slice(4, 6)) % 60).padStart(2, "0");
  return isDay(own.slice(2, 4), day) && isLuhn(own);
}

/** Whether digits are a Korean resident registration number. */
export function isKorean(digits: string): boolean {
  const check =
    (11 - (weightedSum(digits.slice(0, 12), [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  return isDay(digits.slice(2, 4), digits.slice(4, 6)) && check === Number(digits[12]);
}

/** Whether digits are a Romanian personal code. */
export function isRomanian(digits: string): boolean {
  const rest = weightedSum(digits.slice(0, 12), [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  const day = isDay(digits.slice(3, 5), digits.slice(5, 7));
  return /^[1-8]/u.test(digits) && day && (rest === 10 ? 1 : rest) === Number(digits[12]);
}

/** Whether digits are a Swiss AHV number. */
export function isSwiss(digits: string): boolean {
  return digits.startsWith("756") && weightedSum(digits, [1, 3]) % 10 === 0;
}

/** Whether digits are a South African identity number. */
export function isSouthAfrican(digits: string): boolean {
  return (
    isDay(digits.slice(2, 4), digits.slice(4, 6)) && /[01]\d\d$/u.test(digits) && isLuhn(digits)
  );
}

/** Makes the check that a weighted sum of digits has no rest. */
export function isWeighted(
  weights: readonly number[],
  divisor: number,
): (digits: string) => boolean {
  return (digits) => !isOneDigit(digits) && weightedSum(digits, weights) % divisor === 0;
}
