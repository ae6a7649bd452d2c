/** Fixed-point text of a finite double, rounded half to even on its exact value. */
export function fixed(value: number, digits: number): string {
  const [numerator, denominator] = exactly(Math.abs(value));
  const scaled = nearest(numerator * 10n ** BigInt(digits), denominator);
  return `${signOf(value)}${pointed(String(scaled), digits)}`;
}

/** Scientific text of a finite double such as `1.5e+03`, rounded as `fixed`. */
export function scientific(value: number, digits: number): string {
  let exponent = 0;
  let scaled = "".padStart(digits + 1, "0");
  if (value !== 0) {
    const [numerator, denominator] = exactly(Math.abs(value));
    exponent = Math.floor(Math.log10(Math.abs(value)));
    for (;;) {
      const power = digits - exponent;
      const text = String(
        power >= 0
          ? nearest(numerator * 10n ** BigInt(power), denominator)
          : nearest(numerator, denominator * 10n ** BigInt(-power)),
      );
      if (text.length === digits + 1) {
        scaled = text;
        break;
      }
      exponent += text.length > digits + 1 ? 1 : -1;
    }
  }
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${signOf(value)}${pointed(scaled, digits)}e${exponent < 0 ? "-" : "+"}${power}`;
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? "-" : "";
}

function pointed(text: string, digits: number): string {
  if (digits === 0) return text;
  const padded = text.padStart(digits + 1, "0");
  return `${padded.slice(0, padded.length - digits)}.${padded.slice(padded.length - digits)}`;
}

function nearest(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const rest = (numerator - whole * denominator) * 2n;
  return rest > denominator || (rest === denominator && (whole & 1n) === 1n) ? whole + 1n : whole;
}

/** A finite, non-negative double as a fraction of integers. */
function exactly(value: number): readonly [bigint, bigint] {
  let power = 0;
  let scaled = value;
  // Doubling is exact; no double needs more than 1,074 binary places.
  while (!Number.isInteger(scaled)) {
    if (power < 1_000) {
      scaled *= 2;
      power += 1;
    } else {
      return [BigInt(value * 2 ** 1_000 * 2 ** 74), 1n << 1_074n];
    }
  }
  return [BigInt(scaled), 1n << BigInt(power)];
}
