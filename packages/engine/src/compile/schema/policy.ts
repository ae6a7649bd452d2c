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
  when: expressionSchema.optional(),
  reason: reasonSchema.optional(),
  obligations: filledList(obligationSchema).optional(),
  delegated: z.literal("own_authority").optional(),
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
  meter: nameSchema,
  max: z.number().min(0),
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
  z.strictObject({ effect: z.literal("allow"), ...ruleShape }),
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
    mode: z.enum(["enforce", "observe"]).optional(),
    match: policyMatchSchema.optional(),
    params: z.record(identifierSchema, jsonSchema).optional(),
    variables: z.record(identifierSchema, expressionSchema).optional(),
    rules: filledList(ruleSchema),
  }),
);

export type RuleSpec = z.output<typeof ruleSchema>;
export type PolicyFile = z.output<typeof policySchema>;
