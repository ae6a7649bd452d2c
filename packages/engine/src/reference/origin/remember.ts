import type { Json, JsonObject } from "@holdfast/model";
import type { Tool } from "../../document/kinds.ts";
import { originLimits } from "../../document/origin-vocabulary.ts";
import type { Occurrence } from "../../engine.ts";
import type { Entry } from "./memory.ts";
import { jsonLeaves, partsOf } from "./result-part.ts";
import type { JsonLeaf } from "./result-part.ts";

/** What an observation adds: a prompt when it is attested that a person typed it, else a text. */
export function observedEntry(
  observation: Extract<Occurrence, { readonly kind: "observation" }>,
): Entry {
  const { sequence, seen, text, source, labels } = observation;
  return {
    sequence,
    kind: seen === "prompt" && labels.includes("user") ? "prompt" : "text",
    text,
    labels: sortedSet(labels),
    source,
    names: [source],
    textual: true,
    resulted: false,
  };
}

/** What the agent's side sent, by an action that was granted or as an answer: every leaf of it. */
export function sentEntries(sent: Json, sequence: number): readonly Entry[] {
  return jsonLeaves(sent).map(({ text, textual }) => ({
    sequence,
    kind: "sent",
    text,
    labels: [],
    source: "",
    names: [],
    textual,
    resulted: false,
  }));
}

/** The action that a result is of. */
export interface Answered {
  readonly toolName: string;
  /** `undefined` when no Tool document describes it */
  readonly tool: Tool | undefined;
  readonly toolLabels: readonly string[];
  readonly args: JsonObject;
}

/** What a result adds that was let through, leaf by leaf, as the Tool document labels them. */
export function resultEntries(
  result: Json,
  { toolName, tool, toolLabels, args }: Answered,
  sequence: number,
): readonly Entry[] {
  const sent = jsonLeaves(args).flatMap(({ text, textual }) => (textual ? [text] : []));
  const entryOf = (leaf: JsonLeaf, free: boolean): Entry => {
    const { path, text, textual, siblings } = leaf;
    const declared = declaredFor(path, tool);
    return {
      sequence,
      kind: free || declared?.content === true ? "text" : "field",
      text,
      labels: sortedSet(declared?.labels ?? toolLabels),
      source: `${toolName} ${path}`,
      names: namesOf([...sent, ...siblings]),
      textual,
      resulted: true,
    };
  };
  return partsOf(result).flatMap(({ leaves, texts }) => {
    const fields = leaves.map((leaf) => entryOf(leaf, false));
    const free = texts.map((text) => ({ path: "text", text, textual: true, siblings: [] }));
    return fields.concat(free.map((leaf) => entryOf(leaf, true)));
  });
}

/** What the Tool document says of a path: the labels of all patterns at or above it. */
function declaredFor(
  path: string,
  tool: Tool | undefined,
): { readonly labels: readonly string[]; readonly content: boolean } | undefined {
  const applying = Object.entries(tool?.results ?? {})
    .filter(([pattern]) => path === pattern || isAbove(pattern, path))
    .toSorted(([a], [b]) => b.length - a.length);
  const [longest] = applying;
  if (longest === undefined) return undefined;
  return {
    labels: applying.flatMap(([, each]) => each.labels),
    content: longest[1].as === "content",
  };
}

function isAbove(pattern: string, path: string): boolean {
  return path.startsWith(`${pattern}.`) || path.startsWith(`${pattern}[`);
}

function namesOf(texts: readonly string[]): readonly string[] {
  const { literalUnitsMin, namesMax } = originLimits;
  return texts.filter((text) => text.length >= literalUnitsMin).slice(0, namesMax);
}

function sortedSet(labels: readonly string[]): readonly string[] {
  return [...new Set(labels)].sort();
}
