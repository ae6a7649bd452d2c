import { z } from "zod";
import type { Json, JsonObject } from "@holdfast/model";
import { apiVersion } from "./field.ts";
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
import { withHelp } from "./key-help.ts";
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
  const plain: Record<DocumentKind, JsonObject> = JSON.parse(
    JSON.stringify(Object.fromEntries(entries)),
  );
  for (const kind of documentKinds) plain[kind] = withHelp(kind, plain[kind]);
  return plain;
}

const documentKinds = Object.keys(documentSchemas).filter(isDocumentKind);

/**
 * One JSON Schema for a policy file with documents of any kind, for editors that check each
 * document of a file against it: `kind` says which of the others holds.
 */
export function policyFileSchema(): JsonObject {
  const schemas = policySchemas();
  const branches = documentKinds.map((kind) => ({
    if: { properties: { kind: { const: kind } }, required: ["kind"] },
    // oxlint-disable-next-line unicorn/no-thenable -- the keyword of JSON Schema
    then: { $ref: `#/$defs/${kind}` },
  }));
  const within = documentKinds.map((kind) => {
    const { $schema: _, $id: __, ...rest } = schemas[kind];
    return [kind, rest];
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "https://holdfast.dev/schemas/v1/policy-file.json",
    title: "a document of a policy file",
    type: "object",
    required: ["apiVersion", "kind", "metadata", "spec"],
    properties: {
      apiVersion: { description: "the version of the policy language", const: apiVersion },
      kind: { description: "the kind of document", enum: documentKinds },
      metadata: { description: "the name and what people should know", type: "object" },
      spec: { description: "what it says", type: "object" },
    },
    allOf: branches,
    $defs: Object.fromEntries(within),
  };
}

/** True when `value` names a kind of document. */
export function isDocumentKind(value: Json | undefined): value is DocumentKind {
  return typeof value === "string" && Object.hasOwn(documentSchemas, value);
}
