import { z } from "zod";
import { bareObject } from "./bare-object.ts";
import { jsonObjectSchema, jsonValueSchema } from "./json-value.ts";
import type { Json, JsonObject } from "./json.ts";

/** What an action is, by the kind of enforcement point that saw it (POLICY.md section 1). */
export const actionKinds = [
  "tool",
  "mcp",
  "http",
  "sql",
  "shell",
  "file",
  "k8s",
  "secret",
  "ssh",
  "delegate",
  "llm",
  "step",
] as const;
export type ActionKind = (typeof actionKinds)[number];

/** `call`: before the action runs. `result`: before its result is shown. */
export const phases = ["call", "result"] as const;
export type Phase = (typeof phases)[number];

/** The most delegation hops a request may carry. */
export const delegationDepthMax = 8;

const name = z.string().min(1).max(256);
/** Defaults are one frozen value for all requests: most requests are made of little else. */
const nothing = Object.freeze(bareObject<Json>());
const emptyObject = (): JsonObject => nothing;
const emptyList = <T>(): T[] => noItems;
const noItems: never[] = [];
Object.freeze(noItems);
const moment = z.iso.datetime({ offset: true });

const agentSchema = z.strictObject({
  id: name,
  roles: z.array(name).max(64).default(emptyList),
  version: name.optional(),
  owner: name.optional(),
  created: moment.optional(),
  attributes: jsonObjectSchema.default(emptyObject),
});

const userSchema = z.strictObject({
  id: name,
  roles: z.array(name).max(64).default(emptyList),
  attributes: jsonObjectSchema.default(emptyObject),
});

/**
 * A request: who wants to do what, to which resource, in which context (POLICY.md sections 1 and 8).
 * Labels and classifications are never part of it: they come from the policy set alone.
 */
export const requestSchema = z.strictObject({
  /** action id: stable per tool call, bound to this request's digest; the runtime mints one when absent */
  id: name.optional(),
  tenant: name.default("default"),
  agent: agentSchema,
  user: userSchema.nullable().default(null),
  delegation: z
    .array(z.strictObject({ agent: agentSchema, scopes: z.array(name).max(64) }))
    .max(delegationDepthMax)
    .default(emptyList),
  /** minted by the runtime and bound to the credential; `root` defaults to `id` */
  session: z
    .strictObject({
      id: name,
      root: name.optional(),
      task: name.optional(),
      started: moment.optional(),
    })
    .optional(),
  tool: z.strictObject({
    server: z
      .string()
      .regex(/^[a-z0-9-]+$/u)
      .default("local"),
    name,
  }),
  action: z
    .strictObject({
      kind: z.enum(actionKinds).default("tool"),
      operation: z.string().max(256).default("call"),
      phase: z.enum(phases).default("call"),
    })
    .prefault({}),
  args: jsonObjectSchema.default(emptyObject),
  /** resources the enforcement point itself attests (SQL tables, paths); Tool documents add theirs */
  resources: z
    .array(
      z.strictObject({
        type: name,
        id: z.string().max(4096),
        attributes: jsonObjectSchema.default(emptyObject),
      }),
    )
    .max(256)
    .default(emptyList),
  environment: name.optional(),
  context: jsonObjectSchema.default(emptyObject),
  claims: jsonObjectSchema.default(emptyObject),
  parent: name.optional(),
  trace: z.strictObject({ traceparent: name }).optional(),
  /** only in phase `result` */
  result: jsonValueSchema.optional(),
  outcome: z
    .strictObject({
      status: z.enum(["success", "failure"]),
      durationMs: z.number().min(0),
      cost: z.number().optional(),
    })
    .optional(),
});

/** Actions as most requests have them, each one frozen value. */
const plainActions: ReadonlyMap<string, Request["action"]> = new Map(
  actionKinds.flatMap((kind) =>
    phases.map(
      (phase) => [`${kind}/${phase}`, Object.freeze({ kind, operation: "call", phase })] as const,
    ),
  ),
);

/** The action, shared with all requests that have the same one where there are many of those. */
export function sharedAction(action: Request["action"]): Request["action"] {
  const shared = plainActions.get(`${action.kind}/${action.phase}`);
  return shared?.operation === action.operation ? shared : action;
}

/** A validated request with every default filled in. */
export type Request = z.output<typeof requestSchema>;
/** A request as it is written down: defaults may be left out. */
export type RequestInput = z.input<typeof requestSchema>;
export type Agent = Request["agent"];
export type User = NonNullable<Request["user"]>;
export type Outcome = NonNullable<Request["outcome"]>;
