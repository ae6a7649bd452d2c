import { z } from "zod";
import { decisionSchema, factNames, requestSchema, restrictionPattern } from "@holdfast/model";
import type { FactName, Json } from "@holdfast/model";
import {
  documentSchema,
  filledList,
  jsonObjectSchema,
  jsonSchema,
  labelSchema,
  momentSchema,
  nameSchema,
  textSchema,
  toolNameSchema,
} from "./field.ts";

const agoSchema = z
  .string()
  .regex(/^-(?:0|[1-9]\d{0,8})(?:ms|s|m|h|d)$/u, "a time before now is written `-2m`");

const expectSchema = z.strictObject({
  ...decisionSchema.omit({ bundle: true }).partial().shape,
  effect: decisionSchema.shape.effect,
});

const toolTestSchema = z.union([toolNameSchema, requestSchema.shape.tool], {
  error: "a tool is `server.name` or `{server, name}`",
});

const requestTestSchema = z.strictObject({ ...requestSchema.shape, tool: toolTestSchema });

/** A fact as it is stated by hand; its members are checked with its type. */
const statedFacts = Object.fromEntries(
  factNames.map((name) => [name, jsonSchema.optional().describe(`the fact \`${name}\``)]),
) as Record<FactName, z.ZodOptional<z.ZodType<Json>>>;

const givenSchema = z.strictObject({
  now: momentSchema.optional(),
  events: z.record(nameSchema, z.union([agoSchema, filledList(agoSchema)])).optional(),
  meters: z.record(nameSchema, z.number().min(0)).optional(),
  restrictions: z
    .array(z.string().regex(restrictionPattern, "not a kind of restriction"))
    .optional(),
  external: jsonObjectSchema.optional(),
  facts: z.strictObject(statedFacts).optional(),
  prompt: z.string().max(65_536).optional(),
  documents: z
    .array(
      z.strictObject({
        source: textSchema,
        text: z.string().max(65_536),
        labels: z.array(labelSchema).optional(),
      }),
    )
    .optional(),
  results: z
    .array(
      z.strictObject({
        tool: toolTestSchema,
        args: jsonObjectSchema.optional(),
        result: jsonSchema,
      }),
    )
    .optional(),
});

/** The document kind PolicyTest (POLICY.md section 9). */
export const policyTestSchema = documentSchema(
  "PolicyTest",
  nameSchema,
  z.strictObject({
    cases: filledList(
      z.strictObject({
        name: z.string().min(1).max(1024),
        given: givenSchema.optional(),
        request: requestTestSchema,
        expect: expectSchema,
      }),
    ),
  }),
);

export type PolicyTestFile = z.output<typeof policyTestSchema>;
