import { Duration, Timestamp } from "./time-value.ts";
import { CelMap, Optional, TypeValue, Uint } from "./value.ts";
import type { Value } from "./value.ts";

/** The names of CEL's types that are also values (cel-spec, langdef.md, "Type denotations"). */
const typeNames: ReadonlySet<string> = new Set([
  "bool",
  "int",
  "uint",
  "double",
  "string",
  "bytes",
  "list",
  "map",
  "null_type",
  "type",
  "optional_type",
  "google.protobuf.Timestamp",
  "google.protobuf.Duration",
]);

/** The type that a name denotes, if it denotes one. */
export function typeNamed(name: string): TypeValue | undefined {
  return typeNames.has(name) ? new TypeValue(name) : undefined;
}

/** The name of the value's type, as `type(value)` has it. */
export function typeNameOf(value: Value): string {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return "double";
  if (typeof value === "string") return "string";
  return objectTypeName(value);
}

function objectTypeName(value: Extract<Value, object | null>): string {
  if (value === null) return "null_type";
  if (value instanceof Uint) return "uint";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof CelMap) return "map";
  if (value instanceof Timestamp) return "google.protobuf.Timestamp";
  if (value instanceof Duration) return "google.protobuf.Duration";
  if (value instanceof TypeValue) return "type";
  if (value instanceof Optional) return "optional_type";
  return "list";
}

/** Whether a value is a list; the one place that tells arrays from the other objects. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
