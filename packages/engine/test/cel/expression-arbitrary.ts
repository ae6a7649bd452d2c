import * as fc from "fast-check";
import type { Constant, Expr, Macro } from "@holdfast/engine";

/** Trees that the parser can build, without their ranges, which are all zero. */
const range = { start: 0, end: 0 };

const intBounds = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const wellFormed = fc.string({ unit: "binary", maxLength: 6 });

const constants: fc.Arbitrary<Constant> = fc.oneof(
  fc.constant({ type: "null" as const }),
  fc.boolean().map((value) => ({ type: "bool" as const, value })),
  fc
    .oneof(fc.bigInt(intBounds), fc.bigInt({ min: -3n, max: 3n }))
    .map((value) => ({ type: "int" as const, value })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => ({ type: "uint" as const, value })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((value) => ({ type: "double" as const, value })),
  fc
    .oneof(
      wellFormed,
      fc.constantFrom('a"b', "it's", "\\d+", `\\"'`, "\u202e", "a\nb", "é", "\u{1f600}"),
    )
    .map((value) => ({ type: "string" as const, value })),
  fc.uint8Array({ maxLength: 6 }).map((value) => ({ type: "bytes" as const, value })),
);

const names = fc.constantFrom("a", "b", "args", "all", "e1", "u", "has", "optional", "cel");
const fields = fc.constantFrom("b", "e5", "u", "in", "null", "for", "content-type", "a.b/c d", "0");
const typeNames = fc.constantFrom("T", ".T", "a.b.T", "a.package.T");
const functions = fc.constantFrom("f", "size", "startsWith", "or");
const binary = fc.constantFrom(
  ..."_<_ _<=_ _>_ _>=_ _==_ _!=_ @in _+_ _-_ _*_ _/_ _%_ _&&_ _||_ _[_] _[?_]".split(" "),
);
const unary = fc.constantFrom("!_", "-_");
const macroForms: readonly (readonly [Macro, number, number])[] = [
  ["all", 1, 1],
  ["all", 2, 1],
  ["exists", 1, 1],
  ["exists_one", 1, 1],
  ["existsOne", 2, 1],
  ["map", 1, 1],
  ["map", 1, 2],
  ["filter", 1, 1],
  ["transformList", 2, 2],
  ["transformMap", 2, 1],
  ["transformMapEntry", 2, 1],
  ["bind", 1, 1],
  ["optMap", 1, 1],
  ["optFlatMap", 1, 1],
];

function call(name: string, args: readonly Expr[], target?: Expr): Expr {
  const base = { kind: "call", function: name, args, range, functionRange: range } as const;
  return target === undefined ? base : { ...base, target };
}

/** A logical chain of any length and shape, long ones balanced as the parser builds them or not. */
function joined(operator: string, terms: readonly Expr[], split: (n: number) => number): Expr {
  const [only] = terms;
  if (terms.length <= 1) {
    return only!;
  }
  const at = split(terms.length);
  return call(operator, [
    joined(operator, terms.slice(0, at), split),
    joined(operator, terms.slice(at), split),
  ]);
}

export const expressions: fc.Arbitrary<Expr> = fc.letrec<{ expr: Expr; leaf: Expr }>((tie) => {
  const expr = tie("expr");
  const leaf = fc.oneof(
    constants.map((constant): Expr => ({ kind: "constant", constant, range })),
    fc
      .tuple(names, fc.boolean())
      .map(([name, absolute]): Expr => ({ kind: "ident", name, absolute, range })),
  );
  return {
    leaf,
    expr: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 4, arbitrary: leaf },
      {
        weight: 2,
        arbitrary: fc.tuple(expr, fields, fc.boolean()).map(([operand, field, optional]): Expr => ({
          kind: "select",
          operand,
          field,
          optional,
          range,
          fieldRange: range,
        })),
      },
      {
        weight: 1,
        arbitrary: fc.tuple(expr, fields).map(([operand, field]): Expr => ({
          kind: "has",
          operand,
          field,
          range,
          fieldRange: range,
        })),
      },
      {
        weight: 5,
        arbitrary: fc.tuple(binary, expr, expr).map(([name, a, b]) => call(name, [a, b])),
      },
      { weight: 3, arbitrary: fc.tuple(unary, expr).map(([name, a]) => call(name, [a])) },
      {
        weight: 2,
        arbitrary: fc.tuple(expr, expr, expr).map((args) => call("_?_:_", args)),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(
            fc.constantFrom("_&&_", "_||_"),
            fc.array(leaf, { minLength: 30, maxLength: 40 }),
            fc.constantFrom<(n: number) => number>(
              (n) => Math.ceil(n / 2),
              (n) => Math.floor(n / 2),
              (n) => n - 1,
              () => 1,
            ),
          )
          .map(([operator, terms, split]) => joined(operator, terms, split)),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(functions, fc.array(expr, { maxLength: 3 }), fc.option(expr))
          .map(([name, args, target]) => call(name, args, target ?? undefined)),
      },
      {
        weight: 1,
        arbitrary: fc
          .array(fc.record({ value: expr, optional: fc.boolean() }), { maxLength: 3 })
          .map((elements): Expr => ({ kind: "list", elements, range })),
      },
      {
        weight: 1,
        arbitrary: fc
          .array(fc.record({ key: expr, value: expr, optional: fc.boolean() }), { maxLength: 3 })
          .map((entries): Expr => ({ kind: "map", entries, range })),
      },
      {
        weight: 1,
        arbitrary: fc
          .tuple(
            typeNames,
            fc.array(
              fc.record({
                name: fields,
                value: expr,
                optional: fc.boolean(),
                range: fc.constant(range),
              }),
              { maxLength: 2 },
            ),
          )
          .map(([typeName, written]): Expr => ({
            kind: "struct",
            typeName,
            fields: written,
            range,
          })),
      },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom(...macroForms), expr, expr, expr)
          .map(([[macro, variables, args], operand, first, second]): Expr => ({
            kind: "macro",
            macro,
            operand,
            variables: ["x", "y"].slice(0, variables).map((name) => ({ name, range })),
            args: [first, second].slice(0, args),
            range,
          })),
      },
    ),
  };
}).expr;

/** The same tree with every range zero, so that trees from different texts compare. */
export function withoutRanges(value: Expr): Expr {
  const strip = (item: unknown): unknown => {
    if (Array.isArray(item)) {
      return item.map(strip);
    }
    if (typeof item !== "object" || item === null || item instanceof Uint8Array) {
      return item;
    }
    return Object.fromEntries(
      Object.entries(item).map(([key, inner]) => [
        key,
        /range$/iu.test(key) ? range : strip(inner),
      ]),
    );
  };
  return strip(value) as Expr;
}
