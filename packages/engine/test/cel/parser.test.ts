import { expect, test } from "vitest";
import { parseExpression, printExpression } from "@holdfast/engine";
import type { Expr } from "@holdfast/engine";
import { withoutRanges } from "./expression-arbitrary.ts";

function ast(text: string): Expr {
  const result = parseExpression(text);
  if (!result.ok) {
    throw new Error(`${text}: ${result.errors[0]!.message}`);
  }
  return result.ast;
}

/** The one error of a text: its code, the text it points at and its message. */
function fault(text: string): string {
  const result = parseExpression(text);
  if (result.ok) {
    return "accepted";
  }
  const { code, message, range } = result.errors[0]!;
  return `${code} [${text.slice(range.start, range.end)}] ${message}`;
}

test.each<[string, string]>([
  ["", "cel_syntax [] expected a value, the expression ends here"],
  ["a &&", "cel_syntax [] expected a value, the expression ends here"],
  ["a && && b", "cel_syntax [&&] expected a value, found `&&`"],
  ["a b", "cel_syntax [b] expected an operator or the end of the expression, found `b`"],
  ["a = b", "cel_character [=] unexpected character `=`; write `==` to compare"],
  ["a & b", "cel_character [&] unexpected character `&`; write `&&` for and"],
  ["a || é", "cel_character [é] unexpected character `é`; only strings and comments can hold it"],
  [
    "a\u202eb",
    "cel_character [\u202e] unexpected character U+202E; only strings and comments can hold it",
  ],
  ["(a", "cel_syntax [] expected `)` to close the parenthesis, the expression ends here"],
  ["f(a,)", "cel_syntax [)] expected a value, found `)`"],
  ["[1, , 2]", "cel_syntax [,] expected a value, found `,`"],
  ["{1 2}", "cel_syntax [2] expected `:` and the value of this key, found `2`"],
  [
    "a ? b",
    "cel_syntax [] expected `:` and the other value of the conditional, the expression ends here",
  ],
  ["a ? b ? c : d : e", "cel_syntax [?] put a conditional between `?` and `:` in parentheses"],
  ["-!a", "cel_syntax [!] put the inner `!` or `-` in parentheses: expected a value, found `!`"],
  [
    "a.in",
    "cel_syntax [in] expected a field name after `.`; write a keyword in backticks, found `in`",
  ],
  ["for", "cel_reserved_word [for] `for` is a reserved word; choose another name"],
  ["'abc", "cel_unterminated_string ['abc] this string is not closed; add `'`"],
  ["'a\nb'", "cel_unterminated_string ['a] this string is not closed; add `'`"],
  [
    `"\\d+"`,
    'cel_escape [\\d] unknown escape `\\d`; write `\\\\d` for a backslash, or use a raw string `r"…"`',
  ],
  [`"\\u12"`, "cel_escape [\\u] `\\u` needs 4 hexadecimal digits"],
  [
    `"\\ud800"`,
    "cel_escape [\\ud800] `\\ud800` is not a Unicode character; write a code point up to 10FFFF that is not a lone surrogate",
  ],
  [
    `b"\\u00e9"`,
    "cel_escape [\\u00e9] `\\u00e9` is not allowed in bytes; write the octets as `\\xHH`",
  ],
  ["12abc", "cel_number [12abc] `12abc` is not a number; put an operator between `12` and `abc`"],
  [
    "9223372036854775808",
    "cel_number [9223372036854775808] `9223372036854775808` does not fit an int, from -9223372036854775808 to 9223372036854775807",
  ],
  ["1e999", "cel_number [1e999] `1e999` does not fit a double, at most 1.7976931348623157e308"],
  ["has(a)", "cel_macro [a] `has` takes a field selection, as in `has(args.amount)`"],
  ["x.all(a.b, true)", "cel_macro [a.b] `all` wants a plain variable name here, as in `x`"],
  ["x.all(i, i, true)", "cel_macro [i] the two variables of `all` need different names"],
  [
    "a.`x",
    'cel_quoted_name [`] a quoted field holds letters, digits, `_`, `.`, `-`, `/` and spaces between two backticks; use `["…"]` for any other key',
  ],
])("%s is refused with the place and what to do", (text, expected) => {
  expect(fault(text)).toBe(expected);
});

