import type { TestExpression } from "unbash";
import { checkVariableTest, isFileComparison, isFileTest } from "./reader/test-reader.ts";
import type { ShellReading } from "./shell-reading.ts";
import type { WordReader } from "./word-reader.ts";

const computing: ReadonlySet<string> = new Set(["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]);

/** Walks `[[ … ]]`: the files it looks at, and the texts it computes with as if they were numbers. */
export function walkTest(
  expression: TestExpression,
  words: WordReader,
  reading: ShellReading,
): void {
  switch (expression.type) {
    case "TestLogical":
      for (const operand of expression.operands) walkTest(operand, words, reading);
      return;
    case "TestNot":
      walkTest(expression.operand, words, reading);
      return;
    case "TestGroup":
      walkTest(expression.expression, words, reading);
      return;
    case "TestUnary": {
      const operand = words.single(expression.operand);
      const { operator } = expression;
      if (isFileTest(operator)) reading.path(operand, "read");
      else if (operator === "-v" || operator === "-R") checkVariableTest(operand, reading);
      else if (!["-n", "-z", "-t", "-o", ""].includes(operator)) {
        reading.cannotTell("a test that is not known");
      }
      return;
    }
    case "TestBinary": {
      const left = words.single(expression.left);
      const regex = expression.operator === "=~";
      const right = regex ? words.regex(expression.right) : words.single(expression.right);
      if (isFileComparison(expression.operator)) {
        reading.path(left, "read");
        reading.path(right, "read");
      } else if (computing.has(expression.operator)) {
        for (const { text } of [left, right]) {
          if (!/^-?\d{1,18}$/.test(text)) reading.cannotTell("arithmetic on what is not a number");
        }
      }
    }
  }
}
