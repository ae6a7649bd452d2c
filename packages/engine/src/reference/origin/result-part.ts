import { canonicalJson, parseJson, HoldfastError } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { trimmed } from "./token.ts";

/** One leaf of a result or of arguments. */
export interface JsonLeaf {
  /**
   * member names joined by `.`, array steps `[]`; a name with `.`, `[` or `]` as JSON in brackets,
   * as no declared path is written; `text` for a value that has no parts
   */
  readonly path: string;
  /** a string, never empty, or a number as canonical JSON */
  readonly text: string;
  readonly textual: boolean;
  /** the other strings that are members of the same object, by key */
  readonly siblings: readonly string[];
}

/** A result as what the agent sees of it: structured leaves, and free texts. */
export interface ResultParts {
  readonly leaves: readonly JsonLeaf[];
  readonly texts: readonly string[];
}

/** The parts of a result, of the protocol's own shape or any other. Leaves come before texts. */
export function partsOf(result: Json): readonly ResultParts[] {
  const blocks = blocksOf(result);
  if (blocks === undefined) return [rootParts(result)];
  const structured = structuredContentOf(result);
  const all = blocks.flatMap((block) => blockParts(block));
  if (structured === undefined) return all;
  // Beside structured content, text that says it again as JSON would only be a second sighting.
  return [rootParts(structured), ...all.filter(({ texts }) => texts.length > 0)];
}

/** The content blocks of an MCP result; `undefined` when it is not one. */
function blocksOf(result: Json): readonly JsonObject[] | undefined {
  const content = isObject(result) ? result["content"] : undefined;
  if (!isList(content)) return undefined;
  const blocks = content.flatMap((block) =>
    isObject(block) && typeof block["type"] === "string" ? [block] : [],
  );
  if (blocks.length < content.length) return undefined;
  // What says nothing as the protocol does may be any object: nothing of it is left aside.
  if (blocks.length === 0 && structuredContentOf(result) === undefined) return undefined;
  return blocks;
}

function structuredContentOf(result: Json): Json | undefined {
  const structured = isObject(result) ? result["structuredContent"] : undefined;
  return isObject(structured) || isList(structured) ? structured : undefined;
}

/** What the agent can read of a content block: its text, an embedded one, or words on a link. */
function blockParts(block: JsonObject): readonly ResultParts[] {
  const { type, text, resource } = block;
  if (type === "text" && typeof text === "string") return [rootParts(text)];
  if (type === "resource" && isObject(resource)) {
    const embedded = resource["text"];
    return typeof embedded === "string" ? [rootParts(embedded)] : [];
  }
  if (type !== "resource_link") return [];
  const words = [block["uri"], block["name"], block["description"], block["title"]];
  const texts = words.filter((word) => typeof word === "string");
  return [{ leaves: [], texts: texts.filter((word) => word !== "") }];
}

function rootParts(root: Json): ResultParts {
  if (typeof root !== "string") return { leaves: jsonLeaves(root), texts: [] };
  const json = structuredText(root);
  if (json !== undefined) return { leaves: jsonLeaves(json), texts: [] };
  return { leaves: [], texts: root === "" ? [] : [root] };
}

/** The JSON that a text is; `undefined` when it is not a whole object or list. */
function structuredText(text: string): Json | undefined {
  const inner = trimmed(text);
  if (!inner.startsWith("{") && !inner.startsWith("[")) return undefined;
  try {
    return parseJson(inner);
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return undefined;
    throw thrown;
  }
}

/** The leaves of a JSON value in the order of its canonical form, without booleans and nulls. */
export function jsonLeaves(root: Json): readonly JsonLeaf[] {
  const leaves: JsonLeaf[] = [];
  const visit = (json: Json, path: string | undefined, siblings: readonly string[]): void => {
    if (typeof json === "string" && json !== "") {
      leaves.push({ path: path ?? "text", text: json, textual: true, siblings });
    } else if (typeof json === "number") {
      const text = canonicalJson(json);
      leaves.push({ path: path ?? "text", text, textual: false, siblings });
    } else if (isList(json)) {
      for (const element of json) visit(element, `${path ?? ""}[]`, []);
    } else if (isObject(json)) {
      const names = Object.keys(json).sort();
      for (const name of names) {
        const others = names.filter((other) => other !== name).map((other) => json[other]);
        const texts = others.filter((other) => typeof other === "string");
        visit(json[name] ?? null, memberPath(path, name), texts);
      }
    }
  };
  visit(root, undefined, []);
  return leaves;
}

function memberPath(path: string | undefined, name: string): string {
  if (/[.[\]]/u.test(name)) return `${path ?? ""}[${JSON.stringify(name)}]`;
  return path === undefined ? name : `${path}.${name}`;
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === "object" && json !== null && !isList(json);
}
