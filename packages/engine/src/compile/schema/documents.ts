import { z } from "zod";
import type { Json, JsonObject } from "@holdfast/model";
import { eventSchema, meterSchema } from "./history.ts";
import {
  agentSchema,
  boundarySchema,
  externalSchema,
  groupSchema,
  listSchema,
  resourceSchema,
  sandboxSchema,
  settingsSchema,
  toolSchema,
} from "./kinds.ts";
import { policyTestSchema } from "./policy-test.ts";
import { policySchema } from "./policy.ts";

/** The shape of every kind of document; the only list of kinds. */
export const documentSchemas = {
  Policy: policySchema,
  Event: eventSchema,
  Meter: meterSchema,
  Tool: toolSchema,
  Agent: agentSchema,
  Group: groupSchema,
  List: listSchema,
  Resource: resourceSchema,
  Sandbox: sandboxSchema,
  External: externalSchema,
  Boundary: boundarySchema,
  Settings: settingsSchema,
  PolicyTest: policyTestSchema,
} as const;

export type DocumentKind = keyof typeof documentSchemas;

/**
 * JSON Schema 2020-12 of every kind of document by its name, from the same definitions the
 * compiler checks with, for editors. They cover shapes; names and conditions need the compiler.
 */
export function policySchemas(): Record<DocumentKind, JsonObject> {
  const entries = Object.entries(documentSchemas).map(([kind, schema]) => {
    const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    return [
      kind,
      { $schema, $id: `https://holdfast.dev/schemas/v1/${kind}.json`, title: kind, ...rest },
    ];
  });
  return JSON.parse(JSON.stringify(Object.fromEntries(entries)));
}

/** True when `value` names a kind of document. */
export function isDocumentKind(value: Json | undefined): value is DocumentKind {
  return typeof value === "string" && Object.hasOwn(documentSchemas, value);
}
