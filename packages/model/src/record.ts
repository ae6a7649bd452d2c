import { z } from "zod";
import {
  effects,
  obligationSchema,
  reasonCodes,
  restrictSchema,
  shadowSchema,
} from "./decision.ts";
import { actionKinds, delegationDepthMax, phases } from "./request.ts";
import { traceparentSchema } from "./traceparent.ts";

/** How a payload is stored. */
const payloadSchemes = ["plain-1", "aes-256-gcm-1"] as const;
export type PayloadScheme = (typeof payloadSchemes)[number];

const name = z.string().min(1).max(256);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/u);
const timeMs = z.int().min(0);
const index = z.int().min(0);
/** 32 bytes in base64 */
const commitment = z.string().regex(/^[A-Za-z0-9+/]{43}=$/u);

/** Salted commitments to the fields of the payload; see `commitmentTo`. */
const commit = z.record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9.]*$/u), commitment);
/** Names the payload, which lies outside the tree and can be erased. */
const payload = z.strictObject({
  /** the text as it is, or encrypted under a key of its subject */
  scheme: z.enum(payloadSchemes),
  digest,
  bytes: z.int().min(0),
});
const evidence = { commit, payload };

const common = { v: z.literal(1), time: timeMs };
const session = z.strictObject({ id: name, root: name });
const tool = z.strictObject({ server: name, name });
const verdict = { effect: z.enum(effects), code: z.enum(reasonCodes), rules: z.array(z.string()) };

/**
 * Digests of payloads are of what is stored, with its salts, so that they tell nothing of a text.
 * `documents` are memory too: `digest` is that of the canonical list of the digest before (null at
 * first) and the next payload's, one after the other from record `first` on.
 */
const seen = z.strictObject({
  prompt: z.strictObject({ record: index, digest }).optional(),
  documents: z.strictObject({ count: z.int().min(1), first: index, digest }).optional(),
});

/**
 * Values were left out of the payload, as the tool's document asks: deciding on what is left gives the
 * same bytes (`recomputes`), or rules read what is not there any more (`unreadable`).
 */
const redacted = z.enum(["recomputes", "unreadable"]);

/** What `begin` decided, in phase `call`. */
const decisionRecord = z.strictObject({
  kind: z.literal("decision"),
  ...common,
  /** the enforcement point */
  pep: z.strictObject({ type: name, id: name, version: name }),
  tenant: name,
  agent: z.strictObject({ id: name, version: name.optional() }),
  /** the agents it was handed on by, first to last; their scopes are in the payload */
  delegation: z.array(name).max(delegationDepthMax).optional(),
  session: session.optional(),
  /** id of the action that led to this one, as the enforcement point says */
  parent: name.optional(),
  /** what came `in` with the request, where it names a trace, and what went `out` with the permit */
  trace: z.strictObject({ in: traceparentSchema.optional(), out: traceparentSchema }).optional(),
  action: z.strictObject({
    id: name,
    kind: z.enum(actionKinds),
    operation: z.string().max(256),
    phase: z.enum(phases),
  }),
  /** `definition`: digest of the tool's full definition, when the registry knows it */
  tool: tool.extend({ definition: digest.optional() }),
  ...verdict,
  /** as many as have room here; the payload has all */
  obligations: z.array(obligationSchema).optional(),
  /** the agent's own, from 0 to 1, where the enforcement point attests one */
  confidence: z.number().min(0).max(1).optional(),
  /** the permit did not wait for this record to be durable, as the tool is declared */
  audit: z.literal("batched").optional(),
  bundle: digest,
  mode: z.enum(["enforce", "observe"]),
  /** a permit was given: the action may have run */
  granted: z.boolean(),
  /** digest of all the decision could read of the state */
  state: digest,
  /** what was charged under the action's keys before it; Meters with nothing on them are left out */
  meters: z.record(name, z.number()).optional(),
  /** what its session root had been given before, each by the digest of its observation's payload */
  seen: seen.optional(),
  /** labels of what its session root had seen, results that were let through among it */
  taints: z.array(name).optional(),
  /** without its reason, which may quote arguments */
  shadow: shadowSchema.omit({ reason: true }).optional(),
  restrict: restrictSchema.optional(),
  latencyNs: z.int().min(0).optional(),
  redacted: redacted.optional(),
  ...evidence,
});

/** How a granted action ended and what phase `result` decided of its result. */
const outcomeRecord = z.strictObject({
  kind: z.literal("outcome"),
  ...common,
  /** index of the decision record */
  decision: index,
  action: z.strictObject({ id: name }),
  status: z.enum(["success", "failure"]),
  durationMs: z.number().min(0),
  cost: z.number().optional(),
  /** labels of the result, where it was let through */
  taints: z.array(name).optional(),
  ...verdict,
  /** what phase `result` restricts; absent in records of the first version of this schema too */
  restrict: restrictSchema.optional(),
  bundle: digest,
  state: digest,
  redacted: redacted.optional(),
  ...evidence,
});

