import type { Failure } from "./failure.ts";

/**
 * A value of the compiled evaluator, made so that JSON needs no conversion: a JSON text, list or
 * object stands for itself. A `number` that is whole and within +-2^53 is an int and any other
 * one a double; doubles that are whole are boxed as `Double`, ints beyond +-2^53 are `bigint`.
 * An object that is none of the classes below is a map with text keys.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Boxed
  | readonly Value[]
  | ObjectMap;

/** A value, or the error that an evaluation ended in. */
export type Result = Value | Failure;

/** A map as JSON writes it. */
export interface ObjectMap {
  readonly [key: string]: Value;
}

/** The largest whole number that an unboxed int can be, both ways. */
export const exactMax = 2 ** 53;

/** Values that JSON cannot write; `type` is their name as `type()` gives it. */
export abstract class Boxed {
  abstract readonly type: string;
}

/** A double that is whole and within +-2^53, which as a bare number would be an int. */
export class Double extends Boxed {
  readonly type = "double";
  readonly value: number;

  constructor(value: number) {
    super();
    this.value = value;
  }
}

/** An unsigned 64-bit integer. */
export class Uint extends Boxed {
  readonly type = "uint";
  readonly value: bigint;

  constructor(value: bigint) {
    super();
    this.value = value;
  }
}

/** An instant within the years 1 to 9999, in nanoseconds since 1970. */
export class Timestamp extends Boxed {
  readonly type = "google.protobuf.Timestamp";
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }
}

/** A length of time that fits 64 bits of nanoseconds. */
export class Duration extends Boxed {
  readonly type = "google.protobuf.Duration";
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }
}

/** A type as a value. */
export class TypeName extends Boxed {
  readonly type = "type";
  readonly name: string;

  constructor(name: string) {
    super();
    this.name = name;
  }
}

/** An optional value; without `value` it holds nothing. */
export class Optional extends Boxed {
  readonly type = "optional_type";
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    super();
    this.value = value;
  }
}

/** The optional that holds nothing. */
export const none: Optional = new Optional(undefined);

/** The double as a value. */
export function doubleOf(value: number): number | Double {
  return Number.isInteger(value) && value <= exactMax && value >= -exactMax
    ? new Double(value)
    : value;
}

/** The int as a value. **Contract:** `value` fits 64 bits. */
export function intOf(value: bigint): number | bigint {
  return value >= -9_007_199_254_740_992n && value <= 9_007_199_254_740_992n
    ? Number(value)
    : value;
}

/** Whether a bare number is an int. */
export function isWhole(value: number): boolean {
  return Number.isInteger(value) && value <= exactMax && value >= -exactMax;
}

/** The int as `bigint`, `undefined` for any other value. */
export function bigOf(value: Value | undefined): bigint | undefined {
  if (typeof value === "number") return isWhole(value) ? BigInt(value) : undefined;
  return typeof value === "bigint" ? value : undefined;
}

/** The double, `undefined` for any other value. */
export function realOf(value: Value | undefined): number | undefined {
  if (typeof value === "number") return isWhole(value) ? undefined : value;
  return value instanceof Double ? value.value : undefined;
}

/** Whether a value is a list. */
export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The name of a value's type, as `type(value)` has it. */
export function typeOf(value: Value): string {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (typeof value === "bigint") return "int";
  if (typeof value === "number") return isWhole(value) ? "int" : "double";
  if (value === null) return "null_type";
  if (value instanceof Boxed) return value.type;
  if (value instanceof Uint8Array) return "bytes";
  return Array.isArray(value) ? "list" : "map";
}

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

/** The type that a name denotes. */
export function typeNamed(name: string): TypeName | undefined {
  return typesByName.get(name);
}

const typesByName: ReadonlyMap<string, TypeName> = new Map(
  [...typeNames].map((name) => [name, new TypeName(name)]),
);
