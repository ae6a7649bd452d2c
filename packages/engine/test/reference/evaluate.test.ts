import { describe, expect, test } from "vitest";
import { CelError, CelMap, Optional, evaluate } from "@holdfast/engine";
import type { Expr } from "@holdfast/engine";
import { codeOf, evaluated, scopeOf, treeOf } from "./evaluated.ts";

const error = (text: string): CelError => {
  const value = evaluated(text);
  if (!(value instanceof CelError)) throw new Error(`${text} is no error`);
  return value;
};

describe("errors", () => {
  test("of two errors the left one is the result of a logical operator", () => {
    expect(codeOf("1 / 0 > 0 && missing")).toBe("divide_by_zero");
    expect(codeOf("missing || 1 / 0 > 0")).toBe("unknown_name");
  });

  test("the deciding value wins over an error on either side", () => {
    expect(evaluated("1 / 0 > 0 && false")).toBe(false);
    expect(evaluated("false && 1 / 0 > 0")).toBe(false);
    expect(evaluated("1 / 0 > 0 || true")).toBe(true);
    expect(evaluated("'no bool' || true")).toBe(true);
  });

  test("a value that is no bool is an error where it would decide", () => {
    expect(codeOf("true && 'yes'")).toBe("no_such_overload");
    expect(codeOf("1 || false")).toBe("no_such_overload");
    expect(codeOf("null ? 1 : 2")).toBe("no_such_overload");
  });

  test("all absorbs the error of one element when another is false, and exists when one is true", () => {
    expect(evaluated("[0, 1].all(x, 1 / x > 1)")).toBe(false);
    expect(evaluated("[0, 1].exists(x, 1 / x == 1)")).toBe(true);
    expect(codeOf("[0, 1].all(x, 1 / x == 1)")).toBe("divide_by_zero");
    expect(codeOf("[0, 1].exists(x, 1 / x > 1)")).toBe("divide_by_zero");
  });

  test("exists_one, map and filter end in the first error", () => {
    expect(codeOf("[1, 0].exists_one(x, 1 / x == 1)")).toBe("divide_by_zero");
    expect(codeOf("[0].map(x, 1 / x)")).toBe("divide_by_zero");
    expect(codeOf("[0].filter(x, x)")).toBe("no_such_overload");
  });

  test("the branch not chosen, and what a bind does not use, are no errors", () => {
    expect(evaluated("true ? 1 : 1 / 0")).toBe(1n);
    expect(evaluated("cel.bind(x, 1 / 0, 2)")).toBe(2n);
    expect(codeOf("cel.bind(x, 1 / 0, x)")).toBe("divide_by_zero");
    expect(evaluated("optional.of(1).orValue(1 / 0)")).toBe(1n);
  });

  test("an error stands at the smallest expression that failed", () => {
    const text = "true && [1, 2].all(x, x / (x - x) > 0)";
    const { start, end } = error(text).range ?? { start: 0, end: 0 };
    expect(text.slice(start, end)).toBe("x / (x - x)");
  });

  test("has of what is no map is an error, and so is has of a missing parent", () => {
    expect(codeOf("has(a.b)", { a: null })).toBe("no_such_overload");
    expect(codeOf("has(a.b.c)", { a: {} })).toBe("no_such_key");
    expect(evaluated("has(a.b)", { a: { b: null } })).toBe(true);
  });

  test("what the scope throws is an error and not an exception", () => {
    const value = evaluate(treeOf("x"), {
      variable: () => {
        throw new TypeError("broken");
      },
    });
    expect(value).toMatchObject({ code: "internal", message: "evaluation failed: broken" });
  });
});

