import { isHidden } from "@holdfast/model";

/**
 * A text as one line of at most `unitsMax` UTF-16 units, with nothing in it that a reader cannot
 * see, and every run of white space one space. WHY: values come from requests, and must not draw
 * lines of their own.
 */
export function oneLine(text: string, unitsMax = 200): string {
  return visibleLine(text.replaceAll(/\s+/gu, " "), unitsMax);
}

/** The same with spaces kept as they are, for lines that are set in columns. */
export function visibleLine(text: string, unitsMax: number): string {
  const flat = Array.from(text, (character) =>
    character !== " " && isHidden(character) ? "?" : character,
  ).join("");
  return flat.length > unitsMax ? `${flat.slice(0, unitsMax - 1)}…` : flat;
}
