import { nearestName } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import type { PolicyDocument } from "../document/bundle.ts";
import { readEvent, readMeter } from "./read-history.ts";
import {
  readAgent,
  readBoundary,
  readExternal,
  readGroup,
  readList,
  readResource,
  readSandbox,
  readSettings,
  readTool,
} from "./read-kinds.ts";
import { readPolicyTest } from "./read-policy-test.ts";
import { readPolicy } from "./read-policy.ts";
import type { Reading } from "./reading.ts";
import { didYouMean } from "./report.ts";
import { apiVersion } from "./schema/field.ts";
import { documentSchemas, isDocumentKind } from "./schema/documents.ts";
import type { DocumentKind } from "./schema/documents.ts";
import { checkShape } from "./shape.ts";

/** The typed form of one document, or undefined when its shape is wrong and that was reported. */
export function readDocument(reading: Reading): PolicyDocument | undefined {
  const { document, report } = reading;
  const { value } = document;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const message = "a document is a map with `apiVersion`, `kind`, `metadata` and `spec`";
    report.error("not_a_document", message, document.span([]));
    return undefined;
  }
  const members = new Map<string, Json>(Object.entries(value));
  const version = members.get("apiVersion");
  if (version !== undefined && version !== apiVersion) {
    const message = `unknown apiVersion \`${shown(version)}\``;
    const suggestion = `this version of the language is \`${apiVersion}\``;
    report.error("api_version", message, document.span(["apiVersion"]), { suggestion });
    return undefined;
  }
  const kind = members.get("kind");
  if (kind === undefined) {
    report.error("missing_key", "required key `kind` is missing", document.span([]));
    return undefined;
  }
  if (!isDocumentKind(kind)) {
    const kinds = Object.keys(documentSchemas);
    const near = typeof kind === "string" ? didYouMean(nearestName(kind, kinds)) : undefined;
    const suggestion = near ?? `kinds are \`${kinds.join("`, `")}\``;
    const message = `unknown kind \`${shown(kind)}\``;
    report.error("unknown_kind", message, document.span(["kind"]), { suggestion });
    return undefined;
  }
  const read = document.sound ? readKind(kind, reading) : undefined;
  if (read === undefined) {
    const names = reading.marks.refused.get(kind) ?? new Set();
    reading.marks.refused.set(kind, names.add(nameIn(members.get("metadata"))));
  }
  return read;
}

/** The name a document gives itself; empty when it has none. */
function nameIn(metadata: Json | undefined): string {
  if (typeof metadata !== "object" || metadata === null) return "";
  const name = Object.entries(metadata).find(([key]) => key === "name")?.[1];
  return typeof name === "string" ? name : "";
}

function shown(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readKind(kind: DocumentKind, reading: Reading): PolicyDocument | undefined {
  const { document, report } = reading;
  const read = <Checked>(
    checked: Checked | undefined,
    build: (file: Checked, reading: Reading) => PolicyDocument,
  ): PolicyDocument | undefined => (checked === undefined ? undefined : build(checked, reading));
  switch (kind) {
    case "Policy":
      return read(checkShape(documentSchemas.Policy, document, report), readPolicy);
    case "Event":
      return read(checkShape(documentSchemas.Event, document, report), readEvent);
    case "Meter":
      return read(checkShape(documentSchemas.Meter, document, report), readMeter);
    case "Tool":
      return read(checkShape(documentSchemas.Tool, document, report), readTool);
    case "Agent":
      return read(checkShape(documentSchemas.Agent, document, report), readAgent);
    case "Group":
      return read(checkShape(documentSchemas.Group, document, report), readGroup);
    case "List":
      return read(checkShape(documentSchemas.List, document, report), readList);
    case "Resource":
      return read(checkShape(documentSchemas.Resource, document, report), readResource);
    case "Sandbox":
      return read(checkShape(documentSchemas.Sandbox, document, report), readSandbox);
    case "External":
      return read(checkShape(documentSchemas.External, document, report), readExternal);
    case "Boundary":
      return read(checkShape(documentSchemas.Boundary, document, report), readBoundary);
    case "Settings":
      return read(checkShape(documentSchemas.Settings, document, report), readSettings);
    case "PolicyTest":
      return read(checkShape(documentSchemas.PolicyTest, document, report), readPolicyTest);
  }
}
