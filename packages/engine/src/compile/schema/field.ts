import { z } from "zod";
import type { Json, JsonObject } from "@holdfast/model";
import { durationPattern } from "../duration.ts";

/** The only version of the policy language this compiler reads. */
export const apiVersion = "holdfast.dev/v1";

/** Text of at most 4,096 characters; limits every name and list entry. */
export const textSchema: z.ZodString = z.string().min(1).max(4096);

/** Names of documents and rules: letters, digits, `.`, `_` and `-`; no `/`, which joins them. */
export const nameSchema: z.ZodString = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/u,
    "a name has letters, digits, `.`, `_` and `-`, at most 128, and ends in a letter or digit",
  );

/** A name that CEL can select: `params.NAME`, `variables.NAME`. */
export const identifierSchema: z.ZodString = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/u,
    "a name that conditions can read has letters, digits and `_`",
  );

/** A tool: `server.name`, the server as the operator named it. */
export const toolNameSchema: z.ZodString = z
  .string()
  .max(256)
  .regex(
    /^[a-z0-9-]+\.[!-)+-~]+$/u,
    "a tool is `server.name`; the server has lower-case letters, digits and `-`",
  );

/** Whether a policy set can name a tool: `server.name`. */
export function isToolName(text: string): boolean {
  return toolNameSchema.safeParse(text).success;
}

/** Whether Settings can declare an environment. */
export function isEnvironmentName(text: string): boolean {
  return nameSchema.safeParse(text).success;
}

/** An agent id, as its credential gives it. */
export const agentNameSchema: z.ZodString = z
  .string()
  .regex(/^[!-)+-~]{1,256}$/u, "an agent id is printable ASCII without spaces or `*`");

export const durationSchema: z.ZodString = z
  .string()
  .regex(
    durationPattern,
    "a duration is a whole number and a unit: `150ms`, `30s`, `15m`, `1h`, `2d`",
  );

export const momentSchema: z.ZodISODateTime = z.iso.datetime({
  offset: true,
  error: "a time is written as in RFC 3339: `2026-11-21T10:00:00Z`",
});

/** CEL text. A bare number or boolean is the CEL literal of the same spelling. */
export const expressionSchema: z.ZodUnion<readonly [z.ZodString, z.ZodBoolean, z.ZodNumber]> =
  z.union([z.string().min(1), z.boolean(), z.number()], {
    error: "a CEL expression is needed, as text",
  });

/** A list with at least one entry; an empty one would match nothing and look as if it did. */
export function filledList<Item extends z.ZodType>(item: Item): z.ZodArray<Item> {
  return z.array(item).min(1).max(10_000);
}

/** Any JSON value of a YAML file; kept by reference, so that it stays without prototype. */
export const jsonSchema: z.ZodType<Json> = z.custom<Json>((value) => value !== undefined);

/** Any map of a YAML file. */
export const jsonObjectSchema: z.ZodType<JsonObject> = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "a map is needed",
);

export const labelSchema: z.ZodString = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,63}$/u, "a label has lower-case letters, digits, `_` and `-`");

/** The wrapper every document shares. */
export function documentSchema<Kind extends string, Name extends z.ZodType, Spec extends z.ZodType>(
  kind: Kind,
  name: Name,
  spec: Spec,
) {
  return z.strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal(kind),
    metadata: z.strictObject({
      name,
      description: z.string().max(4096).optional(),
      labels: z.record(z.string().max(128), z.string().max(4096)).optional(),
    }),
    spec,
  });
}
