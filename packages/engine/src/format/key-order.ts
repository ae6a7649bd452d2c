import type { Json } from "@holdfast/model";
import { documentSchemas, isDocumentKind } from "../compile/schema/documents.ts";
import { keysAt } from "../compile/shape-keys.ts";
import type { Path } from "../compile/yaml-document.ts";

/** The keys of a rule as POLICY.md's examples have them: who, what, when, how, and why. */
const ruleKeys: readonly string[] = [
  "id",
  "effect",
  "when",
  "in",
  "set",
  "remove",
  "mask",
  "limit",
  "approval",
  "restrict",
  "ttl",
  "timeout",
  "retry_after",
  "reason",
  "fallback",
  "obligations",
  "delegated",
];

/**
 * The order of the keys of the map at `path` of a document; empty where the language has none, and
 * the author's order stays.
 */
export function keyOrder(document: Json, path: Path): readonly string[] {
  const kind = kindOf(document);
  if (!isDocumentKind(kind)) return [];
  const [spec, list, index] = path;
  const isRule = path.length === 3 && spec === "spec" && list === "rules";
  if (kind === "Policy" && isRule && typeof index === "number") return ruleKeys;
  return keysAt(documentSchemas[kind], path, document).here;
}

/** The kind that a document says it is of. */
export function kindOf(document: Json): Json | undefined {
  if (typeof document !== "object" || document === null || Array.isArray(document))
    return undefined;
  return Object.entries(document).find(([key]) => key === "kind")?.[1];
}
