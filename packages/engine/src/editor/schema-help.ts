import { z } from "zod";
import { documentSchemas } from "../compile/schema/documents.ts";
import type { DocumentKind } from "../compile/schema/documents.ts";
import { keyText } from "../compile/schema/key-help.ts";
import { schemasAt } from "../compile/shape-keys.ts";
import type { Path, YamlDocument } from "../compile/yaml-document.ts";

/** What the schemas say of a key: what it is for, in words; empty when they say nothing. */
export function keyHelp(kind: DocumentKind, path: Path, { value }: YamlDocument): string {
  const parents = schemasAt(documentSchemas[kind], path.slice(0, -1), value);
  const key = path.at(-1);
  for (const parent of parents) {
    const shape = parent instanceof z.ZodObject ? parent.shape : {};
    const own: unknown = typeof key === "string" ? shape[key] : undefined;
    if (own instanceof z.ZodType && own.description !== undefined) return own.description;
    if (own !== undefined) return keyText(kind, String(key)) ?? "";
  }
  return "";
}

/** The texts that the schemas allow at a place, where they are few and known. */
export function possibleValues(
  kind: DocumentKind,
  path: Path,
  { value }: YamlDocument,
): readonly string[] {
  const found = schemasAt(documentSchemas[kind], path, value).flatMap(literalsOf);
  return [...new Set(found)];
}

function literalsOf(schema: unknown): readonly string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    return literalsOf(schema.unwrap());
  }
  if (schema instanceof z.ZodDefault) return literalsOf(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(literalsOf);
  if (schema instanceof z.ZodEnum) return schema.options.map(String);
  if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
  if (schema instanceof z.ZodDiscriminatedUnion) return [];
  return [];
}

/** The values of a discriminator, where the place is one: the effects of a rule. */
export function discriminators(
  kind: DocumentKind,
  path: Path,
  { value }: YamlDocument,
): readonly string[] {
  const key = path.at(-1);
  return schemasAt(documentSchemas[kind], path.slice(0, -1), value).flatMap((schema) => {
    if (!(schema instanceof z.ZodDiscriminatedUnion) || schema.def.discriminator !== key) return [];
    return schema.options.flatMap((option) =>
      option instanceof z.ZodObject ? literalsOf(option.shape[schema.def.discriminator]) : [],
    );
  });
}
