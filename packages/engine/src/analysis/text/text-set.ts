import { accepts, isEmpty } from "./automaton.ts";
import type { Automaton } from "./automaton.ts";
import { members } from "./member.ts";

/** A set of well-formed texts: a few, all but a few, or the words of an automaton. */
export type TextSet =
  | { readonly kind: "some"; readonly texts: ReadonlySet<string> }
  | { readonly kind: "all_but"; readonly texts: ReadonlySet<string> }
  | { readonly kind: "language"; readonly automaton: Automaton };

/** No text, and every text. */
export const noText: TextSet = { kind: "some", texts: new Set() };
export const anyText: TextSet = { kind: "all_but", texts: new Set() };

/** These texts and no others. */
export function someTexts(texts: Iterable<string>): TextSet {
  return { kind: "some", texts: new Set(texts) };
}

/** Every other text. */
export function otherTexts(set: TextSet): TextSet {
  if (set.kind !== "language" && set.texts.size === 0)
    return set.kind === "some" ? anyText : noText;
  switch (set.kind) {
    case "some":
      return { kind: "all_but", texts: set.texts };
    case "all_but":
      return { kind: "some", texts: set.texts };
    case "language":
      return { kind: "language", automaton: set.automaton.complement };
  }
}

/** Whether a text is in the set. */
export function hasText(set: TextSet, text: string): boolean {
  switch (set.kind) {
    case "some":
      return set.texts.has(text);
    case "all_but":
      return !set.texts.has(text);
    case "language":
      return accepts(set.automaton, text);
  }
}

/** The texts in both sets; `undefined` when that is too hard. */
export function bothTexts(one: TextSet, other: TextSet): TextSet | undefined {
  if (isAnyText(one) || one === other) return other;
  if (isAnyText(other)) return one;
  if (one.kind === "some") return someTexts([...one.texts].filter((text) => hasText(other, text)));
  if (other.kind === "some") return bothTexts(other, one);
  if (one.kind === "all_but" && other.kind === "all_but") {
    return { kind: "all_but", texts: new Set([...one.texts, ...other.texts]) };
  }
  if (one.kind === "all_but" && other.kind === "language") return without(other, one.texts);
  if (other.kind === "all_but" && one.kind === "language") return without(one, other.texts);
  if (one.kind !== "language" || other.kind !== "language") return undefined;
  const automaton = one.automaton.meet(other.automaton);
  return automaton === undefined ? undefined : { kind: "language", automaton };
}

function without(
  set: Extract<TextSet, { readonly kind: "language" }>,
  texts: ReadonlySet<string>,
): TextSet | undefined {
  let automaton: Automaton | undefined = set.automaton;
  for (const text of texts) automaton = automaton?.without(text);
  if (automaton === set.automaton) return set;
  return automaton === undefined ? undefined : { kind: "language", automaton };
}

function isAnyText(set: TextSet): boolean {
  return set.kind === "all_but" && set.texts.size === 0;
}

/** The texts in either set; `undefined` when that is too hard. */
export function eitherText(one: TextSet, other: TextSet): TextSet | undefined {
  if (one.kind === "some" && one.texts.size === 0) return other;
  if (other.kind === "some" && other.texts.size === 0) return one;
  const neither = bothTexts(otherTexts(one), otherTexts(other));
  return neither === undefined ? undefined : otherTexts(neither);
}

/** Whether the set holds no text. */
export function isNoText(set: TextSet): boolean {
  switch (set.kind) {
    case "some":
      return set.texts.size === 0;
    case "all_but":
      return false;
    case "language":
      return isEmpty(set.automaton);
  }
}

/** Up to `wanted` texts of the set, plain and short, always the same; at least one if there is one. */
export function textsOf(set: TextSet, wanted: number): readonly string[] {
  switch (set.kind) {
    case "some":
      return [...set.texts].toSorted((a, b) => (a < b ? -1 : 1)).slice(0, wanted);
    case "all_but":
      return plainTexts(set.texts, wanted);
    case "language":
      return members(set.automaton, wanted);
  }
}

function plainTexts(without: ReadonlySet<string>, wanted: number): readonly string[] {
  const found: string[] = [];
  for (let number = 0; found.length < wanted; number += 1) {
    const text = number === 0 ? "x" : `x${number}`;
    if (!without.has(text)) found.push(text);
  }
  return found;
}