describe("numbers", () => {
  test.each([
    ["9223372036854775807 + 1", "overflow"],
    ["-9223372036854775808 - 1", "overflow"],
    ["4611686018427387904 * 2", "overflow"],
    ["-9223372036854775808 / -1", "overflow"],
    ["-(-9223372036854775808)", "overflow"],
    ["math.abs(-9223372036854775808)", "overflow"],
    ["0u - 1u", "overflow"],
    ["18446744073709551615u + 1u", "overflow"],
    ["5 % 0", "divide_by_zero"],
    ["1 + 1.0", "no_such_overload"],
    ["1 + 1u", "no_such_overload"],
    ["1.0 % 1.0", "no_such_overload"],
    ["int('')", "invalid_argument"],
    ["double('0x10')", "invalid_argument"],
    ["double('1e999')", "invalid_argument"],
    ["int(0.0 / 0.0)", "overflow"],
  ])("%s is the error %s", (text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  test("beyond 2^53 integers stay exact", () => {
    expect(evaluated("9007199254740993 + 2")).toBe(9_007_199_254_740_995n);
    expect(evaluated("9007199254740993 == 9007199254740992")).toBe(false);
  });

  test("int and uint beside a double compare as numbers, in lists and as keys too", () => {
    expect(evaluated("1 == 1.0 && 1u == 1.0 && [1, 2u] == [1.0, 2]")).toBe(true);
    expect(evaluated("{1: 'a'}[1.0] + {2u: 'b'}[2]")).toBe("ab");
    expect(codeOf("{1: 'a', 1u: 'b'}")).toBe("duplicate_key");
  });

  test("a list that holds NaN does not equal itself", () => {
    expect(evaluated("cel.bind(x, [0.0 / 0.0], x == x)")).toBe(false);
    expect(evaluated("cel.bind(x, {'a': 0.0 / 0.0}, x != x)")).toBe(true);
  });
});

describe("names", () => {
  test("what a macro binds hides a variable, and a leading dot finds the variable again", () => {
    expect(evaluated("[1].map(x, x + .x)", { x: 10 })).toEqual([11n]);
    expect(evaluated("[{'a': 1}].map(x, x.a)", { "x.a": 5, x: { a: 7 } })).toEqual([1n]);
  });

  test("a type is a value by its name, unless a variable has that name", () => {
    expect(
      evaluated("type(1) == int && type([]) == list && type(now) == string", { now: "x" }),
    ).toBe(true);
    expect(evaluated("google.protobuf", { google: { protobuf: 1 } })).toBe(1n);
  });

  test("an unknown receiver is an unknown name, and an unknown function an unknown function", () => {
    expect(codeOf("foo.startsWith('a')")).toBe("unknown_name");
    expect(codeOf("'a'.shout()")).toBe("unknown_function");
    expect(codeOf("shout('a')")).toBe("unknown_function");
  });

  test("a host function gets evaluated arguments, and cannot replace one of CEL's own", () => {
    const calls: unknown[] = [];
    const scope = {
      variable: () => undefined,
      call: (name: string, args: readonly unknown[], target?: unknown) => {
        calls.push([name, args, target]);
        return name === "twice" ? 2n : undefined;
      },
    };
    expect(evaluate(treeOf("twice(1 + 1) + size('abc')"), scope)).toBe(5n);
    expect(evaluate(treeOf("'a'.other()"), scope)).toMatchObject({ code: "unknown_function" });
    expect(calls).toEqual([
      ["twice", [2n], undefined],
      ["other", [], "a"],
    ]);
  });

  test("a host function that gives null gives null", () => {
    const scope = { variable: () => undefined, call: () => null };
    expect(evaluate(treeOf("nothing()"), scope)).toBe(null);
  });
});

describe("limits", () => {
  test("a million steps end an evaluation, even where the error would be absorbed", () => {
    const list = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]";
    const nested = (depth: number): string =>
      depth === 0 ? "true" : `${list}.all(x${depth}, ${nested(depth - 1)})`;
    expect(evaluated(nested(4))).toBe(true);
    expect(codeOf(nested(7))).toBe("limit");
    expect(codeOf(`${nested(7)} || true`)).toBe("limit");
    expect(evaluated(`true || ${nested(7)}`)).toBe(true);
  });

  test("doubling a text or a list ends at the largest size", () => {
    const doubled = (start: string, times: number): string =>
      Array.from({ length: times })
        .reduceRight<string>(
          (body, _, index) => `cel.bind(x${index + 1}, x${index} + x${index}, ${body})`,
          `size(x${times})`,
        )
        .replace(/^/, `cel.bind(x0, ${start}, `) + ")";
    expect(evaluated(doubled("'0123456789abcdef'", 20))).toBe(2n ** 24n);
    expect(codeOf(doubled("'0123456789abcdef'", 21))).toBe("limit");
    expect(evaluated(doubled("[1]", 20))).toBe(2n ** 20n);
    expect(codeOf(doubled("[1]", 21))).toBe("limit");
  });

  test("one value in exponentially many places is not walked to the end", () => {
    const shared = Array.from({ length: 40 }).reduceRight<string>(
      (body, _, index) => `cel.bind(x${index + 1}, [x${index}, x${index}], ${body})`,
      "x40 == x40",
    );
    expect(codeOf(`cel.bind(x0, 1, ${shared})`)).toBe("limit");
    expect(codeOf(`cel.bind(x0, 1, ${shared.replace("x40 == x40", "'%s'.format([x40])")})`)).toBe(
      "limit",
    );
  });

  test("a long part of a long text is not looked for", () => {
    const text = "a".repeat(2_000_000);
    expect(codeOf("t.contains(p)", { t: text, p: `${"a".repeat(500_000)}b` })).toBe("limit");
    expect(evaluated("t.contains('b')", { t: text })).toBe(false);
    expect(evaluated("t.startsWith(t) && t == t", { t: text })).toBe(true);
  });

  test("a tree far deeper than the parser allows is an error and no overflow", () => {
    let deep: Expr = treeOf("true");
    for (let depth = 0; depth < 100_000; depth += 1) {
      const range = { start: 0, end: 1 };
      deep = { kind: "call", function: "!_", args: [deep], range, functionRange: range };
    }
    expect(evaluate(deep, scopeOf())).toMatchObject({ code: "limit" });
  });

  test("a pattern that makes backtracking explode is matched at once", () => {
    expect(evaluated("t.matches('^(a+)+$')", { t: `${"a".repeat(100_000)}b` })).toBe(false);
  });

  test.each(["(?=a)", "(?<=a)b", "(a)\\\\1", "(", "a{1001}"])(
    "the pattern %s is an error",
    (pattern) => {
      expect(codeOf(`'a'.matches('${pattern}')`)).toBe("invalid_argument");
    },
  );
});

describe("values", () => {
  test("text is counted, cut and ordered by code point", () => {
    expect(evaluated("size('😀é') == 2 && '😀é'.charAt(1) == 'é' && '😀é'.indexOf('é') == 1")).toBe(
      true,
    );
    expect(evaluated("'\\uffff' < '\\U0001F600'")).toBe(true);
  });

  test("an optional element or entry is left out when it holds nothing", () => {
    expect(evaluated("[?optional.none(), ?optional.of(1)]")).toEqual([1n]);
    expect(evaluated("{?'a': optional.none()}")).toEqual(CelMap.ofStrings([]));
    expect(codeOf("[?1]")).toBe("no_such_overload");
    expect(evaluated("{'a': 1}.?b")).toBe(Optional.none);
  });

  test("precision and rounding are those of the exact double", () => {
    expect(evaluated("'%.2f %.0f %.0f %.3e %.1f'.format([2.675, 0.5, 1.5, 9999.5, 0.25])")).toBe(
      "2.67 0 2 1.000e+04 0.2",
    );
    expect(evaluated("'%.20f'.format([0.1])")).toBe("0.10000000000000000555");
    expect(codeOf("'%.1001f'.format([0.1])")).toBe("invalid_argument");
    expect(codeOf("'%'.format([])")).toBe("invalid_argument");
  });
});
