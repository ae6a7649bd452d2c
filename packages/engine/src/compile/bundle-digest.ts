import { canonicalJson, digestOf } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { printExpression } from "../cel/printer.ts";
import type { PolicyDocument } from "../document/bundle.ts";
import type { ZoneTables } from "../document/zone-table.ts";
import { documentForm } from "./form.ts";
import { apiVersion } from "./schema/field.ts";

/**
 * The name of a policy set: `sha256:` over the RFC 8785 form of its documents, sorted by kind
 * and name. Rules and other lists whose order means nothing are sorted too, so that only a
 * change of meaning or of words changes it. Conditions count as the printer writes them: their
 * layout, comments and choice of quotes are not covered, their tree is. The Settings in force are part of it, built in or
 * not; PolicyTests are not. So are the tables of the time zones that it names, and of no others:
 * newer zone data give the set another name exactly when they can change what it decides.
 */
export function bundleDigest(documents: readonly PolicyDocument[], zones: ZoneTables): string {
  const covered = documents.filter((document) => document.kind !== "PolicyTest");
  const form = { language: apiVersion, documents: orderFreeForms(covered) };
  return digestOf(zones.byName.size === 0 ? form : { ...form, zones: zonesForm(zones) });
}

function zonesForm({ until, byName }: ZoneTables): JsonObject {
  const tables = [...byName].map(([name, { startsAt, offsets }]) => [name, { startsAt, offsets }]);
  return { until, tables: Object.fromEntries(tables) };
}

/** What documents say, sorted by kind and name, so that only a change of that changes it. */
export function orderFreeForms(documents: readonly PolicyDocument[]): readonly JsonObject[] {
  return documents
    .map((document) => ({ key: `${document.kind}/${document.name}`, form: orderFree(document) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ form }) => form);
}

/** Lists of these names are sets: any-of, all-of or keyed by id. */
const unordered: ReadonlySet<string> = new Set([
  "rules",
  "agents",
  "agent_roles",
  "user_roles",
  "tools",
  "labels",
  "kinds",
  "environments",
  "members",
  "items",
  "restrict",
  "remove",
  "from",
  "acts",
  "roles",
  "redact",
]);

function orderFree(document: PolicyDocument): JsonObject {
  const form = documentForm(document, ({ ast }) => printExpression(ast));
  const sorted: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(form)) {
    sorted[key] = key === "spec" ? sortSets(value, 0) : value;
  }
  return sorted;
}

/** How far below `spec` the language has sets of its own; what lies deeper is the author's data. */
const setDepthMax = 4;

function sortSets(value: Json, depth: number): Json {
  if (typeof value !== "object" || value === null || depth > setDepthMax) return value;
  if (Array.isArray(value)) return value.map((item) => sortSets(item, depth + 1));
  const sorted: Record<string, Json> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    if (authored.has(key)) sorted[key] = member;
    else if (Array.isArray(member) && unordered.has(key)) {
      sorted[key] = byCanonicalForm(member.map((item) => sortSets(item, depth + 2)));
    } else sorted[key] = sortSets(member, depth + 1);
  }
  return sorted;
}

/** Members that hold the author's own data, in which order may mean something. */
const authored: ReadonlySet<string> = new Set([
  "params",
  "variables",
  "schema",
  "attributes",
  "result",
  "args",
  "classifications",
]);

/** Each is written out once, and not at every comparison. */
function byCanonicalForm(items: readonly Json[]): readonly Json[] {
  return items
    .map((item) => ({ item, form: canonicalJson(item) }))
    .sort((a, b) => (a.form < b.form ? -1 : 1))
    .map(({ item }) => item);
}