/** A granted action that has no outcome and will get none: it may have run, or not. */
const ambiguousRecord = z.strictObject({
  kind: z.literal("ambiguous"),
  ...common,
  /** index of the decision record */
  decision: index,
  action: z.strictObject({ id: name }),
  /** what left it without an outcome */
  found: z.enum(["close", "restart"]),
});

/**
 * `bundle` takes over: no decision by it stands before this record in the log. Decisions of the
 * `previous` one that were under way may still stand behind it; each names its bundle. With
 * `refused`, other policies could not be put in force, and `bundle` goes on.
 */
const policyRecord = z.strictObject({
  kind: z.literal("policy"),
  ...common,
  bundle: digest,
  previous: digest.optional(),
  /** why not: the code of the error */
  refused: z.strictObject({ code: name }).optional(),
});

/** A tool definition was seen for the first time and pinned, or differs from the pinned one. */
const registryRecord = z.strictObject({
  kind: z.literal("registry"),
  ...common,
  tool,
  definition: digest,
  change: z.enum(["pinned", "changed"]),
});

/** Something entered a session's origins; its text is in the payload. */
const observationRecord = z.strictObject({
  kind: z.literal("observation"),
  ...common,
  /** absent: `default`, the tenant of a guard that is given none */
  tenant: name.optional(),
  session,
  seen: z.enum(["prompt", "document", "memory"]),
  labels: z.array(name),
  ...evidence,
});

/** An operator's restriction; one that a `contain` rule installs is in its decision record. */
const restrictionRecord = z.strictObject({
  kind: z.literal("restriction"),
  ...common,
  id: name,
  agent: name,
  sessionRoot: name.optional(),
  kinds: restrictSchema.shape.kinds,
  ttlMs: restrictSchema.shape.ttlMs,
});

/** An operator lifted the restriction `id`. */
const releaseRecord = z.strictObject({ kind: z.literal("release"), ...common, id: name });

/** A session was minted for an agent; its task and the credential it is bound to are in the payload. */
const sessionRecord = z.strictObject({
  kind: z.literal("session"),
  ...common,
  id: name,
  root: name,
  tenant: name.optional(),
  agent: name,
  started: timeMs,
  commit: commit.optional(),
  payload: payload.optional(),
});

/** Bytes after the last whole commit were cut when the log was opened. */
const recoveryRecord = z.strictObject({
  kind: z.literal("recovery"),
  ...common,
  truncatedBytes: z.int().min(0),
  /** first index of the segment they were cut from */
  segment: index,
});

/** A verifier key in its text form (C2SP signed-note). */
const verifierKey = z
  .string()
  .max(512)
  .regex(/^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/u);

/**
 * The log is signed by another key from here on: `signature` is the `previous` key's over the
 * change, and the first checkpoint that covers this record is signed by both.
 */
const keyRecord = z.strictObject({
  kind: z.literal("key"),
  ...common,
  previous: verifierKey,
  next: verifierKey,
  /** 64 bytes in base64 */
  signature: z.string().regex(/^[A-Za-z0-9+/]{86}==$/u),
});

/** The records before `minimum` were removed on purpose; their hashes stay. */
const prunedRecord = z.strictObject({
  kind: z.literal("pruned"),
  ...common,
  /** first record that is still there */
  minimum: index,
  /** root of the tree over all records before it */
  root: z.string().regex(/^[0-9a-f]{64}$/u),
  /** first record that was there before */
  previous: index,
  /** no removed record is as new as this */
  before: timeMs,
  by: name,
});

/** Nothing is pruned from when a hold is `placed` until the one of that name is `released`. */
const holdRecord = z.strictObject({
  kind: z.literal("hold"),
  ...common,
  name,
  change: z.enum(["placed", "released"]),
  reason: z.string().min(1).max(1024),
  by: name,
});

/** Runs of records in one erasure record: with their numbers they fill most of its body. */
export const erasedRunsMax = 1_500;

/**
 * The payloads of these records are zeros, because somebody asked for it: what was personal is gone.
 * `subject` does not tell whose it was.
 */
const erasureRecord = z.strictObject({
  kind: z.literal("erasure"),
  ...common,
  /** salted commitment, whose salt nobody kept */
  subject: commitment,
  reason: z.string().min(1).max(1024),
  by: name,
  /** first and last of each run of records, in order */
  erased: z.array(z.tuple([index, index])).max(erasedRunsMax),
});

/**
 * The body of one log record: what the Merkle tree covers and nothing ever erases. It holds no
 * personal data: what a person said or sent is in the payload, committed to field by field.
 */
export const recordSchema = z.discriminatedUnion("kind", [
  decisionRecord,
  outcomeRecord,
  ambiguousRecord,
  policyRecord,
  registryRecord,
  observationRecord,
  restrictionRecord,
  releaseRecord,
  sessionRecord,
  recoveryRecord,
  keyRecord,
  prunedRecord,
  holdRecord,
  erasureRecord,
]);

export type LogRecord = z.output<typeof recordSchema>;
export type RecordKind = LogRecord["kind"];
/** The record of one kind: `RecordOf<"decision">`. */
export type RecordOf<Kind extends RecordKind> = Extract<LogRecord, { readonly kind: Kind }>;
