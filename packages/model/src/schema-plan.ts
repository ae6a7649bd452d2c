import { z } from "zod";
import { quoted } from "./canonical-json.ts";

/**
 * What a schema asks of a value, as data. `other`: only the schema itself can tell. All plans have
 * the same members, so that whoever goes through them is fast.
 */
export interface Plan {
  readonly form:
    | "text"
    | "number"
    | "flag"
    | "named"
    | "list"
    | "object"
    | "map"
    | "choice"
    | "other";
  /** of a text or list the length, of a number the value */
  readonly min: number;
  readonly max: number;
  /** of a number: a whole one that a double has exactly */
  readonly isWhole: boolean;
  /** that a text matches */
  readonly pattern: RegExp | undefined;
  /** canonical texts of the values there are */
  readonly names: ReadonlyMap<unknown, string>;
  /** in canonical order */
  readonly fields: readonly PlannedField[];
  /** of the elements of a list, or the values of a map */
  readonly inner: Plan | undefined;
  /** of the keys of a map */
  readonly key: Plan | undefined;
  /** the member by whose value one of `options` is chosen */
  readonly by: string;
  readonly options: ReadonlyMap<unknown, Plan>;
  readonly schema: z.ZodType;
}

/** A member of an object. */
export interface PlannedField {
  readonly name: string;
  /** with the colon, and with a comma before it */
  readonly first: string;
  readonly next: string;
  readonly isOptional: boolean;
  readonly plan: Plan;
}

type Part = Partial<Plan> & Pick<Plan, "form">;

/** The plan of a schema. What is not known well here is `other`, so that no schema is misread. */
export function planOf(schema: z.core.$ZodType): Plan {
  return {
    min: Number.NEGATIVE_INFINITY,
    max: Number.POSITIVE_INFINITY,
    isWhole: false,
    pattern: undefined,
    names: new Map(),
    fields: [],
    inner: undefined,
    key: undefined,
    by: "",
    options: new Map(),
    ...(partOf(schema) ?? { form: "other" }),
    schema: schema as z.ZodType,
  };
}

function partOf(schema: z.core.$ZodType): Part | undefined {
  const checks = (defOf(schema)["checks"] ?? []) as readonly z.core.$ZodCheck[];
  if (schema instanceof z.ZodString) return boundedPart({ form: "text" }, checks);
  if (schema instanceof z.ZodNumber || schema instanceof z.ZodNumberFormat) {
    return numberPart(schema, checks);
  }
  if (schema instanceof z.ZodArray) {
    return boundedPart({ form: "list", inner: planOf(schema.element) }, checks);
  }
  if (checks.length > 0) return undefined;
  if (schema instanceof z.ZodBoolean) return { form: "flag" };
  if (schema instanceof z.ZodLiteral) return namedPart([...schema.values]);
  if (schema instanceof z.ZodEnum) return namedPart(schema.options);
  if (schema instanceof z.ZodObject) return objectPart(schema);
  if (schema instanceof z.ZodRecord) {
    const { keyType, valueType } = schema;
    const key = planOf(keyType);
    return key.form === "text" ? { form: "map", key, inner: planOf(valueType) } : undefined;
  }
  return schema instanceof z.ZodDiscriminatedUnion ? choicePart(schema) : undefined;
}

function namedPart(values: readonly unknown[]): Part | undefined {
  const names = new Map<unknown, string>();
  for (const value of values) {
    if (typeof value === "string") names.set(value, quoted(value));
    else if (typeof value === "number" && Number.isFinite(value)) names.set(value, String(value));
    else return undefined;
  }
  return { form: "named", names };
}

function numberPart(
  schema: z.ZodNumber | z.ZodNumberFormat,
  checks: readonly z.core.$ZodCheck[],
): Part | undefined {
  const { format, coerce } = defOf(schema);
  if (coerce === true || (format !== undefined && format !== "safeint")) return undefined;
  return boundedPart({ form: "number", isWhole: format === "safeint" }, checks);
}

/** With what the checks ask besides; undefined where one of them is not known here. */
function boundedPart(part: Part, checks: readonly z.core.$ZodCheck[]): Part | undefined {
  let bounded: Part | undefined = part;
  for (const check of checks) {
    const def = defOf(check);
    if (bounded === undefined || !isAlways(def)) return undefined;
    bounded = withCheck(bounded, def);
  }
  return bounded;
}

/** The checks of a length have a condition of their own: that there is a length. */
function isAlways({ check, when }: Readonly<Record<string, unknown>>): boolean {
  return when === undefined || check === "min_length" || check === "max_length";
}

function withCheck(part: Part, def: Readonly<Record<string, unknown>>): Part | undefined {
  const { check, minimum, maximum, value, inclusive, format, pattern } = def;
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = part;
  const isNumber = part.form === "number";
  if (!isNumber && check === "min_length" && typeof minimum === "number") {
    return { ...part, min: Math.max(min, minimum) };
  }
  if (!isNumber && check === "max_length" && typeof maximum === "number") {
    return { ...part, max: Math.min(max, maximum) };
  }
  if (isNumber && typeof value === "number" && inclusive === true) {
    if (check === "greater_than") return { ...part, min: Math.max(min, value) };
    if (check === "less_than") return { ...part, max: Math.min(max, value) };
  }
  const isPattern = part.form === "text" && check === "string_format" && format === "regex";
  // One that is global or sticky goes on where it ended before.
  if (!isPattern || !(pattern instanceof RegExp) || pattern.global || pattern.sticky) {
    return undefined;
  }
  return part.pattern === undefined ? { ...part, pattern } : undefined;
}

function objectPart(schema: z.ZodObject): Part | undefined {
  const { shape } = schema;
  if (!(defOf(schema)["catchall"] instanceof z.ZodNever)) return undefined;
  const fields: PlannedField[] = [];
  for (const name of Object.keys(shape).sort()) {
    const given = shape[name];
    if (given === undefined || name === "__proto__") return undefined;
    const isOptional = given instanceof z.ZodOptional && !(given instanceof z.ZodExactOptional);
    const held: z.core.$ZodType = isOptional ? given.unwrap() : given;
    // Of any other that may be absent only the schema knows what stands for it.
    const { optin, optout } = partsOf(held);
    if (optin !== undefined || optout !== undefined) return undefined;
    const first = `${quoted(name)}:`;
    fields.push({ name, first, next: `,${first}`, isOptional, plan: planOf(held) });
  }
  return { form: "object", fields };
}

function choicePart(schema: z.ZodDiscriminatedUnion): Part | undefined {
  const by = String(defOf(schema)["discriminator"]);
  const options = new Map<unknown, Plan>();
  for (const option of schema.options) {
    const name = option instanceof z.ZodObject ? option.shape[by] : undefined;
    if (!(name instanceof z.ZodLiteral)) return undefined;
    for (const value of name.values) options.set(value, planOf(option));
  }
  return { form: "choice", by, options };
}

/** How a schema or a check of one was made. */
function defOf(made: object): Readonly<Record<string, unknown>> {
  return partsOf(made)["def"] as Readonly<Record<string, unknown>>;
}

/** What zod lays open of both to who builds on it. */
function partsOf(made: object): Readonly<Record<string, unknown>> {
  return Reflect.get(made, "_zod") as Readonly<Record<string, unknown>>;
}
