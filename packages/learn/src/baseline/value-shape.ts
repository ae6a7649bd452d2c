import type { Json } from "@holdfast/model";

/** What a text looks like, the first that fits; none tells a value. */
const formats: readonly (readonly [string, RegExp])[] = [
  ["empty text", /^\s*$/u],
  // One way to read it: with dots in its parts a text full of them takes square time here.
  ["email", /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/u],
  ["url", /^[A-Za-z][A-Za-z0-9+.-]*:\/\/\S+$/u],
  ["uuid", /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/u],
  ["time", /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/u],
  ["digits", /^[+-]?\d[\d ,.]*$/u],
  ["account", /^[A-Z]{2}\d{2}[A-Z0-9]{8,30}$/u],
  ["path", /^(?:\.{0,2}|~)\/[^\n]*$|^[\w.-]+(?:\/[\w.-]+)+\/?$/u],
  ["file name", /^[\w-]+(?:\.[\w-]+)*\.[A-Za-z]\w{0,7}$/u],
  ["word", /^[^\s.,;:!?()[\]{}"'/]+$/u],
  ["line", /^[^\n\r]*$/u],
];

/** The pattern of each format but the last, which is any text at all. */
export const formatPatterns: ReadonlyMap<string, string> = new Map(
  formats.map(([name, pattern]) => [name, pattern.source]),
);

/** Parts of a list or object whose shapes are looked at. */
const partsMax = 100;

/**
 * The shape of a value: its kind, and of a text its format. `email`, `integer`, `list of word`,
 * `object {a, b}`.
 */
export function shapeOf(value: Json, depth = 0): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") {
    return `${value < 0 ? "negative " : ""}${Number.isInteger(value) ? "integer" : "decimal"}`;
  }
  if (typeof value === "string") {
    return formats.find(([, pattern]) => pattern.test(value))?.[0] ?? "text of lines";
  }
  if (depth > 2) return Array.isArray(value) ? "list" : "object";
  if (Array.isArray(value)) {
    const parts = (value as readonly Json[]).slice(0, partsMax);
    const shapes = [...new Set(parts.map((each) => shapeOf(each, depth + 1)))].sort();
    return shapes.length === 0 ? "empty list" : `list of ${shapes.join(" or ")}`;
  }
  return `object {${Object.keys(value).sort().slice(0, partsMax).join(", ")}}`;
}

/**
 * How large a value is, in powers of two: of the number, of the units of a text, of the parts of a list
 * or object. Undefined of what has no size.
 */
export function sizeOf(value: Json): number | undefined {
  if (value === null || typeof value === "boolean") return undefined;
  const amount =
    typeof value === "number"
      ? Math.abs(value)
      : typeof value === "string"
        ? value.length
        : Object.keys(value).length;
  let power = 0;
  for (let bound = 1; bound < amount; bound *= 2) power += 1;
  return power;
}
