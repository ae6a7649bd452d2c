import {
  actionFactsSchema,
  decisionSchema,
  digestOfBytes,
  effects,
  HoldfastError,
  parseJson,
  reasonCodes,
  requestSchema,
} from "@holdfast/model";
import type { Json, JsonObject, PayloadScheme } from "@holdfast/model";
import { z } from "zod";
import { vetoCauses } from "./judgement.ts";

/**
 * A payload nests a request, which `parseJson` bounds at 64 levels, a few levels down. What the
 * log holds was once taken, so no number of values in it is too large to be read again.
 */
const payloadLimits = {
  depthMax: 96,
  bytesMax: 256 * 1024 * 1024,
  valuesMax: Number.POSITIVE_INFINITY,
};

// Like the model's own JSON schemas: they pass values on untouched, whatever their keys.
const json = z.custom<Json>((value) => value !== undefined);
const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "expected an object",
);
const salts = z.record(z.string(), z.string());

const inputSchema = z.strictObject({
  request: requestSchema,
  external: jsonObject,
  nowMs: z.int(),
  facts: actionFactsSchema.exactOptional(),
  registry: z.enum(["known", "unregistered", "changed", "ambiguous"]).exactOptional(),
  approved: z.array(z.string()).exactOptional(),
  mode: z.enum(["enforce", "observe"]).exactOptional(),
  capabilities: z
    .strictObject({
      effects: z.array(z.enum(effects)),
      obligations: z.array(z.string()),
      sandboxes: z.array(z.string()),
    })
    .exactOptional(),
});

const vetoSchema = z.strictObject({
  cause: z.enum(vetoCauses),
  code: z.enum(reasonCodes),
  reason: z.string(),
  rule: z.string().exactOptional(),
});

const matter = {
  input: inputSchema,
  /** always empty: facts are part of the input */
  facts: jsonObject,
  decision: decisionSchema,
  veto: vetoSchema.exactOptional(),
  salts,
};

/** Payload of a `decision` record. */
export const decisionPayloadSchema = z.strictObject({
  ...matter,
  credential: z.string(),
  fallback: z.literal(true).exactOptional(),
  /** what was given instead of a valid request */
  received: json.exactOptional(),
});

/** What the payload of a `decision` record holds. */
export type DecisionPayload = z.output<typeof decisionPayloadSchema>;

/** Payload of an `outcome` record. */
export const outcomePayloadSchema = z.strictObject({
  ...matter,
  simulated: z.boolean(),
  nothingSent: z.boolean(),
  fromAgent: z.literal(true).exactOptional(),
});

/** Payload of an `observation` record; what was seen and its labels are in the record. */
export const observationPayloadSchema = z.strictObject({
  text: z.string(),
  source: z.string(),
  salts,
});

/** Payload of a `session` record. */
export const sessionPayloadSchema = z.strictObject({
  credential: z.string(),
  task: z.string().exactOptional(),
  salts,
});

/**
 * Reads a payload that a record names, in clear.
 *
 * @throws HoldfastError `payload_missing` when it is not there any more, `payload_mismatch` when
 * the bytes are not the named ones, `payload_invalid` when they hold something else
 */
export function readPayload<T>(
  schema: z.ZodType<T>,
  bytes: Uint8Array | "erased" | "missing" | undefined,
  named: { readonly scheme: PayloadScheme; readonly digest: string; readonly bytes: number },
): T {
  if (bytes === undefined || typeof bytes === "string") {
    throw new HoldfastError("payload_missing", `payload is ${bytes ?? "missing"}`);
  }
  // The digest is over what is stored, and a payload that was sealed is authenticated as it opens.
  const isStored = bytes.length === named.bytes && digestOfBytes(bytes) === named.digest;
  if (named.scheme === "plain-1" && !isStored) {
    throw new HoldfastError("payload_mismatch", "payload is not the one its record names");
  }
  const parsed = schema.safeParse(parseJson(bytes, payloadLimits));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HoldfastError(
    "payload_invalid",
    `payload does not hold what its record needs: \`${issue?.path.join(".") ?? ""}\` ${issue?.message ?? ""}`,
  );
}
