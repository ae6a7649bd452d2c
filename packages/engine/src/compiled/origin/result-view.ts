import { parseJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { originLimits, originSpace } from "../../document/origin-vocabulary.ts";
import { byUnit } from "../value/map.ts";

/** One leaf of what an agent is shown. */
export interface ShownLeaf {
  /** steps joined by `.`, elements `[]`, names that could pass for more in brackets */
  readonly path: string;
  readonly text: string;
  /** `free`: no field at all; `string` and `number`: a field or an element */
  readonly form: "free" | "string" | "number";
  /** the other texts that are direct members of the same object, in order of their names */
  readonly siblings: readonly string[];
}

/** The path of a text that is no structure, and of a result that is one value. */
const freePath = "text";

/** The leaves of a result, of MCP's shape or any other, in the order of canonical JSON. */
export function leavesShown(result: Json): readonly ShownLeaf[] {
  const found: ShownLeaf[] = [];
  const structured = isObject(result) ? result["structuredContent"] : undefined;
  const whole = typeof structured === "object" && structured !== null;
  const blocks = blocksOf(result);
  // An empty list of blocks is not enough to tell the protocol's shape from any other object.
  if (blocks === undefined || (blocks.length === 0 && !whole)) {
    readRoot(result, found);
    return found;
  }
  if (whole) readRoot(structured, found);
  for (const block of blocks) {
    const text = textOf(block);
    // Beside structured content a block of JSON repeats it.
    if (text !== undefined && !(whole && structureOf(text) !== undefined)) readRoot(text, found);
    if (block["type"] !== "resource_link") continue;
    for (const member of linkMembers) readFree(block[member], found);
  }
  return found;
}

/** The content blocks of an MCP result; `undefined` for any other. */
function blocksOf(result: Json): readonly JsonObject[] | undefined {
  const content = isObject(result) ? result["content"] : undefined;
  if (!isList(content)) return undefined;
  const blocks = content.filter(isObject);
  const typed = blocks.every((block) => typeof block["type"] === "string");
  return typed && blocks.length === content.length ? blocks : undefined;
}

/** What an agent reads of a link to a resource, in this order. */
const linkMembers = ["uri", "name", "description", "title"] as const;

/** The text of a block, or of the resource that it embeds. */
function textOf({ type, text, resource }: JsonObject): string | undefined {
  if (type === "text") return typeof text === "string" ? text : undefined;
  const embedded = type === "resource" && isObject(resource) ? resource["text"] : undefined;
  return typeof embedded === "string" ? embedded : undefined;
}

function readFree(text: Json | undefined, found: ShownLeaf[]): void {
  if (typeof text !== "string" || text === "") return;
  found.push({ path: freePath, text, form: "free", siblings: [] });
}

function readRoot(root: Json, found: ShownLeaf[]): void {
  if (typeof root === "string") {
    const structure = structureOf(root);
    if (structure === undefined) readFree(root, found);
    else walk(structure, undefined, found);
  } else walk(root, undefined, found);
}

/** The list or object that a text is as strict JSON. */
function structureOf(text: string): Json | undefined {
  const trimmed = trimSpace(text);
  if (!trimmed.startsWith("{") && !trimmed.startsWith("[")) return undefined;
  try {
    return parseJson(trimmed);
  } catch {
    return undefined;
  }
}

/** A text without white space at its ends. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && originSpace.includes(text.charAt(start))) start += 1;
  while (end > start && originSpace.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/** The members of one object that can name the others: the first of its texts, with their names. */
type Naming = readonly (readonly [name: string, text: string])[];

function walk(
  value: Json,
  path: string | undefined,
  found: ShownLeaf[],
  own?: string,
  naming: Naming = [],
): void {
  if (typeof value === "string" || typeof value === "number") {
    if (value === "") return;
    found.push({
      path: path ?? freePath,
      text: typeof value === "string" ? value : numberText(value),
      form: typeof value === "string" ? "string" : "number",
      siblings: naming.flatMap(([name, text]) => (name === own ? [] : [text])),
    });
  } else if (isList(value)) {
    for (const item of value) walk(item, `${path ?? ""}[]`, found);
  } else if (isObject(value)) {
    const members = Object.keys(value).toSorted(byUnit);
    const texts = namingOf(value, members);
    for (const name of members) {
      walk(value[name] ?? null, below(path, name), found, name, texts);
    }
  }
}

/**
 * The path of a member. A name that could pass for several steps is written as JSON in brackets,
 * which is the path of no pattern.
 */
function below(path: string | undefined, name: string): string {
  if (name.includes(".") || name.includes("[") || name.includes("]")) {
    return `${path ?? ""}[${JSON.stringify(name)}]`;
  }
  return path === undefined ? name : `${path}.${name}`;
}

/** One more than an entry can be named by, as none names itself. */
function namingOf(object: JsonObject, members: readonly string[]): Naming {
  const naming: [string, string][] = [];
  for (const name of members) {
    const text = object[name];
    if (typeof text === "string" && canName(text)) naming.push([name, text]);
    if (naming.length > originLimits.namesMax) break;
  }
  return naming;
}

/** Whether a text is long enough to name an entry. */
export function canName(text: string): boolean {
  return text.length >= originLimits.literalUnitsMin;
}

/** A number as canonical JSON. */
export function numberText(value: number): string {
  return String(value === 0 ? 0 : value);
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}
