/** Sets of names that a policy set closes: a literal outside its set is a compile error. */
export type NameSet =
  | "action_kind"
  | "classification"
  | "environment"
  | "event"
  | "label"
  | "meter"
  | "phase"
  | "role"
  | "source"
  | "status"
  | "tier"
  | "tool"
  | "zone";

/** A type without parts. `dyn` is decided at run time; `number` is an int, a uint or a double. */
export type SimpleKind =
  | "bool"
  | "bytes"
  | "double"
  | "duration"
  | "dyn"
  | "int"
  | "null"
  | "number"
  | "timestamp"
  | "uint";

/**
 * The type of a CEL expression (cel-spec, langdef.md, "Gradual Type Checking"), with two kinds
 * of Holdfast's own: objects whose fields are known, and values that may be null.
 */
export type CelType =
  | { readonly kind: SimpleKind }
  /** `names`: the closed set that the string comes from */
  | { readonly kind: "string"; readonly names?: NameSet }
  | { readonly kind: "list"; readonly element: CelType }
  | { readonly kind: "map"; readonly key: CelType; readonly value: CelType }
  | ObjectType
  | { readonly kind: "nullable"; readonly of: CelType }
  | { readonly kind: "optional"; readonly of: CelType }
  /** a value that is a type, as `type(x)` gives */
  | { readonly kind: "type"; readonly of: CelType }
  /** a type not known yet, bound while a call is resolved */
  | { readonly kind: "variable"; readonly id: string };

/** At run time a map with string keys; to the checker, known fields. */
export interface ObjectType {
  readonly kind: "object";
  /** shown in messages; two object types of one name are one type */
  readonly name: string;
  readonly fields: ReadonlyMap<string, ObjectField>;
  /** the type of fields not named; absent: there are none, reading one is an error */
  readonly rest?: CelType;
}

export interface ObjectField {
  readonly type: CelType;
  /** the field can be absent, and reading it then is an error at run time */
  readonly optional: boolean;
}

export const dynType: CelType = { kind: "dyn" };
export const boolType: CelType = { kind: "bool" };
export const intType: CelType = { kind: "int" };
export const doubleType: CelType = { kind: "double" };
export const nullType: CelType = { kind: "null" };
export const stringType: CelType = { kind: "string" };
export const timestampType: CelType = { kind: "timestamp" };
