import type { Bundle } from "@holdfast/engine";
import { understandTool } from "@holdfast/learn";
import type { ArgumentRole, ToolDefinition, UnderstoodTool } from "@holdfast/learn";
import type { Json, JsonObject } from "@holdfast/model";
import type { StressRun } from "../run/stress-run.ts";

/** What an argument is read as (POLICY.md section 5), where a Tool document says so. */
export type ArgumentUse = Bundle["tools"][number]["arguments"][string];

/** An argument as an attacker sees it. */
export interface StressArgument {
  readonly name: string;
  readonly role: ArgumentRole;
  readonly isList: boolean;
  readonly use?: ArgumentUse;
}

/** A tool as an attacker sees it. */
export interface StressTool {
  /** as runs name it */
  readonly name: string;
  /** words for what it does, the first of them its own name in words */
  readonly acts: readonly string[];
  readonly arguments: readonly StressArgument[];
  /** changes nothing; a fetch of a URL is a read, too */
  readonly isRead: boolean;
  /** takes what stands at a URL */
  readonly isFetch: boolean;
  readonly labels: readonly string[];
}

/** Labels of what only looks. */
const readLike: ReadonlySet<string> = new Set(["read", "untrusted", "pii", "secrets", "internal"]);

/** What tools are known from. */
export interface ToolSources {
  readonly bundle: Pick<Bundle, "tools">;
  readonly definitions: readonly ToolDefinition[];
  readonly runs: readonly StressRun[];
  /** the server of tools that runs name without one */
  readonly server: string;
}

/**
 * All tools that the policy set describes, that definitions name or that runs used; sorted by name. What a
 * Tool document says goes before what a name seems to say.
 */
export function stressTools({
  bundle,
  definitions,
  runs,
  server,
}: ToolSources): readonly StressTool[] {
  const defined = new Map(definitions.map((each) => [each.name, each]));
  const documents = new Map(
    bundle.tools.map((each) => [each.server === server ? each.tool : each.name, each]),
  );
  const used = new Map<string, Map<string, Json>>();
  for (const { tool, args } of runs.flatMap(({ calls }) => calls)) {
    const seen = used.get(tool) ?? new Map<string, Json>();
    for (const [name, value] of Object.entries(args)) seen.set(name, value);
    used.set(tool, seen);
  }
  const names = new Set([...defined.keys(), ...documents.keys(), ...used.keys()]);
  return [...names].sort().map((name) => {
    const document = documents.get(name);
    const properties = document === undefined ? {} : objectOf(document.schema?.["properties"]);
    const shown = new Map<string, boolean>();
    for (const [key, schema] of Object.entries(properties)) {
      shown.set(key, objectOf(schema)["type"] === "array");
    }
    for (const [key, value] of used.get(name) ?? []) {
      shown.set(key, shown.get(key) === true || Array.isArray(value));
    }
    for (const { name: key, isList } of defined.get(name)?.arguments ?? []) shown.set(key, isList);
    const all = [...shown].sort(([a], [b]) => (a < b ? -1 : 1));
    const definition = {
      name,
      description: "",
      arguments: all.map(([key, isList]) => ({ name: key, isList })),
    };
    return toolOf(understandTool(definition), document);
  });
}

function toolOf(
  understood: UnderstoodTool,
  document: Bundle["tools"][number] | undefined,
): StressTool {
  const labels = document?.labels ?? understood.labels;
  const named = understood.name
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1 $2")
    .replaceAll(/[^A-Za-z0-9]+/gu, " ")
    .trim();
  const uses = document?.arguments ?? {};
  const known: readonly StressArgument[] = understood.arguments.map((each) => {
    const use = uses[each.name] ?? uses[`${each.name}[]`];
    return use === undefined ? each : { ...each, use };
  });
  const takesUrl = known.some(({ role, use }) => role === "url" || use === "url");
  const acts =
    document === undefined || document.acts.length === 0 ? understood.acts : document.acts;
  const reads = labels.every((label) => readLike.has(label) || label === "egress");
  return {
    name: understood.name,
    acts: [named, ...acts],
    arguments: known,
    isRead: document === undefined ? understood.isRead : reads && labels.includes("read"),
    isFetch: takesUrl && (understood.isFetch || (document !== undefined && reads)),
    labels,
  };
}

function objectOf(json: Json | undefined): JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json)
    ? (json as JsonObject)
    : {};
}
