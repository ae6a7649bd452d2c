import { isMap, isScalar, isSeq, Scalar, stringify } from "yaml";
import type { Node, Pair, YAMLMap, YAMLSeq } from "yaml";
import { canonicalJson, copyJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { blockCut, flowCut } from "../analysis/lint/member-removal.ts";
import type { StretchEdit } from "../text-edit.ts";

/**
 * The edits that make a node of a YAML text read as `value`: what is so already is left as it is
 * written, with its comments and layout; undefined where that cannot be done plainly.
 */
function nodeEdits(text: string, node: unknown, value: Json): StretchEdit[] | undefined {
  if (isMap(node) && isObject(value)) return mapEdits(text, node, value);
  if (isSeq(node) && isList(value)) return listEdits(text, node, value);
  if (isScalar(node) && sameJson(node.toJSON(), value)) return [];
  return replaced(text, node, value);
}

/** The edits that give a map these members and no others; `undefined` stands for none. */
export function mapEdits(
  text: string,
  map: YAMLMap,
  members: Readonly<Record<string, Json | undefined>>,
): StretchEdit[] | undefined {
  const edits: StretchEdit[] = [];
  const own = new Map(map.items.flatMap((pair) => named(pair)));
  for (const [name, pair] of own) {
    if (Object.hasOwn(members, name) && members[name] !== undefined) continue;
    const cut = own.size === 1 ? undefined : removed(text, map, stretchOf(pair.key, pair.value));
    if (cut === undefined) return undefined;
    edits.push(cut);
  }
  const added: string[] = [];
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    const pair = own.get(name);
    const changed = pair === undefined ? [] : nodeEdits(text, pair.value, value);
    if (changed === undefined) return undefined;
    edits.push(...changed);
    if (pair === undefined) added.push(`${flow(name)}: ${flow(value)}`);
  }
  const extended = added.length === 0 ? [] : appended(text, map, added);
  return extended === undefined ? undefined : [...edits, ...extended];
}

function named(pair: Pair): [string, Pair][] {
  return isScalar(pair.key) ? [[String(pair.key.value), pair]] : [];
}

function listEdits(
  text: string,
  list: YAMLSeq,
  values: readonly Json[],
): StretchEdit[] | undefined {
  const { items } = list;
  if (values.length === 0 || items.length === 0) return replaced(text, list, values);
  const edits: StretchEdit[] = [];
  for (const [index, item] of items.entries()) {
    const value = values[index];
    const changed =
      value === undefined
        ? wrapped(removed(text, list, itemStretch(text, list, item)))
        : nodeEdits(text, item, value);
    if (changed === undefined) return replaced(text, list, values);
    edits.push(...changed);
  }
  const more = values.slice(items.length).map((value) => flow(value));
  if (more.length === 0) return edits;
  const extended = appended(text, list, more);
  return extended === undefined ? undefined : [...edits, ...extended];
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

function wrapped(edit: StretchEdit | undefined): StretchEdit[] | undefined {
  return edit === undefined ? undefined : [edit];
}

function removed(
  text: string,
  parent: YAMLMap | YAMLSeq,
  stretch: Stretch | undefined,
): StretchEdit | undefined {
  if (stretch === undefined) return undefined;
  const cut = parent.flow === true ? flowCut(text, stretch) : blockCut(text, stretch);
  return cut === undefined ? undefined : { ...cut, text: "" };
}

/** In block layout an item begins with its dash. */
function itemStretch(text: string, list: YAMLSeq, item: unknown): Stretch | undefined {
  const stretch = stretchOf(item, item);
  if (stretch === undefined || list.flow === true) return stretch;
  const dash = text.lastIndexOf("-", stretch.start - 1);
  return text.slice(dash + 1, stretch.start).trim() === ""
    ? { ...stretch, start: dash }
    : undefined;
}

/** Members or items behind the last one, laid out as it is. */
function appended(
  text: string,
  parent: YAMLMap | YAMLSeq,
  texts: readonly string[],
): StretchEdit[] | undefined {
  const last = parent.items.at(-1);
  const stretch = isPair(last) ? stretchOf(last.key, last.value) : stretchOf(last, last);
  if (stretch === undefined) return undefined;
  if (parent.flow === true) {
    const at = stretch.end;
    return [{ start: at, end: at, text: texts.map((one) => `, ${one}`).join("") }];
  }
  const [start] = parent.range ?? [];
  if (start === undefined) return undefined;
  const indent = " ".repeat(start - text.lastIndexOf("\n", start - 1) - 1);
  const found = text.indexOf("\n", stretch.end - 1);
  const at = found === -1 ? text.length : found + 1;
  const mark = isSeq(parent) ? "- " : "";
  const lines = texts.map((one) => `${indent}${mark}${one}\n`).join("");
  return [{ start: at, end: at, text: found === -1 ? `\n${lines}` : lines }];
}

function isPair(item: unknown): item is Pair {
  return typeof item === "object" && item !== null && "key" in item && "value" in item;
}

function replaced(text: string, node: unknown, value: Json): StretchEdit[] | undefined {
  const stretch = stretchOf(node, node);
  return stretch === undefined ? undefined : [{ ...trimmed(text, stretch), text: flow(value) }];
}

/** Block values end behind their last line break, which stays. */
function trimmed(text: string, { start, end }: Stretch): Stretch {
  let last = end;
  while (last > start && /\s/u.test(text[last - 1] ?? "")) last -= 1;
  return { start, end: last };
}

function stretchOf(first: unknown, last: unknown): Stretch | undefined {
  const start = rangeOf(first)?.[0];
  const end = endOf(last) ?? rangeOf(first)?.[1];
  return start === undefined || end === undefined ? undefined : { start, end };
}

function endOf(node: unknown): number | undefined {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last = node.items.at(-1);
    const below = isPair(last) ? (endOf(last.value) ?? endOf(last.key)) : endOf(last);
    return below ?? rangeOf(node)?.[1];
  }
  return rangeOf(node)?.[1];
}

function rangeOf(node: unknown): Node["range"] | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) ? node.range : undefined;
}

/** A value on one line, in words where they read as nothing but the text. */
function flow(value: Json): string {
  if (typeof value === "string") {
    const plain = stringify(value, { version: "1.2", schema: "core", lineWidth: 0 }).trimEnd();
    return plain === value && /^[\w#/][\w ./#-]*$/u.test(value) && !value.startsWith("#")
      ? value
      : stringify(value, { defaultStringType: Scalar.QUOTE_DOUBLE, lineWidth: 0 }).trimEnd();
  }
  if (isList(value)) return `[${value.map((one) => flow(one)).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, one]) => `${flow(name)}: ${flow(one)}`);
  return `{${members.join(", ")}}`;
}

function sameJson(read: unknown, value: Json): boolean {
  return read !== undefined && canonicalJson(copyJson(read)) === canonicalJson(value);
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function isObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
