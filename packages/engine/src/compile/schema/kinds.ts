import { readRedactionPath } from "@holdfast/model";
import { z } from "zod";
import {
  agentNameSchema,
  documentSchema,
  durationSchema,
  expressionSchema,
  filledList,
  jsonObjectSchema,
  jsonSchema,
  labelSchema,
  momentSchema,
  nameSchema,
  textSchema,
  toolNameSchema,
} from "./field.ts";
import { boundaryMatchSchema } from "./match.ts";

const hexDigest = z
  .string()
  .regex(/^[0-9a-f]{64}$/u, "a SHA-256 digest has 64 lower-case hex digits");
const url = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[^\s/]+\S*$/u, "a URL begins with `https://` or `http://`");
const absolutePath = z.string().max(4096).regex(/^\//u, "a path begins with `/`");
const userReference = z.string().regex(/^user:[!-~]{1,250}$/u, "a person is written `user:ID`");

const redactionPath = textSchema.refine(
  (text) => readRedactionPath(text) !== undefined,
  "a path begins with `args.` or `result`; names are joined by dots, `[]` is every entry of a list",
);

/** The document kind Tool (POLICY.md section 5). */
export const toolSchema = documentSchema(
  "Tool",
  toolNameSchema,
  z.strictObject({
    labels: filledList(labelSchema).describe("what the tool does, as a person judged it"),
    classification: textSchema.optional(),
    resources: filledList(z.strictObject({ type: nameSchema, id: expressionSchema }))
      .optional()
      .describe("what a call touches; `id` is CEL over `args`"),
    arguments: z
      .record(textSchema, z.enum(["shell", "sql", "path", "url", "content", "k8s"]))
      .optional(),
    results: z
      .record(
        textSchema,
        z.strictObject({
          as: z.literal("content").optional(),
          labels: z.array(labelSchema).optional(),
        }),
      )
      .optional(),
    acts: filledList(z.string().regex(/^\S{1,64}$/u, "an act is one word")).optional(),
    root: absolutePath.optional(),
    schema: jsonObjectSchema
      .optional()
      .describe("JSON Schema 2020-12 of the arguments; conditions are type-checked with it"),
    pin: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/u, "a pin is `sha256:` and 64 lower-case hex digits")
      .optional(),
    audit: z
      .enum(["required", "batched"])
      .optional()
      .describe("required: the record is durable before the call runs"),
    log: z
      .strictObject({
        redact: filledList(redactionPath).optional(),
        classes: z
          .record(redactionPath, nameSchema)
          .refine((classes) => Object.keys(classes).length > 0, "name at least one path")
          .optional(),
      })
      .refine(
        ({ redact, classes }) => redact !== undefined || classes !== undefined,
        "write `redact`, `classes` or both",
      )
      .optional()
      .describe("what records do not keep, and history does not know"),
  }),
);

const credentialSchema = z.union(
  [
    z.strictObject({ token_sha256: hexDigest }),
    z.strictObject({ jwt: z.strictObject({ issuer: textSchema, subject: textSchema }) }),
    z.strictObject({
      spiffe: z.string().regex(/^spiffe:\/\/\S+$/u, "a SPIFFE id begins with `spiffe://`"),
    }),
  ],
  { error: "a credential is one of `token_sha256`, `jwt`, `spiffe`" },
);

/** The document kind Agent (POLICY.md section 4). */
export const agentSchema = documentSchema(
  "Agent",
  agentNameSchema,
  z.strictObject({
    roles: z.array(textSchema).max(64).optional(),
    owner: userReference.optional(),
    created: momentSchema.optional(),
    version: textSchema.optional(),
    attributes: jsonObjectSchema.optional(),
    environments: filledList(textSchema).optional(),
    credentials: z.array(credentialSchema).optional(),
  }),
);

/** The document kind Group (POLICY.md section 4). */
export const groupSchema = documentSchema(
  "Group",
  nameSchema,
  z.strictObject({ members: z.array(userReference).max(10_000) }),
);

/** The document kind List (POLICY.md section 4). */
export const listSchema = documentSchema(
  "List",
  nameSchema,
  z.strictObject({
    type: z.enum(["string", "domain", "cidr", "digest"]),
    items: z.array(textSchema).max(100_000).optional(),
    source: z
      .strictObject({ url, every: durationSchema.optional(), sha256: hexDigest.optional() })
      .optional(),
  }),
);

/** The document kind Resource (POLICY.md section 4). */
export const resourceSchema = documentSchema(
  "Resource",
  nameSchema,
  z.strictObject({
    match: z.strictObject({ type: textSchema, id: textSchema }),
    classification: textSchema.optional(),
    labels: z.array(labelSchema).optional(),
  }),
);

const simulated = z.strictObject({ result: jsonSchema }).optional();
const confined = z
  .strictObject({
    network: z.enum(["none", "host"]).optional(),
    read_only: z.array(textSchema).optional(),
    writable: z.array(textSchema).optional(),
  })
  .optional();

/** The document kind Sandbox (POLICY.md section 4): one entry per action kind it covers. */
export const sandboxSchema = documentSchema(
  "Sandbox",
  nameSchema,
  z.strictObject({
    rank: z.int().min(0).max(1_000_000),
    shell: confined,
    file: confined,
    ssh: simulated,
    sql: z.strictObject({ rollback: z.literal(true) }).optional(),
    http: z.strictObject({ base_url: url }).optional(),
    tool: simulated,
    mcp: simulated,
    k8s: simulated,
    secret: simulated,
    delegate: simulated,
    llm: simulated,
    step: simulated,
  }),
);

const access = { timeout: durationSchema.optional(), cache: durationSchema.optional() };

/** The document kind External (POLICY.md section 4): exactly one of `http` and `authzen`. */
export const externalSchema = documentSchema(
  "External",
  nameSchema,
  z.union([
    z.strictObject({
      http: z.strictObject({ url, ...access }),
      input: z.record(textSchema, expressionSchema).optional(),
    }),
    z.strictObject({
      authzen: z.strictObject({ url, ...access }),
      input: z.record(textSchema, expressionSchema).optional(),
    }),
  ]),
);

/** The document kind Boundary (POLICY.md section 4). */
export const boundarySchema = documentSchema(
  "Boundary",
  nameSchema,
  z.strictObject({
    folder: z
      .string()
      .regex(
        /^[^\s/][^/]*(?:\/[^/]+)*$/u,
        "a folder is relative to the policy folder, without `/` at its ends",
      ),
    allows: boundaryMatchSchema,
  }),
);

/** The document kind Settings (POLICY.md section 4). */
export const settingsSchema = documentSchema(
  "Settings",
  nameSchema,
  z.strictObject({
    environments: filledList(nameSchema).optional(),
    classifications: filledList(nameSchema).optional(),
    labels: z.array(labelSchema).optional(),
    log: z
      .strictObject({ redact: nameSchema })
      .optional()
      .describe("values of which class, and of all more sensitive ones, are in no record"),
  }),
);

export type ToolFile = z.output<typeof toolSchema>;
export type AgentFile = z.output<typeof agentSchema>;
export type GroupFile = z.output<typeof groupSchema>;
export type ListFile = z.output<typeof listSchema>;
export type ResourceFile = z.output<typeof resourceSchema>;
export type SandboxFile = z.output<typeof sandboxSchema>;
export type ExternalFile = z.output<typeof externalSchema>;
export type BoundaryFile = z.output<typeof boundarySchema>;
export type SettingsFile = z.output<typeof settingsSchema>;
