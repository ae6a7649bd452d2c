import type { ArithmeticExpression } from "unbash";

type Operation = (left: bigint, right: bigint) => bigint | undefined;

const truth = (value: boolean): bigint => (value ? 1n : 0n);

const binary: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["+", (a, b) => a + b],
  ["-", (a, b) => a - b],
  ["*", (a, b) => a * b],
  ["/", (a, b) => (b === 0n ? undefined : a / b)],
  ["%", (a, b) => (b === 0n ? undefined : a % b)],
  ["**", power],
  ["<<", (a, b) => (b < 0n || b > 62n ? undefined : a << b)],
  [">>", (a, b) => (b < 0n || b > 62n ? undefined : a >> b)],
  ["&", (a, b) => a & b],
  ["|", (a, b) => a | b],
  ["^", (a, b) => a ^ b],
  ["<", (a, b) => truth(a < b)],
  [">", (a, b) => truth(a > b)],
  ["<=", (a, b) => truth(a <= b)],
  [">=", (a, b) => truth(a >= b)],
  ["==", (a, b) => truth(a === b)],
  ["!=", (a, b) => truth(a !== b)],
  ["&&", (a, b) => truth(a !== 0n && b !== 0n)],
  ["||", (a, b) => truth(a !== 0n || b !== 0n)],
  [",", (_, b) => b],
]);

const unary: ReadonlyMap<string, (value: bigint) => bigint> = new Map([
  ["+", (value: bigint) => value],
  ["-", (value: bigint) => -value],
  ["~", (value: bigint) => ~value],
  ["!", (value: bigint) => truth(value === 0n)],
]);

function power(base: bigint, exponent: bigint): bigint | undefined {
  if (exponent < 0n || exponent > 4096n) return undefined;
  let result = 1n;
  for (let count = 0n; count < exponent; count++) result = BigInt.asIntN(64, result * base);
  return result;
}

/**
 * The value of arithmetic in which nothing but numbers occurs, in 64 bits as the shell computes.
 * A name makes it `undefined`: the shell would evaluate the text of the variable, and what that
 * holds can run commands.
 */
export function arithmeticValue(expression: ArithmeticExpression | undefined): bigint | undefined {
  const value = expression === undefined ? undefined : valueOf(expression);
  return value === undefined ? undefined : BigInt.asIntN(64, value);
}

function valueOf(expression: ArithmeticExpression): bigint | undefined {
  switch (expression.type) {
    case "ArithmeticWord":
      return expression.parts === undefined ? numberOf(expression.value) : undefined;
    case "ArithmeticGroup":
      return arithmeticValue(expression.expression);
    case "ArithmeticUnary": {
      const operand = arithmeticValue(expression.operand);
      return operand === undefined ? undefined : unary.get(expression.operator)?.(operand);
    }
    case "ArithmeticBinary": {
      const left = arithmeticValue(expression.left);
      const right = arithmeticValue(expression.right);
      if (left === undefined || right === undefined) return undefined;
      return binary.get(expression.operator)?.(left, right);
    }
    case "ArithmeticTernary": {
      const test = arithmeticValue(expression.test);
      const consequent = arithmeticValue(expression.consequent);
      const alternate = arithmeticValue(expression.alternate);
      if (test === undefined || consequent === undefined || alternate === undefined) return;
      return test === 0n ? alternate : consequent;
    }
    case "ArithmeticCommandExpansion":
      return undefined;
  }
}

function numberOf(text: string): bigint | undefined {
  if (/^(?:0|[1-9]\d{0,17})$/.test(text)) return BigInt(text);
  if (/^0[xX][\da-fA-F]{1,15}$/.test(text)) return BigInt(text);
  if (/^0[0-7]{1,20}$/.test(text)) return BigInt(`0o${text}`);
  return undefined;
}
