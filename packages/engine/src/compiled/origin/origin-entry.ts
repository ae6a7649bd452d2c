import type { Json, JsonObject } from "@holdfast/model";
import { originLimits } from "../../document/origin-vocabulary.ts";
import type { Occurrence } from "../../engine.ts";
import type { Tool } from "../../document/kinds.ts";
import { modelReadings } from "../../document/model-reading.ts";
import { byUnit } from "../value/map.ts";
import { canName, leavesShown, numberText } from "./result-view.ts";

/** One text that a session has seen, and where from. */
export interface OriginEntry {
  readonly sequence: number;
  readonly kind: "prompt" | "text" | "field" | "sent";
  readonly text: string;
  /** sorted, each once */
  readonly labels: readonly string[];
  readonly source: string;
  /** texts that name it when they stand in a prompt */
  readonly names: readonly string[];
  /** whether literals may stand in it: any but a field that is a number, and what was sent */
  readonly isText: boolean;
  readonly fromResult: boolean;
  /** how the text of a result reads besides, unless it was read from an image: no part of what was seen */
  readings?: readonly string[];
}

type Observation = Extract<Occurrence, { readonly kind: "observation" }>;

/** The entry of what entered a session besides results. */
export function entryOfObservation(observation: Observation): OriginEntry {
  const { sequence, seen, text, source, labels } = observation;
  const typed = seen === "prompt" && labels.includes("user");
  return {
    sequence,
    kind: typed ? "prompt" : "text",
    text,
    labels: sortedSet(labels),
    source,
    names: [source],
    isText: true,
    fromResult: false,
  };
}

/** Of every text that was sent: most entries are such. */
const nothing: readonly string[] = [];

/** The entries of what the agent sends, in an action or an answer: every text and number of it. */
export function entriesOfSent(sequence: number, sent: Json): readonly OriginEntry[] {
  const entries: OriginEntry[] = [];
  for (const leaf of scalarsOf(sent)) {
    const text = typeof leaf === "number" ? numberText(leaf) : leaf;
    if (text === "") continue;
    entries.push({
      sequence,
      kind: "sent",
      text,
      labels: nothing,
      source: "",
      names: nothing,
      isText: false,
      fromResult: false,
    });
  }
  return entries;
}

/** A result that was let through, the tool it is of, and what the action was asked with. */
export interface Shown {
  readonly sequence: number;
  readonly result: Json;
  /** `server.name` */
  readonly tool: string;
  readonly document: Tool | undefined;
  /** the tool's labels, for what no pattern names */
  readonly labels: readonly string[];
  readonly args: JsonObject;
}

/** The entries of a result. */
export function entriesOfResult(shown: Shown): readonly OriginEntry[] {
  const { sequence, result, tool } = shown;
  const asked = scalarsOf(shown.args)
    .filter((leaf) => typeof leaf === "string")
    .filter(canName);
  const labelling = labellingOf(shown);
  return leavesShown(result).map(({ path, text, form, siblings }) => {
    const { labels, isContent } = labelling(path);
    const kind = form === "free" || isContent ? "text" : "field";
    const isText = kind === "text" || form === "string";
    return {
      sequence,
      kind,
      text,
      labels,
      source: `${tool} ${path}`,
      names: [...asked, ...siblings].slice(0, originLimits.namesMax),
      isText,
      fromResult: true,
      // Found when it comes, since whoever asks waits for the answer.
      readings: isText ? modelReadings(text) : nothing,
    };
  });
}

interface Labelling {
  readonly labels: readonly string[];
  readonly isContent: boolean;
}

/** What the Tool document says of a path; each path is looked up once. */
function labellingOf({ document, labels }: Shown): (path: string) => Labelling {
  const patterns = Object.entries(document?.results ?? {});
  const known = new Map<string, Labelling>();
  return (path) => {
    let found = known.get(path);
    if (found === undefined) {
      found = labelledBy(
        patterns.filter(([pattern]) => covers(pattern, path)),
        labels,
      );
      known.set(path, found);
    }
    return found;
  };
}

function labelledBy(
  applying: readonly (readonly [string, Tool["results"][string]])[],
  ofTool: readonly string[],
): Labelling {
  if (applying.length === 0) return { labels: ofTool, isContent: false };
  let longest = applying[0];
  for (const each of applying) {
    if (each[0].length > (longest?.[0].length ?? 0)) longest = each;
  }
  return {
    labels: sortedSet(applying.flatMap(([, { labels }]) => labels)),
    isContent: longest?.[1].as === "content",
  };
}

/** Whether a pattern is a path, or leads to it. */
function covers(pattern: string, path: string): boolean {
  if (!path.startsWith(pattern)) return false;
  if (path.length === pattern.length) return true;
  const next = path.charAt(pattern.length);
  return next === "." || next === "[";
}

/** The texts and numbers of a value in the order of canonical JSON. */
function scalarsOf(json: Json, found: (string | number)[] = []): (string | number)[] {
  if (typeof json === "string" || typeof json === "number") found.push(json);
  else if (Array.isArray(json)) for (const item of json as readonly Json[]) scalarsOf(item, found);
  else if (typeof json === "object" && json !== null) {
    const object = json as JsonObject;
    for (const name of Object.keys(object).toSorted(byUnit)) scalarsOf(object[name] ?? null, found);
  }
  return found;
}

function sortedSet(labels: readonly string[]): readonly string[] {
  return [...new Set(labels)].sort(byUnit);
}
