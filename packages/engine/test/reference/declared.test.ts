import { describe, expect, test } from "vitest";
import { CelError, evaluate, functionDeclarations } from "@holdfast/engine";
import type { CelType, Expr, Value } from "@holdfast/engine";
import { CelMap, Duration, Optional, Timestamp, TypeValue, Uint } from "@holdfast/engine";

/** Functions of the host: they read history, origins and the set's classifications. */
const ofTheHost: ReadonlySet<string> = new Set([
  "happened",
  "count",
  "since",
  "meter",
  "origin",
  "no_worse",
  "from_only",
  "touches",
  "requested_by",
  "names_act",
  "at_least",
]);

/** Some value of a type; an object is a map with its fields. */
function exampleOf(type: CelType): Value {
  switch (type.kind) {
    case "null":
      return null;
    case "bool":
      return true;
    case "int":
    case "number":
    case "dyn":
    case "variable":
      return 1n;
    case "uint":
      return new Uint(1n);
    case "double":
      return 1.5;
    case "string":
      return "1";
    case "bytes":
      return new Uint8Array([65]);
    case "timestamp":
      return new Timestamp(0n);
    case "duration":
      return new Duration(0n);
    case "list":
      return [exampleOf(type.element)];
    case "map":
      return CelMap.ofStrings([["1", exampleOf(type.value)]]);
    case "object":
      return CelMap.ofStrings(
        [...type.fields].map(([name, field]) => [name, exampleOf(field.type)]),
      );
    case "nullable":
      return exampleOf(type.of);
    case "optional":
      return Optional.of(exampleOf(type.of));
    case "type":
      return new TypeValue("int");
  }
}

const range = { start: 0, end: 0 };
const argument = (index: number): Expr => ({
  kind: "ident",
  name: `a${index}`,
  absolute: false,
  range,
});
const dotted = (name: string): Expr =>
  name
    .split(".")
    .slice(1)
    .reduce<Expr>(
      (operand, field) => ({
        kind: "select",
        operand,
        field,
        optional: false,
        range,
        fieldRange: range,
      }),
      { kind: "ident", name: name.split(".")[0] ?? "", absolute: false, range },
    );

const overloads = [...functionDeclarations.values()]
  .filter(({ name }) => !ofTheHost.has(name))
  .flatMap(({ name, overloads }) =>
    overloads.map((overload) => [name, overload.text, overload] as const),
  );

/** The call of a declared function with these values as its arguments, through variables. */
function called(name: string, member: boolean, values: readonly Value[]): Value | CelError {
  const parts = values.map((_, index) => argument(index));
  const space = name.includes(".") && !member ? name.slice(0, name.lastIndexOf(".")) : undefined;
  const receiver = space === undefined ? (member ? parts[0] : undefined) : dotted(space);
  const call: Expr = {
    kind: "call",
    function: space === undefined ? name : name.slice(space.length + 1),
    ...(receiver === undefined ? {} : { target: receiver }),
    args: member ? parts.slice(1) : parts,
    range,
    functionRange: range,
  };
  return evaluate(call, { variable: (known) => values[Number(known.slice(1))] });
}

describe("every declared overload is implemented", () => {
  test.each(overloads)("%s %s", (name, _, { target, params }) => {
    const types = target === undefined ? params : [target, ...params];
    const result = called(
      name,
      target !== undefined,
      types.map((type) => exampleOf(type)),
    );
    const code = result instanceof CelError ? result.code : "";
    expect(["unknown_function", "no_such_overload", "unknown_name", "internal"]).not.toContain(
      code,
    );
  });

  const logical: ReadonlySet<string> = new Set(["_&&_", "_||_", "_?_:_"]);
  const fixed = overloads.filter(([name, , { variadic }]) => !variadic && !logical.has(name));
  test.each(fixed)("%s %s takes no more arguments", (name, _, { target, params }) => {
    const types = target === undefined ? params : [target, ...params];
    const values = [...types.map((type) => exampleOf(type)), null, null, null];
    const result = called(name, target !== undefined, values);
    expect(["no_such_overload", "unknown_function"]).toContain(
      result instanceof CelError ? result.code : "",
    );
  });
});
