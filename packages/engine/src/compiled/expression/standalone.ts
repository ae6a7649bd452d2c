import type { Expr } from "../../cel/syntax.ts";
import type { ZoneTables } from "../../document/zone-table.ts";
import { Budget } from "../value/budget.ts";
import { Failure } from "../value/failure.ts";
import { entriesOf, isKey, isMap, mapFrom } from "../value/map.ts";
import type { Key } from "../value/map.ts";
import {
  Duration,
  Optional,
  Timestamp,
  TypeName,
  Uint,
  bigOf,
  doubleOf,
  intOf,
  isList,
  none,
  realOf,
} from "../value/value.ts";
import type { Value } from "../value/value.ts";
import { Zones } from "../value/zone.ts";
import { compileExpression } from "./compile.ts";
import type { Names } from "./frame.ts";

/** A CEL value as data, each with its type: what evaluators of different makes can exchange. */
export type ValueData =
  | { readonly type: "null" }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "int" | "uint"; readonly value: bigint }
  | { readonly type: "double"; readonly value: number }
  | { readonly type: "string" | "type"; readonly value: string }
  | { readonly type: "bytes"; readonly value: Uint8Array }
  | { readonly type: "timestamp" | "duration"; readonly nanos: bigint }
  | { readonly type: "list"; readonly items: readonly ValueData[] }
  | { readonly type: "map"; readonly entries: readonly (readonly [ValueData, ValueData])[] }
  | { readonly type: "optional"; readonly value: ValueData | undefined }
  | { readonly type: "error"; readonly code: string; readonly message: string };

/**
 * Evaluates an expression with the compiled evaluator. `lookUp` gives the variable that a plain
 * or dotted name stands for, `zones` are the named time zones there are. Never throws; an error is
 * data too.
 */
export function evaluateCompiled(
  ast: Expr,
  lookUp: (name: string, absolute: boolean) => ValueData | undefined,
  zones: ZoneTables,
): ValueData {
  const names: Names<undefined> = {
    variable: (name) => stepOf(lookUp(name, true)),
    qualified: (name, absolute) => stepOf(lookUp(name, absolute)),
    call: () => undefined,
  };
  const bench = { budget: new Budget(), zones: new Zones(zones), patterns: new Map() };
  const result = compileExpression(ast, names)({ host: undefined, bench, slots: [] });
  return dataOf(result);
}

function stepOf(data: ValueData | undefined): (() => Value | Failure) | undefined {
  if (data === undefined) return undefined;
  const value = valueFrom(data);
  return () => value;
}

function dataOf(value: Value | Failure): ValueData {
  if (value instanceof Failure) {
    return { type: "error", code: value.code, message: value.message };
  }
  if (value === null) return { type: "null" };
  if (typeof value === "boolean") return { type: "bool", value };
  if (typeof value === "string") return { type: "string", value };
  const int = bigOf(value);
  if (int !== undefined) return { type: "int", value: int };
  const double = realOf(value);
  if (double !== undefined) return { type: "double", value: double };
  if (value instanceof Uint) return { type: "uint", value: value.value };
  if (value instanceof Uint8Array) return { type: "bytes", value };
  if (value instanceof Timestamp) return { type: "timestamp", nanos: value.nanos };
  if (value instanceof Duration) return { type: "duration", nanos: value.nanos };
  if (value instanceof TypeName) return { type: "type", value: value.name };
  if (value instanceof Optional) {
    const held = value.value;
    return { type: "optional", value: held === undefined ? undefined : dataOf(held) };
  }
  if (isList(value)) return { type: "list", items: value.map(dataOf) };
  const entries = isMap(value) ? entriesOf(value) : [];
  return { type: "map", entries: entries.map(([key, held]) => [dataOf(key), dataOf(held)]) };
}

function valueFrom(data: ValueData): Value | Failure {
  switch (data.type) {
    case "null":
      return null;
    case "bool":
    case "string":
    case "bytes":
      return data.value;
    case "int":
      return intOf(data.value);
    case "uint":
      return new Uint(data.value);
    case "double":
      return doubleOf(data.value);
    case "type":
      return new TypeName(data.value);
    case "timestamp":
      return new Timestamp(data.nanos);
    case "duration":
      return new Duration(data.nanos);
    case "list":
      return data.items.map(plainFrom);
    case "map":
      return mapFrom(data.entries.map(([key, value]) => [keyFrom(key), plainFrom(value)]));
    case "optional":
      return data.value === undefined ? none : new Optional(plainFrom(data.value));
    case "error":
      return new Failure(data.code, data.message);
  }
}

/** @throws RangeError for an error, which stands in no list or map */
function plainFrom(data: ValueData): Value {
  const value = valueFrom(data);
  if (value instanceof Failure) throw new RangeError("an error is no part of a value");
  return value;
}

/** @throws RangeError for what cannot be a key */
function keyFrom(data: ValueData): Key {
  const value = plainFrom(data);
  if (!isKey(value)) throw new RangeError("not a map key");
  return value;
}
