import { z } from "zod";
import { decisionSchema, effects } from "./decision.ts";
import { jsonValueSchema } from "./json-value.ts";
import { actionKinds, phases } from "./request.ts";

/** What deciding goes through, in the order of a trace. */
export const traceStages = [
  "admission",
  "restrictions",
  "scopes",
  "registry",
  "rewrite",
  "schema",
  "decide",
  "result",
] as const;

const placeShape = {
  file: z.string(),
  /** from 1 */
  line: z.int(),
  /** from 1, in UTF-16 units */
  column: z.int(),
};

/** A value as JSON; one of more than 4,096 units of canonical JSON is cut, with its whole length. */
const valueSchema = z.strictObject({
  /** as written */
  expression: z.string(),
  value: jsonValueSchema.optional(),
  cut: z.strictObject({ text: z.string(), length: z.int() }).optional(),
  error: z.string().optional(),
});

const partSchema = z.strictObject({
  expression: z.string(),
  ...placeShape,
  outcome: z.enum(["true", "false", "error"]),
  /** with this outcome turned round and all others kept, the condition would come out otherwise */
  decides: z.boolean(),
  error: z.string().optional(),
  values: z.array(valueSchema),
});

const failedSchema = z.strictObject({
  expression: z.string(),
  ...placeShape,
  found: z.string(),
  needed: z.string(),
});

const changeSchema = z.strictObject({
  operation: z.enum(["set", "remove", "mask"]),
  /** below `args` (phase call) or `result` (phase result), with dots */
  path: z.string(),
  before: valueSchema,
  after: valueSchema,
});

const verdictSchema = z.enum(["holds", "fails", "error", "conflict", "skipped"]);

/** A rule that the index finds for the request, and what became of it. */
const tracedRuleSchema = z.strictObject({
  /** `policy/rule` */
  rule: z.string(),
  effect: z.enum(effects),
  ...placeShape,
  /** of its policy; a rule in mode observe counts in the shadow alone */
  mode: z.enum(["enforce", "observe"]),
  /** `skipped`: an earlier stage refused, so nobody asked */
  verdict: verdictSchema,
  /** what it is when rules in mode observe are enforced too, where that is something else */
  shadow: verdictSchema.optional(),
  determining: z.boolean(),
  /** the delegating agent that it was looked at for, when not the acting one */
  agent: z.string().optional(),
  /** keys of `match` that do not hold */
  unmatched: z.array(failedSchema.extend({ key: z.string() })),
  condition: z
    .strictObject({
      expression: z.string(),
      outcome: z.enum(["true", "false", "error"]),
      /** the parts that logic joins, those of variables in the place of the variable */
      parts: z.array(partSchema),
      /** of a condition that is not true: the smallest part that was not so */
      failed: failedSchema.optional(),
    })
    .optional(),
  limit: z
    .strictObject({
      meter: z.string(),
      ...placeShape,
      max: z.number(),
      /** charged before, and what this action adds; absent where reading them is an error */
      current: z.number().optional(),
      amount: z.number().optional(),
      exceeded: z.boolean().optional(),
      error: z.string().optional(),
    })
    .optional(),
  /** where the values that the condition asks about were first seen */
  origins: z.array(
    z.strictObject({
      expression: z.string(),
      tier: z.string().optional(),
      source: z.string().optional(),
      error: z.string().optional(),
    }),
  ),
  /** of a `modify` rule that holds; `after` is what stands once all are merged */
  changes: z.array(changeSchema),
  error: z.string().optional(),
});

/**
 * How one decision came to be: every stage, every rule the index finds for the request with the
 * values its condition read, what was joined, and the decision. Made when somebody asks, from the
 * same input; never stored, and of no influence on anything.
 */
export const traceSchema = z.strictObject({
  /** absent when what was sent is no request */
  request: z
    .strictObject({
      tenant: z.string(),
      agent: z.string(),
      agentRoles: z.array(z.string()),
      user: z.string().nullable(),
      delegation: z.array(z.string()),
      session: z.string().optional(),
      environment: z.string().optional(),
      /** `server.name` */
      tool: z.string(),
      labels: z.array(z.string()),
      kind: z.enum(actionKinds),
      phase: z.enum(phases),
    })
    .optional(),
  /** Unix time in ms that was decided as of; absent with `request` */
  nowMs: z.number().optional(),
  stages: z.array(
    z.strictObject({
      stage: z.enum(traceStages),
      outcome: z.enum(["passed", "refused", "skipped"]),
      detail: z.string(),
    }),
  ),
  /** rules in the whole policy set; those not in `rules` are for other tools, agents or phases */
  rulesTotal: z.int(),
  /** in order of name */
  rules: z.array(tracedRuleSchema),
  /** every rule that held, those in mode observe included; sorted */
  matched: z.array(z.string()),
  /** on a default deny: the allow rule that came nearest */
  nearest: failedSchema.extend({ rule: z.string() }).optional(),
  /** what several rules ask for at once, made one */
  joins: z.array(
    z.strictObject({
      of: z.enum(["approvals", "obligations", "retryAfterMs", "sandbox", "restrict"]),
      rules: z.array(z.string()),
      result: z.string(),
    }),
  ),
  decision: decisionSchema,
});

export type DecisionTrace = z.output<typeof traceSchema>;
