/** Whether the last digit is right by Luhn (ISO/IEC 7812-1, annex B). */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, doubled = false; at >= 0; at -= 1, doubled = !doubled) {
    const digit = digits.charCodeAt(at) - 48;
    const twice = digit * 2;
    sum += doubled ? (twice > 9 ? twice - 9 : twice) : digit;
  }
  return sum % 10 === 0;
}

/** The sum of the digits, each times its weight; weights begin anew when there are too few. */
export function weightedSum(digits: string, weights: readonly number[], from = 0): number {
  let sum = 0;
  for (let at = from; at < digits.length; at += 1) {
    sum += (digits.charCodeAt(at) - 48) * (weights[(at - from) % weights.length] ?? 0);
  }
  return sum;
}

/** The remainder of a number of any length, written in digits. */
export function remainderOf(digits: string, divisor: number): number {
  let rest = 0;
  for (let at = 0; at < digits.length; at += 1) {
    rest = (rest * 10 + digits.charCodeAt(at) - 48) % divisor;
  }
  return rest;
}

/** Whether a code of digits and capitals has the remainder 1 by 97 (ISO/IEC 7064, MOD 97-10). */
export function isMod97(code: string): boolean {
  let rest = 0;
  for (let at = 0; at < code.length; at += 1) {
    const unit = code.charCodeAt(at);
    const value = unit <= 57 ? unit - 48 : unit - 55;
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest === 1;
}

/** Whether the last digit is right by ISO/IEC 7064, MOD 11,10. */
export function isMod11And10(digits: string): boolean {
  let product = 10;
  for (let at = 0; at < digits.length - 1; at += 1) {
    const sum = (digits.charCodeAt(at) - 48 + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === digits.charCodeAt(digits.length - 1) - 48;
}

const turns: readonly string[] = [
  "0123456789",
  "1576283094",
  "5803796142",
  "8916043527",
  "9453126870",
  "4286573901",
  "2793806415",
  "7046913258",
];

const products: readonly string[] = [
  "0123456789",
  "1234067895",
  "2340178956",
  "3401289567",
  "4012395678",
  "5987604321",
  "6598710432",
  "7659821043",
  "8765932104",
  "9876543210",
];

/** Whether the last digit is right by Verhoeff, in the dihedral group of order 10. */
export function isVerhoeff(digits: string): boolean {
  let check = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 48;
    const turned = (turns[at % 8] ?? "").charCodeAt(digit) - 48;
    check = (products[check] ?? "").charCodeAt(turned) - 48;
  }
  return check === 0;
}

/** Whether digits are all the same one. */
export function isOneDigit(digits: string): boolean {
  return digits === digits.charAt(0).repeat(digits.length);
}

/** Whether two digits each are a month and a day that some year has. */
export function isDay(month: string, day: string): boolean {
  const [m, d] = [Number(month), Number(day)];
  return m >= 1 && m <= 12 && d >= 1 && d <= ([4, 6, 9, 11].includes(m) ? 30 : m === 2 ? 29 : 31);
}
