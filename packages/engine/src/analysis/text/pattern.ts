import { RE2JS, RE2JSException } from "re2js";
import { z } from "zod";
import { explore, statesMax, symbolOf, symbolsEnd } from "./automaton.ts";
import type { Automaton } from "./automaton.ts";

/** The instructions of a compiled RE2 pattern, as re2js 2.10.0 numbers them. */
const operation = {
  alternative: 1,
  alternativeMatch: 2,
  capture: 3,
  emptyWidth: 4,
  fail: 5,
  match: 6,
  nothing: 7,
  runes: 8,
  rune: 9,
  anyRune: 10,
  anyRuneNotNewline: 11,
} as const;

const width = {
  beginLine: 1,
  endLine: 2,
  beginText: 4,
  endText: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
} as const;

/** The program of a pattern: what is read of the parsed form, and checked before it is trusted. */
const programSchema = z.object({
  start: z.int(),
  numLb: z.literal(0),
  inst: z
    .array(
      z.object({
        op: z.int(),
        out: z.int(),
        arg: z.int(),
        runes: z.union([z.instanceof(Int32Array), z.array(z.int())]),
      }),
    )
    .max(statesMax),
});
type Program = z.output<typeof programSchema>;
type Instruction = Program["inst"][number];

/**
 * The texts in which an RE2 pattern matches somewhere; `undefined` for what is no pattern, or one
 * whose automaton is too large.
 */
export function matching(pattern: string): Automaton | undefined {
  if (pattern.length > 2_000) return undefined;
  const program = programOf(pattern);
  return program === undefined ? undefined : programAutomaton(program);
}

/**
 * Whether whatever a pattern finds must begin where the text begins, and end where it ends;
 * `undefined` for what is no pattern, or one that cannot be read.
 */
export function anchorsOf(
  pattern: string,
): { readonly start: boolean; readonly end: boolean } | undefined {
  const program = pattern.length > 2_000 ? undefined : programOf(pattern);
  if (program === undefined) return undefined;
  const open = (from: number, anchor: number): readonly number[] =>
    withoutWidth(program, from, anchor);
  const consumes = (at: number): boolean => (program.inst[at]?.op ?? 0) >= operation.runes;
  const matches = (at: number): boolean => program.inst[at]?.op === operation.match;
  const first = open(program.start, width.beginText);
  const start = !first.some((at) => consumes(at) || matches(at));
  const ends = program.inst.filter(({ op }) => op >= operation.runes).map(({ out }) => out);
  const end = ![program.start, ...ends].some((from) => open(from, width.endText).some(matches));
  return { start, end };
}

/** The instructions that are reached without reading a character and without passing an anchor. */
function withoutWidth(program: Program, from: number, anchor: number): readonly number[] {
  const seen = new Set<number>();
  const waiting = [from];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const instruction = program.inst[at];
    if (seen.has(at) || instruction === undefined) continue;
    seen.add(at);
    const { op, out, arg } = instruction;
    if (op === operation.alternative || op === operation.alternativeMatch) waiting.push(out, arg);
    else if (op === operation.capture || op === operation.nothing) waiting.push(out);
    else if (op === operation.emptyWidth && (arg & anchor) === 0) waiting.push(out);
  }
  return [...seen];
}

function programOf(pattern: string): Program | undefined {
  try {
    const read = programSchema.safeParse(RE2JS.compile(pattern).re2().prog);
    return read.success ? read.data : undefined;
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    return undefined;
  }
}

/** What stood before: nothing, a new line, a word character, anything else. */
type Before = "start" | "line" | "word" | "other";

/** Where the pattern can be, before the empty widths ahead are known; `matched` is for good. */
interface Place {
  readonly pending: readonly number[];
  readonly before: Before;
  readonly matched: boolean;
}

