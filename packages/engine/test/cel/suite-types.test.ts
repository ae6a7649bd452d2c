import { tests as conformance } from "@bufbuild/cel-spec/testdata/conformance.js";
import { expect, test } from "vitest";
import { checkExpression, functionDeclarations, parseExpression, typeText } from "@holdfast/engine";
import type { CelType, FunctionDeclaration } from "@holdfast/engine";

/** A type as the suite writes it (cel-spec, checked.proto, in JSON). */
interface WrittenType {
  readonly primitive?: string;
  readonly wellKnown?: string;
  readonly listType?: { readonly elemType?: WrittenType };
  readonly mapType?: { readonly keyType: WrittenType; readonly valueType: WrittenType };
  readonly abstractType?: { readonly name: string; readonly parameterTypes: WrittenType[] };
  readonly typeParam?: string;
  readonly messageType?: string;
  readonly wrapper?: string;
  readonly null?: null;
}

interface SuiteTest {
  readonly original: {
    readonly expr: string;
    readonly container?: string;
    readonly disableCheck?: boolean;
    readonly typeEnv?: readonly {
      readonly name: string;
      readonly ident?: { readonly type: WrittenType };
      readonly function?: {
        readonly overloads: readonly {
          readonly params?: readonly WrittenType[];
          readonly resultType: WrittenType;
        }[];
      };
    }[];
  };
  /** the type that cel-go gives; absent where it reports an error */
  readonly type?: string;
}

interface Suite {
  readonly name: string;
  readonly tests?: readonly SuiteTest[];
  readonly suites?: readonly Suite[];
}

const primitives: Readonly<Record<string, CelType>> = {
  BOOL: { kind: "bool" },
  BYTES: { kind: "bytes" },
  DOUBLE: { kind: "double" },
  INT64: { kind: "int" },
  STRING: { kind: "string" },
  UINT64: { kind: "uint" },
  DURATION: { kind: "duration" },
  TIMESTAMP: { kind: "timestamp" },
};

/** Undefined for the types of protobuf messages and wrappers. */
function typeOf(written: WrittenType): CelType | undefined {
  if (written.messageType ?? written.wrapper) return undefined;
  const known = primitives[written.primitive ?? written.wellKnown ?? ""];
  if (known) return known;
  if (written.listType) {
    const element = typeOf(written.listType.elemType ?? {});
    return element && { kind: "list", element };
  }
  if (written.mapType) {
    const [key, value] = [typeOf(written.mapType.keyType), typeOf(written.mapType.valueType)];
    return key && value && { kind: "map", key, value };
  }
  if (written.abstractType) {
    const of = typeOf(written.abstractType.parameterTypes[0] ?? {});
    return written.abstractType.name === "optional_type" && of
      ? { kind: "optional", of }
      : undefined;
  }
  if (written.typeParam) return { kind: "variable", id: written.typeParam };
  return "null" in written ? { kind: "null" } : { kind: "dyn" };
}

function environmentOf({ original }: SuiteTest) {
  const variables = new Map<string, CelType>();
  const functions = new Map<string, FunctionDeclaration>(functionDeclarations);
  for (const each of original.typeEnv ?? []) {
    if (each.ident) {
      const type = typeOf(each.ident.type);
      if (!type) return undefined;
      variables.set(each.name, type);
    }
    const overloads = (each.function?.overloads ?? []).map((overload) => ({
      params: (overload.params ?? []).map(typeOf),
      result: typeOf(overload.resultType),
      variadic: false,
      text: "",
    }));
    if (overloads.some((form) => !form.result || form.params.includes(undefined))) return undefined;
    if (overloads.length > 0) {
      const { name } = each;
      functions.set(name, { name, summary: "", overloads } as FunctionDeclaration);
    }
  }
  return { variables, functions, names: new Map() };
}

/** Tests whose type differs from cel-go's on purpose: the expression, what we say, and why. */
const differences = new Map<string, string>([
  ["null < null", "error: `null` has no order"],
  ["null > null", "error: `null` has no order"],
  ["null <= null", "error: `null` has no order"],
  ["null >= null", "error: `null` has no order"],
  ["{3.3:15.15, 1.0: 5}[1.0]", "error: a double is no map key, seen here before run time"],
  ["{null:false}[null]", "error: null is no map key, seen here before run time"],
  ["timestamp('0000-01-01T00:00:00Z')", "error: out of range, seen here before run time"],
  ["timestamp('10000-01-01T00:00:00Z')", "error: out of range, seen here before run time"],
  ["y", "names resolve in no container here"],
  ["[optional.of(1), null][0]", "the suite itself wants optional(int), against cel-go"],
]);

test("the checker gives every expression of the conformance suite the type that cel-go gives it", () => {
  const wrong: string[] = [];
  const stale = new Set(differences.keys());
  let compared = 0;
  const visit = (suite: Suite): void => {
    if (/proto|wrapper|enum|dynamic|block_ext/u.test(suite.name)) return;
    for (const each of suite.tests ?? []) {
      const { expr } = each.original;
      const environment = environmentOf(each);
      const parsed = parseExpression(expr);
      const messages = /TestAllTypes|google\.protobuf\.(?!Timestamp|Duration)|GlobalEnum/u;
      if (!each.type || !environment || !parsed.ok || messages.test(expr)) continue;
      compared++;
      const checked = checkExpression(parsed.ast, environment);
      const ours = checked.errors[0]?.message ?? plain(typeText(checked.type));
      if (ours !== plain(each.type)) {
        if (differences.has(expr)) stale.delete(expr);
        else wrong.push(`${expr}: ${ours}, not ${each.type}`);
      }
    }
    suite.suites?.forEach(visit);
  };
  visit(conformance);
  expect(wrong).toEqual([]);
  expect([...stale]).toEqual([]);
  expect(compared).toBeGreaterThan(1_400);
});

/** cel-go has its own words for optional values, times and the type of a type. */
function plain(type: string): string {
  return type
    .replaceAll("optional_type", "optional")
    .replaceAll("google.protobuf.", "")
    .replaceAll("type(dyn)", "type")
    .toLowerCase();
}
