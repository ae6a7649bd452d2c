import { factNames, lowerAscii } from "@holdfast/model";
import type { FactName, Json } from "@holdfast/model";
import {
  derivableLabels,
  destructiveCommands,
  destructiveStatements,
  destructiveVerbs,
  opaqueLabels,
  readingVerbs,
} from "../document/fact-vocabulary.ts";
import type { Tool } from "../document/kinds.ts";
import { CelError } from "./cel-error.ts";
import { factsOfTool } from "./fact.ts";
import type { KnownFact } from "./fact.ts";

/** The labels of an action: its tool's, and those derived from facts (POLICY.md section 1). */
export interface ActionLabels {
  /** all it may have */
  readonly labels: readonly string[];
  /** all that is certain: nothing is granted on account of what a fact does not show */
  readonly sureLabels: readonly string[];
  /** what conditions read: an error where a fact has no value */
  readonly shownLabels: readonly string[] | CelError;
}

/** Whether labels of a tool's actions are derived from its arguments. */
export function derivesLabels(tool: Tool | undefined): boolean {
  return [...factsOfTool(tool)].some((name) => name !== "content");
}

/**
 * Where an annotated argument's fact is opaque the action may do what that can do; where it is an
 * error, whatever labels can say. An argument that is not there derives nothing.
 */
export function actionLabels(
  toolLabels: readonly string[],
  tool: Tool | undefined,
  facts: ReadonlyMap<FactName, KnownFact>,
): ActionLabels {
  const labels = new Set(toolLabels);
  const sure = new Set(toolLabels);
  let unknown: CelError | undefined;
  const annotated = factsOfTool(tool);
  for (const name of factNames) {
    const fact = annotated.has(name) ? facts.get(name) : undefined;
    if (fact === undefined || name === "content") continue;
    if (fact instanceof CelError && fact.code === "unannotated") continue;
    const derived = fact instanceof CelError ? fact : derivedFrom(name, fact.json);
    if (derived instanceof CelError) {
      unknown ??= new CelError(
        derived.code,
        `the labels of the action are not known: ${derived.message}`,
      );
      for (const label of derivableLabels) labels.add(label);
      continue;
    }
    for (const label of derived.certain) sure.add(label);
    for (const label of [...derived.certain, ...derived.possible]) labels.add(label);
  }
  const sorted = [...labels].sort();
  return { labels: sorted, sureLabels: [...sure].sort(), shownLabels: unknown ?? sorted };
}

/** The labels that one fact derives, and those that it may hide. */
interface Derived {
  readonly certain: readonly string[];
  readonly possible: readonly string[];
}

function derivedFrom(name: FactName, json: Json): Derived | CelError {
  switch (name) {
    case "shell":
      return opaque(json) ?? shellLabels(name, json);
    case "sql":
      return opaque(json) ?? sqlLabels(name, json);
    case "k8s":
      return opaque(json) ?? kubernetesLabels(name, json);
    case "urls":
      return eachOf(json, (entry) =>
        opaque(entry) === undefined
          ? urlLabels(name, entry)
          : { certain: [], possible: [...opaqueLabels, "internal"] },
      );
    case "paths":
      return eachOf(json, (entry) => opaque(entry) ?? pathLabels(name, entry));
    case "content":
      return { certain: [], possible: [] };
  }
}

function opaque(json: Json): Derived | undefined {
  return member(json, "opaque") === true ? { certain: [], possible: opaqueLabels } : undefined;
}

function eachOf(json: Json, derive: (entry: Json) => Derived | CelError): Derived | CelError {
  const found = items(json).map(derive);
  const error = found.find((one) => one instanceof CelError);
  if (error !== undefined) return error;
  const whole = found.flatMap((one) => (one instanceof CelError ? [] : [one]));
  return {
    certain: whole.flatMap(({ certain }) => certain),
    possible: whole.flatMap(({ possible }) => possible),
  };
}

function shellLabels(name: FactName, json: Json): Derived | CelError {
  const network = member(json, "network");
  const writes = member(json, "writes");
  const commands = member(json, "commands");
  const names = items(commands).map((command) => textIn(command, "name"));
  if (network === undefined || writes === undefined || commands === undefined) return short(name);
  if (names.includes(undefined)) return short(name);
  return certainly([
    network === true && "egress",
    items(writes).length > 0 && "write",
    (member(json, "destructive") === true || names.some((command) => destroys(command ?? ""))) &&
      "destructive",
  ]);
}

/** `/bin/rm` is `rm`, and `mkfs.ext4` is `mkfs`. */
function destroys(command: string): boolean {
  const last = command.split("/").at(-1) ?? "";
  return destructiveCommands.has(last) || destructiveCommands.has(last.split(".")[0] ?? "");
}

function sqlLabels(name: FactName, json: Json): Derived | CelError {
  const writes = member(json, "writes");
  const statements = member(json, "statements");
  if (writes === undefined || statements === undefined) return short(name);
  let destructive = false;
  for (const statement of items(statements)) {
    const kind = textIn(statement, "kind");
    const where = member(statement, "has_where");
    if (kind === undefined || where === undefined) return short(name);
    const text = lowerAscii(kind);
    destructive ||= destructiveStatements.some((beginning) => text.startsWith(beginning));
    destructive ||= text.startsWith("delete") && where === false;
  }
  return certainly([writes === true && "write", destructive && "destructive"]);
}

function urlLabels(name: FactName, entry: Json): Derived | CelError {
  const isPrivate = member(entry, "private");
  return isPrivate === undefined
    ? short(name)
    : certainly(["egress", isPrivate === true && "internal"]);
}

function pathLabels(name: FactName, entry: Json): Derived | CelError {
  const mode = member(entry, "mode");
  return mode === undefined ? short(name) : certainly([mode !== "read" && "write"]);
}

function kubernetesLabels(name: FactName, json: Json): Derived | CelError {
  const verb = textIn(json, "verb");
  if (verb === undefined) return short(name);
  const text = lowerAscii(verb);
  return certainly([
    !readingVerbs.has(text) && "write",
    destructiveVerbs.has(text) && "destructive",
  ]);
}

/** The error of a fact that lacks what labels are derived from. */
function short(name: FactName): CelError {
  return new CelError("absent", `the fact \`${name}\` was gathered without it`);
}

function certainly(labels: readonly (string | false)[]): Derived {
  return { certain: labels.filter((label) => label !== false), possible: [] };
}

function items(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? json : [];
}

function textIn(json: Json, name: string): string | undefined {
  const text = member(json, name);
  return typeof text === "string" ? text : undefined;
}

function member(json: Json, name: string): Json | undefined {
  if (typeof json !== "object" || json === null || !Object.hasOwn(json, name)) return undefined;
  return (json as Readonly<Record<string, Json>>)[name];
}