test("a literal is exactly the value written", () => {
  const value = (text: string): unknown => {
    const parsed = ast(text);
    return parsed.kind === "constant" && "value" in parsed.constant
      ? parsed.constant.value
      : parsed;
  };
  expect(value("-9223372036854775808")).toBe(-(2n ** 63n));
  expect(value("0xFFFFFFFFFFFFFFFFu")).toBe(2n ** 64n - 1n);
  expect(value("-0x10")).toBe(-16n);
  expect(value(".5e-1")).toBe(0.05);
  expect(value(`'''a'b\n'''`)).toBe("a'b\n");
  expect(value(`r"\\d\\"`)).toBe("\\d\\");
  expect(value(`"\\x41\\101\\u0041\\U00000041\\ud83d\\ude00\\?"`)).toBe("AAAA\u{1f600}?");
  expect(value(`b"\\xff\\377é"`)).toEqual(Uint8Array.of(255, 255, 0xc3, 0xa9));
});

test("every range is the text of its own node", () => {
  const text = "  user.name.startsWith('a') && ( args.n+1 > -2 ) // why";
  const both = ast(text);
  expect(text.slice(both.range.start, both.range.end)).toBe(
    "user.name.startsWith('a') && ( args.n+1 > -2 )",
  );
  const [call, relation] = both.kind === "call" ? both.args : [];
  expect(text.slice(call!.range.start, call!.range.end)).toBe("user.name.startsWith('a')");
  expect(text.slice(relation!.range.start, relation!.range.end)).toBe("args.n+1 > -2");
  const mark = call!.kind === "call" ? call!.functionRange : both.range;
  expect(text.slice(mark.start, mark.end)).toBe("startsWith");
});

test("an Event or Meter named without quotes is the same as with them", () => {
  for (const [bare, quoted] of [
    ["happened(refund)", 'happened("refund")'],
    ["count(refund, d) > 1", 'count("refund", d) > 1'],
    ["since(a, b)", 'since("a", "b")'],
    ["meter(m)", 'meter("m")'],
  ] as const) {
    expect(withoutRanges(ast(bare))).toEqual(withoutRanges(ast(quoted)));
    expect(printExpression(ast(bare))).toBe(quoted);
  }
  expect(printExpression(ast("size(refund)"))).toBe("size(refund)");
});

test("a chain of five hundred alternatives parses, prints flat and stays shallow", () => {
  const terms = Array.from({ length: 500 }, (_, index) => `args.name == "${index}"`);
  const text = terms.join(" || ");
  expect(printExpression(ast(text))).toBe(text);
  expect(height(ast(text))).toBeLessThan(16);
});

test("the limits hold at their last value and refuse one past it", () => {
  expect(fault(`${" ".repeat(65_535)}a`)).toBe("accepted");
  expect(fault(`${" ".repeat(65_536)}a`)).toContain("cel_too_long");
  expect(fault(`${"(".repeat(63)}a${")".repeat(63)}`)).toBe("accepted");
  expect(fault(`${"(".repeat(64)}a${")".repeat(64)}`)).toContain("cel_too_deep");
  expect(fault(`a${".b".repeat(63)}`)).toBe("accepted");
  expect(fault(`a${".b".repeat(64)}`)).toContain("cel_too_deep");
  expect(fault(`[${"1,".repeat(19_999)}]`)).toBe("accepted");
  expect(fault(`[${"1,".repeat(20_000)}]`)).toContain("cel_too_large");
});

test("no text makes the parser throw", () => {
  for (const text of [
    "\ud800",
    "'\ud800'",
    "\u0000",
    "`",
    "(".repeat(60_000),
    "-".repeat(60_000),
  ]) {
    expect(fault(text)).not.toBe("accepted");
  }
});

function height(expr: Expr): number {
  return expr.kind === "call" ? 1 + Math.max(0, ...expr.args.map(height)) : 1;
}
