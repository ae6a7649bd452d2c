import { lowerAscii } from "@holdfast/model";
/**
 * The shortest decimal text that reads back as this double; `NaN`, `Infinity`, `-Infinity`.
 * The specification leaves the notation open; this is ECMAScript's, with `-0` kept.
 */
export function doubleText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The double of a decimal text; undefined for other text and for numbers too large for one. */
export function parseDouble(text: string): number | undefined {
  const named = /^([+-]?)(nan|inf|infinity)$/.exec(lowerAscii(text));
  if (named !== null) {
    if (named[2] === "nan") return Number.NaN;
    return named[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Fixed-point text with `digits` decimals, rounded half to even on the exact value of the double.
 * **Contract:** `value` is finite.
 */
export function fixedText(value: number, digits: number): string {
  const { numerator, denominator } = fractionOf(Math.abs(value));
  const scaled = divideToEven(numerator * 10n ** BigInt(digits), denominator);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return sign + withPoint(String(scaled), digits);
}

/** Scientific text (`1.052033e+03`) with `digits` decimals, rounded as `fixedText`. */
export function scientificText(value: number, digits: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const { exponent, scaled } =
    value === 0 ? { exponent: 0, scaled: 0n } : scientific(value, digits);
  const mantissa = withPoint(String(scaled).padStart(digits + 1, "0"), digits);
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${power}`;
}

/** The `digits + 1` significant digits of a double as one integer, and the power of the first. */
function scientific(
  value: number,
  digits: number,
): { readonly exponent: number; readonly scaled: bigint } {
  const { numerator, denominator } = fractionOf(Math.abs(value));
  let exponent = Math.floor(Math.log10(Math.abs(value)));
  let scaled = scale(numerator, denominator, digits - exponent);
  // WHY a loop: the logarithm is rounded, and rounding the digits may carry into a new one.
  while (String(scaled).length !== digits + 1) {
    exponent += String(scaled).length > digits + 1 ? 1 : -1;
    scaled = scale(numerator, denominator, digits - exponent);
  }
  return { exponent, scaled };
}

function scale(numerator: bigint, denominator: bigint, power: number): bigint {
  return power >= 0
    ? divideToEven(numerator * 10n ** BigInt(power), denominator)
    : divideToEven(numerator, denominator * 10n ** BigInt(-power));
}

function withPoint(digitsText: string, digits: number): string {
  if (digits === 0) return digitsText;
  const padded = digitsText.padStart(digits + 1, "0");
  return `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** The exact value of a finite, non-negative double as a fraction (IEEE 754, binary64). */
function fractionOf(value: number): { readonly numerator: bigint; readonly denominator: bigint } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const significand = biased === 0 ? fraction : fraction | (1n << 52n);
  const exponent = (biased === 0 ? 1 : biased) - 1075;
  return exponent >= 0
    ? { numerator: significand << BigInt(exponent), denominator: 1n }
    : { numerator: significand, denominator: 1n << BigInt(-exponent) };
}
