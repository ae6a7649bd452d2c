import { z } from "zod";
import { restrictionPattern } from "@holdfast/model";
import {
  documentSchema,
  durationSchema,
  expressionSchema,
  filledList,
  identifierSchema,
  jsonObjectSchema,
  jsonSchema,
  labelSchema,
  nameSchema,
  toolNameSchema,
} from "./field.ts";
import { policyMatchSchema } from "./match.ts";

const reasonSchema = z.string().min(1).max(4096);

const obligationSchema = z.union(
  [
    z.strictObject({ notify: z.string().min(1).max(1024) }),
    z.strictObject({
      run: z.string().regex(/^hook:[!-~]{1,250}$/u, "a hook is written `hook:NAME`"),
    }),
    z.strictObject({ label: labelSchema }),
    z.strictObject({ log: z.literal("full") }),
  ],
  { error: "an obligation is one of `notify: TEXT`, `run: hook:NAME`, `label: NAME`, `log: full`" },
);

const ruleShape = {
  id: nameSchema,
  when: expressionSchema.optional().describe("the condition, in CEL; true when left out"),
  reason: reasonSchema.optional().describe("why, for people; `{CEL}` parts are filled in"),
  obligations: filledList(obligationSchema)
    .optional()
    .describe("what must be done as well, or the action is denied"),
  delegated: z
    .literal("own_authority")
    .optional()
    .describe("an allow then need not hold for every agent of the delegation chain"),
};

const refusingShape = {
  ...ruleShape,
  fallback: z
    .strictObject({
      tool: toolNameSchema,
      args: z.union([z.string().min(1), jsonObjectSchema], {
        error: "arguments are a map, or CEL text that gives one",
      }),
    })
    .optional(),
};

const limitSchema = z.strictObject({
  meter: nameSchema.describe("the name of a Meter"),
  max: z.number().min(0).describe("matches when the meter and this action together exceed it"),
});

const modificationSchemas = {
  set: z.record(z.string().min(1), expressionSchema).optional(),
  remove: filledList(z.string().min(1)).optional(),
  mask: z
    .record(
      z.string().min(1),
      z.union([z.literal("whole"), filledList(z.enum(["secrets", "pii"]))], {
        error: "a mask is `whole` or a list of `secrets` and `pii`",
      }),
    )
    .optional(),
};

const approvalSchema = z.strictObject({
  from: filledList(
    z.string().regex(/^(?:group|user):[!-~]{1,250}$/u, "approvers are `group:NAME` or `user:ID`"),
  ),
  quorum: z.int().min(1).max(100).optional(),
  ttl: durationSchema,
});

/** A rule, by its effect (POLICY.md section 2). */
export const ruleSchema = z.discriminatedUnion("effect", [
  z.strictObject({ effect: z.literal("allow"), ...ruleShape }).describe("grants"),
  z.strictObject({ effect: z.literal("modify"), ...ruleShape, ...modificationSchemas }),
  z.strictObject({ effect: z.literal("sandbox"), ...ruleShape, in: nameSchema }),
  z.strictObject({
    effect: z.literal("throttle"),
    ...refusingShape,
    limit: limitSchema.optional(),
    retry_after: durationSchema.optional(),
  }),
  z.strictObject({
    effect: z.literal("defer"),
    ...refusingShape,
    timeout: durationSchema,
    retry_after: durationSchema.optional(),
  }),
  z.strictObject({
    effect: z.literal("step_up"),
    ...refusingShape,
    limit: limitSchema.optional(),
    approval: approvalSchema,
  }),
  z.strictObject({ effect: z.literal("deny"), ...refusingShape, limit: limitSchema.optional() }),
  z.strictObject({
    effect: z.literal("contain"),
    ...refusingShape,
    restrict: filledList(
      z
        .string()
        .regex(
          restrictionPattern,
          "a restriction is `label:NAME`, `tool:NAME`, `server:NAME`, `read_only`, `network`, `delegation`, `isolate` or `terminate`",
        ),
    ),
    ttl: durationSchema.optional(),
  }),
]);

/** The document kind Policy (POLICY.md section 2). */
export const policySchema = documentSchema(
  "Policy",
  nameSchema,
  z.strictObject({
    mode: z
      .enum(["enforce", "observe"])
      .optional()
      .describe("observe: only recorded as what would have been decided"),
    match: policyMatchSchema.optional().describe("all given keys must hold, each is any-of"),
    params: z
      .record(identifierSchema, jsonSchema)
      .optional()
      .describe("constants, read as `params.NAME`"),
    variables: z
      .record(identifierSchema, expressionSchema)
      .optional()
      .describe("CEL by name, read as `variables.NAME`"),
    rules: filledList(ruleSchema).describe("their order means nothing"),
  }),
);

export type RuleSpec = z.output<typeof ruleSchema>;
export type PolicyFile = z.output<typeof policySchema>;
