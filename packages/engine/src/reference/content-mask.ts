import type { Json, Phase } from "@holdfast/model";
import { maskText } from "../document/fact-vocabulary.ts";
import type { Tool } from "../document/kinds.ts";
import { CelError } from "./cel-error.ts";

/** What a mask looks for. */
export type MaskKind = "secrets" | "pii";

/** A stretch of the text at a place, in UTF-16 units. */
export interface Stretch {
  /** names joined by `.` and places in lists as `[0]`, from the argument's name or `result` on */
  readonly place: string;
  readonly start: number;
  readonly end: number;
}

/** The place that a modification path names, as spans of `content` name it. */
export function placeOf(phase: Phase, path: readonly string[]): string {
  return (phase === "result" ? ["result", ...path] : path).join(".");
}

/** Whether `content` looks through a value whole: a result, or what is annotated at or above it. */
export function isLookedThrough(
  tool: Tool | undefined,
  phase: Phase,
  path: readonly string[],
): boolean {
  if (phase === "result") return true;
  const place = placeOf(phase, path);
  return Object.entries(tool?.arguments ?? {}).some(
    ([arg, use]) => use === "content" && isAt(place, arg),
  );
}

/**
 * Where `content` has found what a mask looks for, in the texts of one value. An error unless all
 * of it can be placed: a finding without a span, or a span that is in no text.
 */
export function stretchesIn(
  value: Json,
  place: string,
  kinds: readonly MaskKind[],
  content: Json,
): readonly Stretch[] | CelError {
  const texts = new Map<string, string>();
  if (!noteTexts(value, place, texts)) return unclear("two texts are named alike");
  const spans = listOf(content, "spans");
  const wanted = kinds.flatMap((kind) =>
    listOf(content, kind).map((found) => fieldOf(found, "type")),
  );
  const missed = wanted.find((type) => !spans.some((span) => fieldOf(span, "type") === type));
  if (missed !== undefined) return unclear("a finding has no span");
  const stretches: Stretch[] = [];
  for (const span of spans) {
    const arg = fieldOf(span, "arg");
    if (typeof arg !== "string") return unclear("a span has no place");
    if (!wanted.includes(fieldOf(span, "type")) || !isAt(arg, place)) continue;
    const stretch = stretchOf(span, arg, texts.get(arg));
    if (stretch === undefined) return unclear("a span is in no text");
    stretches.push(stretch);
  }
  return stretches;
}

/** The value with these stretches masked, those that meet or overlap as one. */
export function maskStretches(value: Json, place: string, stretches: readonly Stretch[]): Json {
  if (typeof value === "string") {
    return masked(
      value,
      stretches.filter((stretch) => stretch.place === place),
    );
  }
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) {
    return value.map((item, index) => maskStretches(item, `${place}[${index}]`, stretches));
  }
  const members: Record<string, Json> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    members[key] = maskStretches(member, below(place, key), stretches);
  }
  return members;
}

function masked(text: string, stretches: readonly Stretch[]): string {
  const inOrder = stretches.toSorted((a, b) => a.start - b.start);
  let result = "";
  let at = 0;
  let open = false;
  for (const { start, end } of inOrder) {
    if (!open || start > at) result += text.slice(at, start) + maskText;
    open = true;
    at = Math.max(at, end);
  }
  return result + text.slice(at);
}

/** A stretch that no surrogate pair reaches out of. */
function stretchOf(span: Json, place: string, text: string | undefined): Stretch | undefined {
  const start = fieldOf(span, "start");
  const end = fieldOf(span, "end");
  if (text === undefined || typeof start !== "number" || typeof end !== "number") return undefined;
  if (!Number.isInteger(start) || !Number.isInteger(end)) return undefined;
  if (start < 0 || start >= end || end > text.length) return undefined;
  return {
    place,
    start: isWithinPair(text, start) ? start - 1 : start,
    end: isWithinPair(text, end) ? end + 1 : end,
  };
}

function isWithinPair(text: string, at: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(Math.max(0, at - 1), at + 1));
}

/** Every text of a value by its place; false when two have the same one. */
function noteTexts(value: Json, place: string, texts: Map<string, string>): boolean {
  if (typeof value === "string") {
    const isNew = !texts.has(place);
    texts.set(place, value);
    return isNew;
  }
  if (typeof value !== "object" || value === null) return true;
  if (isList(value)) {
    return value.every((item, index) => noteTexts(item, `${place}[${index}]`, texts));
  }
  return Object.entries(value).every(([key, member]) =>
    noteTexts(member, below(place, key), texts),
  );
}

/** Whether one place is another or lies below it. */
function isAt(place: string, above: string): boolean {
  if (above === "" || place === above) return true;
  return place.startsWith(`${above}.`) || place.startsWith(`${above}[`);
}

function below(place: string, key: string): string {
  return place === "" ? key : `${place}.${key}`;
}

function unclear(why: string): CelError {
  return new CelError("unavailable", `the fact \`content\` does not place what it found: ${why}`);
}

function fieldOf(json: Json, name: string): Json | undefined {
  if (typeof json !== "object" || json === null || isList(json)) return undefined;
  return Object.hasOwn(json, name) ? json[name] : undefined;
}

function listOf(json: Json, name: string): readonly Json[] {
  const list = fieldOf(json, name);
  return list !== undefined && isList(list) ? list : [];
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
