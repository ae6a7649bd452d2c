import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from "yaml";
import { parseJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { factLimits } from "../fact-limit.ts";

/** What a text of manifests holds, or why it cannot be read. */
export type ManifestReading =
  | { readonly documents: readonly Json[] }
  | { readonly error: "invalid" | "limit"; readonly reason: string };

class Unreadable extends Error {
  readonly error: "invalid" | "limit";

  constructor(error: "invalid" | "limit", reason: string) {
    super(reason);
    this.error = error;
  }
}

/**
 * Reads a text of YAML 1.2 documents, core schema, JSON among them; empty documents are none. Refused
 * is what readers take otherwise: names that stand twice, aliases, tags, merge keys, ends of lines that
 * are none to YAML 1.2, warnings.
 */
export function readManifests(text: string): ManifestReading {
  try {
    const json = jsonIn(text);
    if (json !== undefined) return { documents: [json] };
    const documents = parseAllDocuments(guarded(text), {
      version: "1.2",
      schema: "core",
      merge: false,
      strict: true,
      // Told by `valueOf`, which takes no time with each of its members.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
    });
    const values: Json[] = [];
    for (const { contents, errors, warnings } of Array.isArray(documents) ? documents : []) {
      if (errors.length > 0 || warnings.length > 0) throw new Unreadable("invalid", "no YAML");
      const count = { nodes: 0 };
      const value = contents === null ? null : valueOf(contents, 0, count);
      if (value !== null) values.push(value);
    }
    return { documents: values };
  } catch (error) {
    if (error instanceof Unreadable) return { error: error.error, reason: error.message };
    if (error instanceof RangeError) return { error: "limit", reason: "nested too deep" };
    throw error;
  }
}

/** A text that is JSON is read as that, which takes no time; `undefined` for any other. */
function jsonIn(text: string): Json | undefined {
  if (!/^\s*\{/u.test(text)) return undefined;
  try {
    return parseJson(text, { depthMax: factLimits.manifestDepthMax });
  } catch {
    // Flow style of YAML, or nothing: the parser of YAML says what is wrong.
    return undefined;
  }
}

/** A text that takes the parser no longer than it is long, and whose lines end where all readers end them. */
function guarded(text: string): string {
  // WHY: YAML 1.1, which kubectl reads, ends lines at all of these, and so a comment that 1.2 goes on with.
  if (/\r(?!\n)|[\u0085\u2028\u2029]/u.test(text)) {
    throw new Unreadable("invalid", "an end of a line that not all readers know");
  }
  if (text.split("\n---", factLimits.entriesMax + 1).length > factLimits.entriesMax) {
    throw new Unreadable("limit", "too many documents");
  }
  const marks = text.match(/[[\]{},\n&*!'"#?]|:(?=\s|$)/gu)?.length ?? 0;
  if (marks > factLimits.manifestMarksMax) throw new Unreadable("limit", "too many marks of YAML");
  let depth = 0;
  for (const [mark] of text.matchAll(/[[{\]}]|(?:^|\n)[ ]*(?:[-?:] ){2,}/gu)) {
    if (mark === "[" || mark === "{") depth += 1;
    else if (mark === "]" || mark === "}") depth = Math.max(0, depth - 1);
    const deepest = Math.max(depth, mark.length > 2 ? mark.trim().split(" ").length : 0);
    if (deepest > factLimits.manifestDepthMax) throw new Unreadable("limit", "nested too deep");
  }
  return text;
}

function valueOf(node: unknown, depth: number, count: { nodes: number }): Json {
  count.nodes += 1;
  if (depth > factLimits.manifestDepthMax) throw new Unreadable("limit", "nested too deep");
  if (count.nodes > factLimits.manifestNodesMax) throw new Unreadable("limit", "too many values");
  if (node === null || node === undefined) return null;
  if (isAlias(node)) throw new Unreadable("invalid", "an alias");
  if (isScalar(node)) return scalarOf(node.value, node.tag ?? node.anchor);
  if (isSeq(node)) return node.items.map((item) => valueOf(item, depth + 1, count));
  if (!isMap(node)) throw new Unreadable("invalid", "no YAML of the core schema");
  const members = new Map<string, Json>();
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? key.value : undefined;
    if (typeof name !== "string" || name === "<<" || members.has(name)) {
      throw new Unreadable("invalid", "a name that is no text, stands twice, or merges");
    }
    members.set(name, valueOf(value, depth + 1, count));
  }
  return Object.fromEntries(members);
}

function scalarOf(value: unknown, mark: string | undefined): Json {
  if (mark !== undefined) throw new Unreadable("invalid", "a tag or an anchor");
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Unreadable("invalid", "a value that is no JSON");
}
