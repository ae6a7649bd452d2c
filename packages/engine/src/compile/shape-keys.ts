import { z } from "zod";
import type { Json } from "@holdfast/model";
import type { Path } from "./yaml-document.ts";

/** The keys a map may have, and those that other forms of it have. */
export interface PossibleKeys {
  readonly here: readonly string[];
  /** a key of another form of a discriminated map -> the forms it belongs to */
  readonly elsewhere: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The keys that `schema` knows for the map at `path` of `value`. */
export function keysAt(schema: z.ZodType, path: Path, value: Json): PossibleKeys {
  const here = new Set<string>();
  const elsewhere = new Map<string, Set<string>>();
  const { forms, found } = formsAt(schema, path, value);
  for (const each of forms) {
    for (const form of chosen(each, found)) for (const key of shapeKeys(form)) here.add(key);
    addOthers(each, found, elsewhere);
  }
  for (const key of here) elsewhere.delete(key);
  return { here: [...here], elsewhere };
}

/** What may stand at a place of a value, and what does. */
interface Forms {
  readonly forms: readonly z.core.$ZodType[];
  readonly found: Json;
}

function formsAt(schema: z.ZodType, path: Path, value: Json): Forms {
  let found = value;
  let forms: readonly z.core.$ZodType[] = [schema];
  for (const step of path) {
    forms = forms.flatMap((each) => chosen(each, found).flatMap((form) => below(form, step)));
    found = child(found, step);
  }
  return { forms, found };
}

/** The schemas for the value at `path`, of a union every option that comes into question. */
export function schemasAt(schema: z.ZodType, path: Path, value: Json): readonly z.core.$ZodType[] {
  const { forms, found } = formsAt(schema, path, value);
  return [...forms, ...forms.flatMap((each) => chosen(each, found))];
}

function child(value: Json, step: string | number): Json {
  if (typeof value !== "object" || value === null) return null;
  return Object.entries(value).find(([key]) => key === String(step))?.[1] ?? null;
}

function bare(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return bare(schema.unwrap());
  }
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return bare(schema.unwrap());
  }
  return schema;
}

/** The forms that come into question for `value`: of a discriminated map only its own. */
function chosen(schema: z.core.$ZodType, value: Json): z.core.$ZodType[] {
  const plain = bare(schema);
  if (plain instanceof z.ZodDiscriminatedUnion) {
    const own = plain.options.filter(
      (option) => discriminator(plain, option) === tag(plain, value),
    );
    return own.map(bare);
  }
  if (plain instanceof z.ZodUnion) {
    return plain.options.flatMap((option) => chosen(option, value));
  }
  return [plain];
}

function addOthers(schema: z.core.$ZodType, value: Json, into: Map<string, Set<string>>): void {
  const plain = bare(schema);
  if (!(plain instanceof z.ZodDiscriminatedUnion)) return;
  for (const option of plain.options) {
    const name = discriminator(plain, option);
    if (name === undefined || name === tag(plain, value)) continue;
    for (const key of shapeKeys(bare(option)))
      into.set(key, (into.get(key) ?? new Set()).add(name));
  }
}

function tag(union: z.ZodDiscriminatedUnion, value: Json): string | undefined {
  const found = child(value, union.def.discriminator);
  return typeof found === "string" ? found : undefined;
}

function discriminator(
  union: z.ZodDiscriminatedUnion,
  option: z.core.$ZodType,
): string | undefined {
  const plain = bare(option);
  if (!(plain instanceof z.ZodObject)) return undefined;
  const literal: unknown = plain.shape[union.def.discriminator];
  return literal instanceof z.ZodLiteral ? String(literal.value) : undefined;
}

function shapeKeys(schema: z.core.$ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function below(schema: z.core.$ZodType, step: string | number): z.core.$ZodType[] {
  if (schema instanceof z.ZodArray && typeof step === "number") return [schema.element];
  if (schema instanceof z.ZodRecord && typeof step === "string") return [schema.valueType];
  if (schema instanceof z.ZodObject && typeof step === "string") {
    const next: unknown = schema.shape[step];
    return next instanceof z.ZodType ? [next] : [];
  }
  return [];
}
