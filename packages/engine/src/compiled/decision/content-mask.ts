import type { Json, JsonObject, Phase } from "@holdfast/model";
import { maskText } from "../../document/fact-vocabulary.ts";
import type { Tool } from "../../document/kinds.ts";
import { Failure } from "../value/failure.ts";

type Stretch = readonly [start: number, end: number];

/** Stretches of texts, in UTF-16 units, by the places of the texts. */
export type Stretches = ReadonlyMap<string, readonly Stretch[]>;

/** How spans of the fact `content` name what a modification path names. */
export function placeOf(phase: Phase, path: readonly string[]): string {
  const steps = phase === "result" ? ["result", ...path] : path;
  return steps.join(".");
}

/** Whether `content` looks through all that stands at a place. */
export function looksThrough(tool: Tool | undefined, phase: Phase, place: string): boolean {
  if (phase === "result") return true;
  for (const [arg, use] of Object.entries(tool?.arguments ?? {})) {
    if (use === "content" && isWithin(place, arg)) return true;
  }
  return false;
}

/** What `content` found of these kinds in a value, or why not all of it can be placed. */
export function stretchesIn(
  value: Json,
  place: string,
  kinds: readonly ("secrets" | "pii")[],
  content: Json,
): Stretches | Failure {
  const texts = new Map<string, string>();
  if (!noteTexts(value, place, texts)) return unclear("two texts are named alike");
  const found = recordIn(content);
  const spans = listIn(found["spans"]).map(recordIn);
  const types = new Set(kinds.flatMap((kind) => listIn(found[kind]).map(typeIn)));
  const placed = new Set(spans.map(({ type }) => type));
  for (const type of types) if (!placed.has(type)) return unclear("a finding has no span");
  const stretches = new Map<string, Stretch[]>();
  for (const { type, arg, start, end } of spans) {
    if (typeof arg !== "string") return unclear("a span has no place");
    if (!types.has(type) || !isWithin(arg, place)) continue;
    const stretch = stretchOf(texts.get(arg), start, end);
    if (stretch === undefined) return unclear("a span is in no text");
    stretches.set(arg, [...(stretches.get(arg) ?? []), stretch]);
  }
  return stretches;
}

/** All stretches of both. */
export function joined(one: Stretches, other: Stretches): Stretches {
  const both = new Map(one);
  for (const [place, more] of other) both.set(place, [...(both.get(place) ?? []), ...more]);
  return both;
}

/** The value with its stretches masked. */
export function maskedValue(value: Json, place: string, stretches: Stretches): Json {
  if (typeof value === "string") return maskedText(value, stretches.get(place) ?? []);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((one, at) => maskedValue(one, `${place}[${at}]`, stretches));
  const made: Record<string, Json> = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    made[name] = maskedValue(member, below(place, name), stretches);
  }
  return made;
}

/** Stretches that overlap or meet become one mask. */
function maskedText(text: string, stretches: readonly Stretch[]): string {
  const parts: string[] = [];
  let covered = 0;
  for (const [start, end] of stretches.toSorted(([a], [b]) => a - b)) {
    if (parts.length === 0 || start > covered) parts.push(text.slice(covered, start), maskText);
    covered = Math.max(covered, end);
  }
  parts.push(text.slice(covered));
  return parts.join("");
}

/** Widened so that it ends in the middle of no surrogate pair. */
function stretchOf(
  text: string | undefined,
  start: Json | undefined,
  end: Json | undefined,
): Stretch | undefined {
  if (text === undefined || !isPlace(start) || !isPlace(end)) return undefined;
  if (start >= end || end > text.length) return undefined;
  return [splitsPair(text, start) ? start - 1 : start, splitsPair(text, end) ? end + 1 : end];
}

function isPlace(json: Json | undefined): json is number {
  return typeof json === "number" && Number.isInteger(json) && json >= 0;
}

function splitsPair(text: string, at: number): boolean {
  if (at === 0 || at >= text.length) return false;
  return (text.codePointAt(at - 1) ?? 0) > 0xffff;
}

/** Takes note of every text; false when two have one place. */
function noteTexts(value: Json, place: string, texts: Map<string, string>): boolean {
  if (typeof value === "string") {
    if (texts.has(place)) return false;
    texts.set(place, value);
    return true;
  }
  if (typeof value !== "object" || value === null) return true;
  if (isList(value)) return value.every((one, at) => noteTexts(one, `${place}[${at}]`, texts));
  return Object.entries(value).every(([name, member]) =>
    noteTexts(member, below(place, name), texts),
  );
}

/** Whether a place is another, or a part of what stands there. */
function isWithin(place: string, whole: string): boolean {
  if (whole === "" || !place.startsWith(whole)) return whole === "";
  const next = place.charAt(whole.length);
  return next === "" || next === "." || next === "[";
}

function below(place: string, name: string): string {
  return place === "" ? name : `${place}.${name}`;
}

function unclear(why: string): Failure {
  return new Failure("unavailable", `the fact \`content\` does not place what it found: ${why}`);
}

function typeIn(finding: Json): Json | undefined {
  return recordIn(finding)["type"];
}

function recordIn(json: Json | undefined): JsonObject {
  if (typeof json !== "object" || json === null || isList(json)) return {};
  return json;
}

function listIn(json: Json | undefined): readonly Json[] {
  return json !== undefined && isList(json) ? json : [];
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
