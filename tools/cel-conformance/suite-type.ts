import { Type_PrimitiveType, Type_WellKnownType } from "@bufbuild/cel-spec/cel/expr/checked_pb.js";
import type {
  Decl_FunctionDecl_Overload,
  Type as SuiteType,
} from "@bufbuild/cel-spec/cel/expr/checked_pb.js";
import type { SimpleTest } from "@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js";
import { functionDeclarations } from "@holdfast/engine";
import type { CelType, FunctionDeclaration, Overload, TypeEnvironment } from "@holdfast/engine";
import { NeedsProtobuf } from "./suite-value.ts";

/**
 * The type environment a test declares: its variables and functions beside those of the
 * language. Variables it binds without declaring are `dyn`. Names in its container can be
 * written without it.
 */
export function environmentOf({ typeEnv, bindings, container }: SimpleTest): TypeEnvironment {
  const variables = new Map<string, CelType>(
    Object.keys(bindings).map((name) => [name, { kind: "dyn" }]),
  );
  const functions = new Map(functionDeclarations);
  for (const { name, declKind } of typeEnv) {
    if (declKind.case === "ident" && declKind.value.type !== undefined) {
      variables.set(name, typeOf(declKind.value.type));
    }
    if (declKind.case === "function") {
      functions.set(name, declarationOf(name, declKind.value.overloads));
    }
  }
  for (const [name, type] of variables) {
    if (container !== "" && name.startsWith(`${container}.`)) {
      variables.set(name.slice(container.length + 1), type);
    }
  }
  return { variables, functions, names: new Map() };
}

function declarationOf(
  name: string,
  overloads: readonly Decl_FunctionDecl_Overload[],
): FunctionDeclaration {
  return {
    name,
    summary: "declared by the suite",
    overloads: overloads.map((overload): Overload => {
      const params = overload.params.map((param) => typeOf(param));
      const [target, ...rest] = params;
      const member = overload.isInstanceFunction && target !== undefined;
      return {
        ...(member ? { target } : {}),
        params: member ? rest : params,
        variadic: false,
        result: overload.resultType === undefined ? { kind: "dyn" } : typeOf(overload.resultType),
        text: overload.overloadId,
      };
    }),
  };
}

/**
 * The type that the suite writes as a message.
 * @throws NeedsProtobuf for messages, wrappers and abstract types
 */
export function typeOf({ typeKind }: SuiteType): CelType {
  switch (typeKind.case) {
    case "primitive":
      return primitiveOf(typeKind.value);
    case "listType":
      return { kind: "list", element: partOf(typeKind.value.elemType) };
    case "mapType":
      return {
        kind: "map",
        key: partOf(typeKind.value.keyType),
        value: partOf(typeKind.value.valueType),
      };
    case "wellKnown":
      if (typeKind.value === Type_WellKnownType.TIMESTAMP) return { kind: "timestamp" };
      if (typeKind.value === Type_WellKnownType.DURATION) return { kind: "duration" };
      return { kind: "dyn" };
    case "abstractType":
      if (typeKind.value.name !== "optional_type") throw new NeedsProtobuf(typeKind.value.name);
      return { kind: "optional", of: partOf(typeKind.value.parameterTypes[0]) };
    case "type":
      return { kind: "type", of: typeOf(typeKind.value) };
    case "typeParam":
      return { kind: "variable", id: typeKind.value };
    case "null":
      return { kind: "null" };
    case "dyn":
    case "error":
    case undefined:
      return { kind: "dyn" };
    case "wrapper":
    case "messageType":
    case "function":
      throw new NeedsProtobuf(typeKind.case);
  }
}

function partOf(type: SuiteType | undefined): CelType {
  return type === undefined ? { kind: "dyn" } : typeOf(type);
}

function primitiveOf(primitive: Type_PrimitiveType): CelType {
  switch (primitive) {
    case Type_PrimitiveType.BOOL:
      return { kind: "bool" };
    case Type_PrimitiveType.INT64:
      return { kind: "int" };
    case Type_PrimitiveType.UINT64:
      return { kind: "uint" };
    case Type_PrimitiveType.DOUBLE:
      return { kind: "double" };
    case Type_PrimitiveType.STRING:
      return { kind: "string" };
    case Type_PrimitiveType.BYTES:
      return { kind: "bytes" };
    case Type_PrimitiveType.PRIMITIVE_TYPE_UNSPECIFIED:
      return { kind: "dyn" };
  }
}
