import { parseJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { originLimits, originSpace } from "../../document/origin-vocabulary.ts";
import { byUnit } from "../value/map.ts";

/** One leaf of what an agent is shown. */
export interface ShownLeaf {
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
  const blocks = blocksOf(result);
  if (blocks === undefined) readRoot(result, found);
  else {
    const structured = isObject(result) ? result["structuredContent"] : undefined;
    const whole = typeof structured === "object" && structured !== null;
    if (whole) readRoot(structured, found);
    for (const { type, text } of blocks) {
      if (type !== "text" || typeof text !== "string") continue;
      // Beside structured content a block of JSON repeats it.
      if (whole && structureOf(text) !== undefined) continue;
      readRoot(text, found);
    }
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

function readRoot(root: Json, found: ShownLeaf[]): void {
  if (typeof root === "string") {
    const structure = structureOf(root);
    if (structure === undefined) {
      if (root !== "") found.push({ path: freePath, text: root, form: "free", siblings: [] });
      return;
    }
    walk(structure, undefined, found);
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
      walk(value[name] ?? null, path === undefined ? name : `${path}.${name}`, found, name, texts);
    }
  }
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
