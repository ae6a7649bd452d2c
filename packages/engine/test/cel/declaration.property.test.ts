import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  CelError,
  checkExpression,
  evaluate,
  fromJson,
  functionDeclarations,
  parseExpression,
  typeText,
} from "@holdfast/engine";
import type { CelType, FunctionDeclaration, Overload, TypeEnvironment } from "@holdfast/engine";

/** What the host of an expression answers, and so is no part of the evaluator on its own. */
const hostFunctions = new Set(
  "happened count since meter origin no_worse from_only touches requested_by names_act at_least".split(
    " ",
  ),
);

const declarations = [...functionDeclarations.values()].filter(
  ({ name }) => !hostFunctions.has(name),
);
const environment: TypeEnvironment = {
  variables: new Map([["path", declaredType("under", 0)]]),
  functions: functionDeclarations,
  names: new Map(),
};
const scope = {
  variable: (name: string) =>
    name === "path" ? fromJson({ real: "/work/a", raw: "a", arg: "p" }) : undefined,
};

function declaredType(name: string, index: number): CelType {
  return functionDeclarations.get(name)!.overloads[0]!.params[index]!;
}

/** Chooses, one number of the sequence after the other; always the first when it is used up. */
type Choose = <T>(items: readonly T[]) => T;

const literals: Readonly<Record<string, readonly string[]>> = {
  bool: ["true", "false"],
  bytes: ["b'ab'", "b''"],
  double: ["1.5", "-2.0"],
  duration: ["duration('90s')", "duration('-1h')"],
  dyn: ["dyn(1)", "dyn('a')"],
  int: ["1", "-3", "0"],
  null: ["null"],
  number: ["1", "2u", "0.5"],
  string: ["'a'", "''", "'/work'", "'10.0.0.0/8'"],
  timestamp: ["timestamp('2026-11-21T10:00:00Z')"],
  uint: ["1u", "7u"],
};

/** The text of an expression of a type, made of what the table declares. */
function textOf(type: CelType, depth: number, choose: Choose): string {
  const inner = (part: CelType): string => textOf(part, depth - 1, choose);
  const makers = depth > 0 ? makersOf(type) : [];
  if (makers.length > 0 && choose([true, false])) {
    const [declaration, overload] = choose(makers);
    return callText(declaration, overload, inner, choose);
  }
  if (type.kind === "list") return `[${choose([0, 1, 2]) === 0 ? "" : inner(type.element)}]`;
  if (type.kind === "map") return `{${inner(type.key)}: ${inner(type.value)}}`;
  if (type.kind === "optional") return `optional.of(${inner(type.of)})`;
  if (type.kind === "object") return "path";
  if (type.kind === "type") return "int";
  if (type.kind === "variable") return textOf(bound(type), depth, choose);
  return type.kind === "string" && type.names === "zone"
    ? choose(["'UTC'", "'+02:00'"])
    : choose(literals[type.kind]!);
}

/** Type variables of a signature: A is an int and B a string, in every call. */
function bound(type: CelType): CelType {
  if (type.kind === "variable") return { kind: type.id === "A" ? "int" : "string" };
  if (type.kind === "list") return { kind: "list", element: bound(type.element) };
  if (type.kind === "map") return { kind: "map", key: bound(type.key), value: bound(type.value) };
  return "of" in type ? { ...type, of: bound(type.of) } : type;
}

function makersOf(type: CelType): readonly (readonly [FunctionDeclaration, Overload])[] {
  const wanted = typeText(bound(type));
  return declarations.flatMap((declaration) =>
    declaration.overloads
      .filter((overload) => typeText(bound(overload.result)) === wanted)
      .map((overload) => [declaration, overload] as const),
  );
}

function callText(
  { name }: FunctionDeclaration,
  { target, params, variadic }: Overload,
  inner: (type: CelType) => string,
  choose: Choose,
): string {
  const args = params.map((param) => inner(bound(param)));
  if (variadic && choose([true, false])) args.push(inner(bound(params.at(-1)!)));
  if (target !== undefined) return `(${inner(bound(target))}).${name}(${args.join(", ")})`;
  if (/^[A-Za-z]/u.test(name)) return `${name}(${args.join(", ")})`;
  if (name === "_?_:_") return `(${args[0]} ? (${args[1]}) : (${args[2]}))`;
  if (name === "_[_]") return `(${args[0]})[${args[1]}]`;
  if (name === "_[?_]") return `(${args[0]})[?${args[1]}]`;
  const mark = name.replaceAll("_", "").replace("@", "");
  return args.length === 1 ? `${mark}(${args[0]})` : `((${args[0]}) ${mark} (${args[1]}))`;
}

function judge(text: string): string | undefined {
  const parsed = parseExpression(text);
  if (!parsed.ok)
    return parsed.errors[0]!.code === "cel_too_deep" ? undefined : parsed.errors[0]!.message;
  const { errors } = checkExpression(parsed.ast, environment);
  const wrong = errors.filter(({ code }) => !/^cel_(?:pattern|time|net|window)$/u.test(code));
  if (wrong.length > 0) return wrong[0]!.message;
  const value = evaluate(parsed.ast, scope);
  const unfit = ["no_such_overload", "unknown_function", "unknown_name"];
  return value instanceof CelError && unfit.includes(value.code) ? value.message : undefined;
}

test("every overload of the table checks and can be evaluated", () => {
  const first: Choose = (items) => items[0]!;
  for (const declaration of declarations) {
    for (const overload of declaration.overloads) {
      const text = callText(declaration, overload, (type) => textOf(type, 0, first), first);
      expect(judge(text), `${declaration.name} ${overload.text}: ${text}`).toBeUndefined();
    }
  }
});

test("what is made of declared calls alone is well typed, and no call in it lacks an overload", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 999 }), { minLength: 1, maxLength: 60 }), (numbers) => {
      let at = 0;
      const choose: Choose = (items) => items[(numbers[at++] ?? 0) % items.length]!;
      const text = textOf({ kind: choose(["bool", "int", "string", "timestamp"]) }, 4, choose);
      expect(judge(text), text).toBeUndefined();
    }),
    { numRuns: 3000 },
  );
});

test("every declaration says what it does, and a name is declared once in one style of each arity and type", () => {
  for (const { name, summary, overloads } of functionDeclarations.values()) {
    expect(summary, name).toMatch(/^[^a-z].*[^.]$/u);
    expect(new Set(overloads.map((overload) => overload.text)).size).toBe(overloads.length);
  }
});
