import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseExpression, printExpression } from "@holdfast/engine";
import type { Expr } from "@holdfast/engine";
import { expressions, withoutRanges } from "./expression-arbitrary.ts";
import { suiteExpressions } from "./suite-expressions.ts";

function parsed(text: string): Expr {
  const result = parseExpression(text);
  if (!result.ok) {
    throw new Error(`${text}: ${result.errors[0]?.message}`);
  }
  return withoutRanges(result.ast);
}

test("parsing what was printed gives the same tree, for any tree", () => {
  fc.assert(
    fc.property(expressions, (ast) => {
      const text = printExpression(ast);
      fc.pre(text.length < 4000);
      expect(parsed(text)).toEqual(ast);
    }),
    { numRuns: 3000 },
  );
});

test("no pair of parentheses that was printed can be left out", () => {
  fc.assert(
    fc.property(expressions, (ast) => {
      const text = printExpression(ast);
      fc.pre(text.length < 200);
      for (const [open, close] of parenthesisPairs(text)) {
        const without = `${text.slice(0, open)} ${text.slice(open + 1, close)} ${text.slice(close + 1)}`;
        const result = parseExpression(without);
        if (result.ok) {
          expect(withoutRanges(result.ast)).not.toEqual(ast);
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test("every expression of the specification's suites survives printing", () => {
  let printed = 0;
  for (const text of suiteExpressions) {
    const result = parseExpression(text);
    if (result.ok) {
      expect(parsed(printExpression(result.ast)), text).toEqual(withoutRanges(result.ast));
      printed++;
    }
  }
  expect(printed).toBeGreaterThan(2000);
});

/** Pairs of parentheses that group: not those of a call, not those within literals. */
function parenthesisPairs(text: string): (readonly [number, number])[] {
  const literals = /b?r?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|`[^`]*`/gu;
  const plain = text.replace(literals, (found) => "_".repeat(found.length));
  const pairs: (readonly [number, number])[] = [];
  const open: number[] = [];
  for (let at = 0; at < plain.length; at++) {
    if (plain[at] === "(") {
      open.push(at);
    } else if (plain[at] === ")") {
      const start = open.pop()!;
      if (!/\w$/u.test(plain.slice(0, start))) {
        pairs.push([start, at]);
      }
    }
  }
  return pairs;
}
