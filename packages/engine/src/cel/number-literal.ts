import { SyntaxFault } from "./expression-error.ts";
import type { Constant, Range } from "./syntax.ts";

const intMax = 2n ** 63n - 1n;
const uintMax = 2n ** 64n - 1n;

/**
 * The constant a number token stands for, `negative` when a `-` belongs to it.
 *
 * @throws SyntaxFault when the value does not fit its type (langdef.md, "Numeric Values")
 */
export function numberConstant(
  digits: string,
  type: "int" | "uint" | "double",
  negative: boolean,
  range: Range,
): Constant {
  switch (type) {
    case "double": {
      const value = Number(negative ? `-${digits}` : digits);
      if (!Number.isFinite(value)) {
        throw outOfRange(digits, "a double, at most 1.7976931348623157e308", range);
      }
      return { type, value };
    }
    case "uint": {
      const value = BigInt(digits.slice(0, -1));
      if (value > uintMax) {
        throw outOfRange(digits, `a uint, at most ${uintMax}u`, range);
      }
      return { type, value };
    }
    case "int": {
      const value = negative ? -BigInt(digits) : BigInt(digits);
      if (value > intMax || value < -intMax - 1n) {
        throw outOfRange(digits, `an int, from ${-intMax - 1n} to ${intMax}`, range);
      }
      return { type, value };
    }
  }
}

function outOfRange(digits: string, bounds: string, range: Range): SyntaxFault {
  return new SyntaxFault("cel_number", `\`${digits}\` does not fit ${bounds}`, range);
}