function programAutomaton(program: Program): Automaton | undefined {
  const foldedRunes = new Map<number, readonly number[]>();
  const rangesOf = (instruction: Instruction): readonly number[] => {
    const { op, runes, arg } = instruction;
    if (op === operation.anyRune) return [0, 0x10ffff];
    if (op === operation.anyRuneNotNewline) return [0, 9, 11, 0x10ffff];
    const [only] = runes;
    if (runes.length !== 1 || only === undefined) return [...runes];
    if ((arg & 1) === 0) return [only, only];
    const known = foldedRunes.get(only) ?? foldedOf(only);
    foldedRunes.set(only, known);
    return known;
  };
  const unknown = program.inst.some(({ op }) => op < 1 || op > operation.anyRuneNotNewline);
  if (unknown) return undefined;
  const ranges = program.inst.map((instruction) =>
    instruction.op >= operation.runes ? symbolRanges(rangesOf(instruction)) : [],
  );
  return explore<Place>({
    start: { pending: [program.start], before: "start", matched: false },
    name: ({ pending, before, matched }) =>
      matched ? "matched" : `${before} ${pending.join(" ")}`,
    accepts: (place) => place.matched || closure(program, place, undefined).matched,
    edges: (place) => {
      if (place.matched) return [[0, place]];
      const cuts = new Set([0, 0xa, 0xb, 0x30, 0x3a, 0x41, 0x5b, 0x5f, 0x60, 0x61, 0x7b]);
      for (const classOf of ["line", "word", "other"] as const) {
        for (const at of closure(program, place, classOf).reached) {
          for (const [low, high] of ranges[at] ?? []) {
            cuts.add(low);
            if (high + 1 < symbolsEnd) cuts.add(high + 1);
          }
        }
      }
      return [...cuts]
        .toSorted((a, b) => a - b)
        .map((symbol) => [symbol, step(program, ranges, place, symbol)]);
    },
  });
}

type SymbolRanges = readonly (readonly [number, number])[];

function step(
  program: Program,
  ranges: readonly SymbolRanges[],
  place: Place,
  symbol: number,
): Place {
  const before = classOfSymbol(symbol);
  const { reached, matched } = closure(program, place, before);
  if (matched) return { pending: [], before, matched };
  const next = new Set<number>([program.start]);
  for (const at of reached) {
    const fits = ranges[at]?.some(([low, high]) => low <= symbol && symbol <= high) ?? false;
    if (fits) next.add(program.inst[at]?.out ?? 0);
  }
  return { pending: [...next].toSorted((a, b) => a - b), before, matched: false };
}

/** The instructions that wait for a character once it is known what stands ahead. */
function closure(
  program: Program,
  { pending, before }: Place,
  ahead: Exclude<Before, "start"> | undefined,
): { readonly reached: readonly number[]; readonly matched: boolean } {
  const held = widthsAt(before, ahead);
  const seen = new Set<number>();
  const reached: number[] = [];
  const open = [...pending];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = program.inst[at];
    if (instruction === undefined) continue;
    const { op, out, arg } = instruction;
    if (op === operation.match) return { reached, matched: true };
    if (op === operation.alternative || op === operation.alternativeMatch) open.push(out, arg);
    else if (op === operation.capture || op === operation.nothing) open.push(out);
    else if (op === operation.emptyWidth) {
      if ((arg & ~held) === 0) open.push(out);
    } else if (op >= operation.runes) reached.push(at);
  }
  return { reached, matched: false };
}

function widthsAt(before: Before, ahead: Before | undefined): number {
  const first =
    before === "start"
      ? width.beginText | width.beginLine
      : before === "line"
        ? width.beginLine
        : 0;
  const last =
    ahead === undefined ? width.endText | width.endLine : ahead === "line" ? width.endLine : 0;
  const edge =
    (before === "word") === (ahead === "word") ? width.noWordBoundary : width.wordBoundary;
  return first | last | edge;
}

function classOfSymbol(symbol: number): Exclude<Before, "start"> {
  if (symbol === 0xa) return "line";
  const word =
    (symbol >= 0x30 && symbol <= 0x39) ||
    (symbol >= 0x41 && symbol <= 0x5a) ||
    symbol === 0x5f ||
    (symbol >= 0x61 && symbol <= 0x7a);
  return word ? "word" : "other";
}

/** Every character that a pattern which ignores case takes for this one, as ranges. */
function foldedOf(rune: number): readonly number[] {
  // WHY: a class of characters lists what it stands for; the last character keeps it a class.
  const text = `(?i)[\\x{${rune.toString(16)}}\\x{10FFFF}]`;
  const listed = programOf(text)?.inst.find(
    ({ op, runes }) => op >= operation.runes && runes.length > 1,
  );
  return [...(listed?.runes ?? [rune, rune])].slice(0, listed === undefined ? 2 : -2);
}

function symbolRanges(runes: readonly number[]): SymbolRanges {
  const ranges: (readonly [number, number])[] = [];
  for (let at = 0; at + 1 < runes.length; at += 2) {
    const low = symbolOf(runes[at] ?? 0);
    const last = runes[at + 1] ?? 0;
    const high = last >= 0xd800 && last < 0xe000 ? 0xd7ff : symbolOf(last);
    if (low <= high) ranges.push([low, high]);
  }
  return ranges;
}
