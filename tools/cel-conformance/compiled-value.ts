import {
  CelError,
  CelMap,
  Duration,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
  evaluateCompiled,
} from "@holdfast/engine";
import type { Expr, MapKey, Scope, Value, ValueData } from "@holdfast/engine";

/** What the compiled evaluator makes of an expression, as a value of the reference's. */
export function evaluateByClosures(ast: Expr, scope: Scope): Value | CelError {
  const lookUp = (name: string, absolute: boolean): ValueData | undefined => {
    const found = scope.qualified?.(name, absolute) ?? scope.variable(name);
    return found === undefined || found instanceof CelError ? undefined : dataOf(found);
  };
  const result = evaluateCompiled(ast, lookUp, scope.zones ?? { until: 0, byName: new Map() });
  return valueOf(result);
}

function dataOf(value: Value): ValueData {
  if (value === null) return { type: "null" };
  if (typeof value === "boolean") return { type: "bool", value };
  if (typeof value === "string") return { type: "string", value };
  if (typeof value === "bigint") return { type: "int", value };
  if (typeof value === "number") return { type: "double", value };
  if (value instanceof Uint) return { type: "uint", value: value.value };
  if (value instanceof Uint8Array) return { type: "bytes", value };
  if (value instanceof Timestamp) return { type: "timestamp", nanos: value.nanos };
  if (value instanceof Duration) return { type: "duration", nanos: value.nanos };
  if (value instanceof TypeValue) return { type: "type", value: value.name };
  if (value instanceof Optional) {
    const held = value.value;
    return { type: "optional", value: held === undefined ? undefined : dataOf(held) };
  }
  if (value instanceof CelMap) {
    return {
      type: "map",
      entries: [...value.entries()].map(([key, held]) => [dataOf(key), dataOf(held)]),
    };
  }
  return { type: "list", items: value.map(dataOf) };
}

function valueOf(data: ValueData): Value | CelError {
  switch (data.type) {
    case "null":
      return null;
    case "bool":
    case "int":
    case "double":
    case "string":
    case "bytes":
      return data.value;
    case "uint":
      return new Uint(data.value);
    case "type":
      return new TypeValue(data.value);
    case "timestamp":
      return new Timestamp(data.nanos);
    case "duration":
      return new Duration(data.nanos);
    case "list":
      return data.items.map(plainOf);
    case "map": {
      const built = CelMap.from(
        data.entries.map(([key, value]) => [plainOf(key) as MapKey, plainOf(value)]),
      );
      if ("map" in built) return built.map;
      throw new RangeError("a map has a key twice");
    }
    case "optional":
      return data.value === undefined ? Optional.none : Optional.of(plainOf(data.value));
    case "error":
      return new CelError(data.code, data.message);
  }
}

function plainOf(data: ValueData): Value {
  const value = valueOf(data);
  if (value instanceof CelError) throw new RangeError("an error stands inside a value");
  return value;
}
