import { parse } from "@bufbuild/cel";
import { expect, test } from "vitest";
import { parseExpression, printExpression } from "@holdfast/engine";
import type { Expr } from "@holdfast/engine";
import { suiteExpressions } from "./suite-expressions.ts";

/**
 * Where this parser and that of `@bufbuild/cel` differ on purpose, with the sentence of the
 * specification (cel-spec, doc/langdef.md) that decides. A disagreement that is in no row fails.
 */
const differences: readonly {
  readonly why: string;
  readonly holds: (text: string, ours: ReturnType<typeof parseExpression>) => boolean;
}[] = [
  {
    why: "optional syntax and quoted fields, which the other parser does not read: the conformance suite has sections `optionals` and `quoted_map_fields`",
    holds: (text, ours) => ours.ok && (text.includes("`") || uses(ours.ast, isOptional)),
  },
  {
    why: "numbers: `CEL supports only 64-bit integers and 64-bit IEEE double-precision floating-point`",
    holds: (_, ours) => !ours.ok && /does not fit/u.test(ours.errors[0]!.message),
  },
  {
    why: "macros: `has(e.f)` tests a field; the variable of a comprehension is `a simple identifier`",
    holds: (_, ours) => !ours.ok && ours.errors[0]!.code === "cel_macro",
  },
  {
    why: "escapes: `Escape sequences are a backslash followed by one of the following`, and no other; `\\u` and `\\U` are `Valid only for string literals`; `Strings are sequences of Unicode code points`",
    holds: (_, ours) => !ours.ok && ours.errors[0]!.code === "cel_escape",
  },
  {
    why: "depth: `Implementations are required to support at least 32 levels of nested expressions`; ours ends at 64",
    holds: (_, ours) => !ours.ok && ours.errors[0]!.code === "cel_too_deep",
  },
  {
    why: "white space and comments: `WHITESPACE and COMMENT productions are only used to recognize separate lexical elements and are ignored by the grammar`; the other parser wants none within `! !`, `- -` and `()`, and a line break after the last comment",
    holds: (_, ours) => ours.ok && accepts(printExpression(ours.ast).replaceAll(/!\(-/gu, "!(0-")),
  },
  {
    why: 'a minus before a uint is the operator: `Unary = Member | "-" {"-"} Member`; that no overload takes it is for the checker to say',
    holds: (text, ours) => ours.ok && /-\s*(?:\d+|0x[0-9a-f]+)u/iu.test(text),
  },
  {
    why: "names that begin like a keyword (`truth`, `index`): `IDENT ::= [_a-zA-Z][_a-zA-Z0-9]* - RESERVED`; the other parser reads `truth` as `true` and `th`",
    holds: (text) => {
      const starts = text.matchAll(
        /(?<=^|[^A-Za-z_]|[0-9][uU]|0x[0-9a-fA-F]+)(true|false|null|in)(?=[A-Za-z0-9_])/gu,
      );
      return [...starts].some(({ index, 0: word }) => {
        const end = index + word.length;
        const asRead = `${text.slice(0, end)} ${text.slice(end)}`;
        const ours = parseExpression(asRead);
        return ours.ok === accepts(text) || isExplained(asRead, ours);
      });
    },
  },
];

function isExplained(text: string, ours: ReturnType<typeof parseExpression>): boolean {
  return differences.some((each) => each.holds(text, ours));
}

function isOptional(expr: Expr): boolean {
  switch (expr.kind) {
    case "select":
      return expr.optional;
    case "call":
      return expr.function === "_[?_]";
    case "list":
      return expr.elements.some((each) => each.optional);
    case "map":
      return expr.entries.some((each) => each.optional);
    case "struct":
      return expr.fields.some((each) => each.optional);
    case "constant":
    case "has":
    case "ident":
    case "macro":
      return false;
  }
}

function uses(expr: Expr, holds: (expr: Expr) => boolean): boolean {
  const parts: Expr[] =
    expr.kind === "constant" || expr.kind === "ident"
      ? []
      : expr.kind === "list"
        ? expr.elements.map((each) => each.value)
        : expr.kind === "map"
          ? expr.entries.flatMap((each) => [each.key, each.value])
          : expr.kind === "struct"
            ? expr.fields.map((each) => each.value)
            : expr.kind === "call"
              ? [...(expr.target ? [expr.target] : []), ...expr.args]
              : expr.kind === "macro"
                ? [expr.operand, ...expr.args]
                : [expr.operand];
  return holds(expr) || parts.some((part) => uses(part, holds));
}

function accepts(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A generator of whole numbers below a bound, the same in every run. */
function seeded(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

const inserts = [
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  "?",
  ".",
  "!",
  "-",
  "+",
  "&&",
  "||",
  "==",
  "in",
  " ",
  "\n",
  "//",
  "1",
  "0x",
  "1.5",
  "e9",
  "u",
  "a",
  "null",
  "for",
  "'",
  '"',
  "r'",
  'b"',
  "\\",
  "\\x4",
  "\\u00e9",
  "\\377",
  "`",
  "\u00e9",
  '"""',
  ".5",
  "-1",
  "true",
  "\t",
  "=",
  "&",
  "$",
];

function mutate(text: string, below: (bound: number) => number): string {
  const at = below(text.length + 1);
  const length = 1 + below(4);
  switch (below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + inserts[below(inserts.length)]! + text.slice(at);
    case 2:
      return text.slice(0, at) + inserts[below(inserts.length)]! + text.slice(at + length);
    default:
      return text.slice(0, at) + text.slice(at, at + length).repeat(2) + text.slice(at + length);
  }
}

function disagreements(texts: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const text of texts) {
    const ours = parseExpression(text);
    if (ours.ok !== accepts(text) && !isExplained(text, ours)) {
      found.push(`${JSON.stringify(text)}: ${ours.ok ? "accepted" : ours.errors[0]!.message}`);
    }
  }
  return found;
}

test("this parser accepts and rejects what the other one does, on the specification's suites", () => {
  expect(suiteExpressions.length).toBeGreaterThan(2000);
  expect(disagreements(suiteExpressions)).toEqual([]);
});

test("and on texts with a mistake put into them", () => {
  const below = seeded(Number(process.env["HOLDFAST_SEED"] ?? 20261121));
  const rounds = Number(process.env["HOLDFAST_ROUNDS"] ?? 4);
  const short = suiteExpressions.filter((text) => text.length < 160);
  const mutated = Array.from({ length: rounds }, () => short.map((text) => mutate(text, below)));
  expect(disagreements(mutated.flat())).toEqual([]);
});
