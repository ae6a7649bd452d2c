import type { CelType, NameSet, ObjectField, ObjectType } from "./type.ts";

export function listOf(element: CelType): CelType {
  return { kind: "list", element };
}

export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: "map", key, value };
}

/** The type with null added; itself when null is already in it. */
export function nullable(of: CelType): CelType {
  return of.kind === "nullable" || of.kind === "null" || of.kind === "dyn"
    ? of
    : { kind: "nullable", of };
}

/** A string out of a closed set of names. */
export function nameOf(names: NameSet): CelType {
  return { kind: "string", names };
}

/**
 * An object type from its fields in a record; a field whose name ends in `?` can be absent.
 * `rest` is the type of every other field.
 */
export function objectOf(
  name: string,
  fields: Readonly<Record<string, CelType>>,
  rest?: CelType,
): ObjectType {
  const entries = Object.entries(fields).map(([written, type]): [string, ObjectField] => {
    const optional = written.endsWith("?");
    return [optional ? written.slice(0, -1) : written, { type, optional }];
  });
  const base = { kind: "object", name, fields: new Map(entries) } as const;
  return rest === undefined ? base : { ...base, rest };
}
