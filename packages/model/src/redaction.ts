import { canonicalJson } from "./canonical-json.ts";
import { HoldfastError } from "./error.ts";
import { parseJson } from "./json-reader.ts";
import type { Json, JsonObject } from "./json.ts";

/** The one member of an object that stands in records for a value which is not kept. */
export const redactedKey = "holdfast.redacted";

/** A place below the arguments or the result of a tool: names, and `[]` for every entry of a list. */
export interface RedactionPath {
  readonly root: "args" | "result";
  readonly steps: readonly string[];
}

const pathForm = /^(?:args|result)(?:\.[A-Za-z_$][\w$-]*|\[\])*$/u;

/** Reads `args.card.number` or `result.items[].iban`; undefined for anything else. */
export function readRedactionPath(text: string): RedactionPath | undefined {
  if (!pathForm.test(text)) return undefined;
  const [root, ...steps] = text.replaceAll("[]", ".[]").split(".");
  // Arguments are an object whatever is kept of them.
  if (root === "args" && (steps.length === 0 || steps[0] === "[]")) return undefined;
  return root === "args" || root === "result" ? { root, steps } : undefined;
}

/** Makes what stands in the place of a value; the same for the same place and value. */
export type Mark = (place: string, value: Json) => Json;

/** A copy in which marks stand for values, and the values themselves. */
export interface Redacted {
  /** the very value where nothing was found */
  readonly value: Json;
  /** texts of the leaves that are gone */
  readonly secrets: ReadonlySet<string>;
}

/** Leaves beyond which all is one mark: each mark is long, and each text is looked for everywhere. */
const leavesMax = 1_000;

/** Texts that are looked for, times units they are looked for in: beyond, all is one mark. */
const workMax = 64_000_000;

/** A shorter text is looked for as a whole, since it would be found by chance. */
const partUnitsMin = 4;

/**
 * The value of `root` without what `paths` name. What has another shape than a path says goes whole.
 * A tool's result is also looked into as MCP shows it: structured content, and JSON in texts.
 */
export function redactPaths(
  value: Json,
  root: RedactionPath["root"],
  paths: readonly RedactionPath[],
  mark: Mark,
): Redacted {
  const secrets = new Set<string>();
  const put: Mark = (place, found) => {
    if (isMark(found)) return found;
    for (const leaf of leavesOf(found)) secrets.add(leaf);
    return mark(place, found);
  };
  let kept = value;
  for (const path of paths) {
    if (path.root !== root) continue;
    const place = [root, ...path.steps].join(".");
    kept = redactAt(kept, path.steps, place, put);
    if (root === "result") kept = redactShown(kept, path.steps, place, put);
  }
  if (secrets.size <= leavesMax) return { value: kept, secrets };
  return { value: wholeOf(value, root, put), secrets };
}

/** All of it as one mark; arguments stay an object, each one a mark. */
function wholeOf(value: Json, root: string, mark: Mark): Json {
  if (root === "result" || !isObject(value)) return mark(root, value);
  const members = Object.entries(value).map(([name, each]) => [name, mark(name, each)] as const);
  return Object.fromEntries(members);
}

function redactAt(value: Json, steps: readonly string[], place: string, mark: Mark): Json {
  const [step, ...below] = steps;
  if (step === undefined) return mark(place, value);
  if (value === null || isMark(value)) return value;
  if (isList(value)) {
    const inner = step === "[]" ? below : steps;
    return mapped(value, (entry) => redactAt(entry, inner, place, mark));
  }
  if (!isObject(value) || step === "[]") return mark(place, value);
  const member = Object.hasOwn(value, step) ? value[step] : undefined;
  if (member === undefined) return value;
  const kept = redactAt(member, below, place, mark);
  return kept === member ? value : { ...value, [step]: kept };
}

/** The same path in what an MCP result holds: its structured content, and texts that are JSON. */
function redactShown(value: Json, steps: readonly string[], place: string, mark: Mark): Json {
  if (!isObject(value) || isMark(value) || steps.length === 0) return value;
  const { structuredContent, content } = value;
  const kept = { ...value };
  if (typeof structuredContent === "object" && structuredContent !== null) {
    kept["structuredContent"] = redactAt(structuredContent, steps, place, mark);
  }
  if (content !== undefined && isList(content)) {
    kept["content"] = mapped(content, (block) => redactBlock(block, steps, place, mark));
  }
  const isSame = kept["structuredContent"] === structuredContent && kept["content"] === content;
  return isSame ? value : kept;
}

function redactBlock(block: Json, steps: readonly string[], place: string, mark: Mark): Json {
  if (!isObject(block)) return block;
  const { text, resource } = block;
  if (typeof text === "string") {
    if (!looksLikeJson(text)) return block;
    const json = jsonIn(text);
    // What cannot be read, such as an object on each of several lines, goes whole.
    if (json !== undefined && redactAt(json, steps, place, mark) === json) return block;
    return { ...block, text: mark(place, text) };
  }
  if (!isObject(resource ?? null) || resource === undefined) return block;
  const kept = redactBlock(resource, steps, place, mark);
  return kept === resource ? block : { ...block, resource: kept };
}

function looksLikeJson(text: string): boolean {
  return /^\s*[[{]/u.test(text);
}

function jsonIn(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return undefined;
    throw thrown;
  }
}

/**
 * The value without copies of what was redacted elsewhere: a text that holds one, a number that is
 * one, an object with one among its names. Other ways to write a value, such as base64, are not looked for.
 */
export function redactCopies(value: Json, secrets: ReadonlySet<string>, mark: Mark): Json {
  if (secrets.size === 0) return value;
  const units = canonicalJson(value).length;
  if (secrets.size * units > workMax) return wholeOf(value, "args", mark);
  const wanted = [...secrets];
  const escaped = wanted.map((text) => JSON.stringify(text).slice(1, -1));
  const holds = (text: string): boolean =>
    wanted.some((secret, place) =>
      secret.length < partUnitsMin
        ? text === secret
        : text.includes(secret) || text.includes(escaped[place] ?? secret),
    );
  const visit = (each: Json): Json => {
    if (typeof each === "string") return holds(each) ? mark("copy", each) : each;
    if (typeof each === "number") return holds(canonicalJson(each)) ? mark("copy", each) : each;
    if (typeof each !== "object" || each === null || isMark(each)) return each;
    if (isList(each)) return mapped(each, visit);
    const names = Object.keys(each);
    if (names.some(holds)) return mark("copy", each);
    const kept = names.map((name) => [name, visit(each[name] ?? null)] as const);
    return kept.every(([name, member]) => member === each[name]) ? each : Object.fromEntries(kept);
  };
  return visit(value);
}

/** Whether a value holds a mark anywhere. */
export function holdsMark(value: Json): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isMark(value) || Object.values(value).some(holdsMark);
}

function isMark(value: Json): boolean {
  return isObject(value) && Object.hasOwn(value, redactedKey);
}

/** Texts and numbers of a value, the latter in canonical form,. */
function leavesOf(value: Json): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (typeof value === "number") return [canonicalJson(value)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(leavesOf);
}

/** The very list where nothing of it changes. */
function mapped(list: readonly Json[], change: (entry: Json) => Json): Json {
  const kept = list.map(change);
  return kept.every((entry, place) => entry === list[place]) ? list : kept;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
