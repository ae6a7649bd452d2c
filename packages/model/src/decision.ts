import { z } from "zod";
import { jsonObjectSchema, jsonValueSchema } from "./json-value.ts";

/** Effects, widest first: of several that match, the last in this list decides (POLICY.md section 2). */
export const effects = [
  "allow",
  "modify",
  "sandbox",
  "throttle",
  "defer",
  "step_up",
  "deny",
  "contain",
] as const;
export type Effect = (typeof effects)[number];

/**
 * Why a decision is what it is; the first that applies (POLICY.md section 2, step 7).
 * `audit_unavailable` is of no bundle: what would be decided could not be recorded.
 */
export const reasonCodes = [
  "invalid_request",
  "restricted",
  "out_of_scope",
  "registry",
  "schema",
  "modify_conflict",
  "rule",
  "limit",
  "eval_error",
  "default_deny",
  "unavailable",
  "audit_unavailable",
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

/** What a restriction forbids: a named label, tool or server, or one of the fixed kinds (POLICY.md section 7). */
export const restrictionPattern =
  /^(?:label:[^\s]+|tool:[^\s]+|server:[a-z0-9-]+|read_only|network|delegation|isolate|terminate)$/u;

/** What the enforcement point has to do besides. */
export const obligationSchema = z.union([
  z.strictObject({ notify: z.string() }),
  z.strictObject({ run: z.string().regex(/^hook:/u) }),
  z.strictObject({ label: z.string() }),
  z.strictObject({ log: z.literal("full") }),
]);

/** What the decision would have been, had nothing been in mode observe. */
export const shadowSchema = z.strictObject({
  effect: z.enum(effects),
  code: z.enum(reasonCodes),
  rules: z.array(z.string()),
  reason: z.string(),
});

/** The restriction a `contain` rule installs; without `ttlMs` it stays until released. */
export const restrictSchema = z.strictObject({
  kinds: z.array(z.string().regex(restrictionPattern)),
  ttlMs: z.int().min(0).optional(),
});

/** A decision as data (POLICY.md section 8); its RFC 8785 form is what replay compares. */
export const decisionSchema = z.strictObject({
  effect: z.enum(effects),
  code: z.enum(reasonCodes),
  /** determining rules, `policy/rule`, sorted */
  rules: z.array(z.string()),
  reason: z.string(),
  /** the arguments to run instead of the request's; present when a modify rule changed them */
  args: jsonObjectSchema.optional(),
  /** phase `result`: the result to show instead; present when a modify rule changed it */
  result: jsonValueSchema.optional(),
  sandbox: z.string().optional(),
  obligations: z.array(obligationSchema),
  retryAfterMs: z.number().int().min(0).optional(),
  ticket: z.string().optional(),
  approvals: z
    .array(
      z.strictObject({
        rule: z.string(),
        from: z.array(z.string()),
        quorum: z.number().int(),
        ttlMs: z.number().int(),
        met: z.boolean(),
      }),
    )
    .optional(),
  restrict: restrictSchema.optional(),
  fallback: z.strictObject({ tool: z.string(), args: jsonObjectSchema }).optional(),
  /** `sha256:` digest of the bundle that decided */
  bundle: z.string(),
  shadow: shadowSchema.optional(),
});

export type Decision = z.output<typeof decisionSchema>;
export type Obligation = z.output<typeof obligationSchema>;
export type ShadowDecision = z.output<typeof shadowSchema>;
