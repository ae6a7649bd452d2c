import type { Scalar } from "yaml";

/**
 * For each UTF-16 unit of a scalar's value, and one past its end, the offset in the file that
 * it was read from: exact for every visible character of plain, quoted and block scalars.
 * White space that YAML folded points to where the fold begins.
 *
 * WHY: an error inside a condition must be shown in the file, and YAML escapes, folds and
 * strips indentation between the two.
 */
export function scalarOffsets(scalar: Scalar, value: string, text: string): number[] {
  const [start, end] = scalar.range ?? [0, 0];
  const quoted = scalar.type === "QUOTE_DOUBLE" || scalar.type === "QUOTE_SINGLE";
  const block = scalar.type === "BLOCK_LITERAL" || scalar.type === "BLOCK_FOLDED";
  const bodyEnd = quoted ? end - 1 : end;
  let at = start;
  if (quoted) at += 1;
  else if (block) at = afterLine(text, start);
  const offsets: number[] = [];
  while (offsets.length < value.length) {
    const wanted = value.charAt(offsets.length);
    const step = nextUnit({ text, at, end: bodyEnd, wanted, style: scalar.type });
    for (let unit = 0; unit < step.units && offsets.length < value.length; unit += 1) {
      offsets.push(Math.min(step.at + (step.verbatim ? unit : 0), bodyEnd));
    }
    at = step.next;
  }
  offsets.push(block ? lastVisible(offsets, value, start) : Math.min(at, bodyEnd));
  return offsets;
}

interface Step {
  /** where the unit was read from */
  readonly at: number;
  /** where to go on reading */
  readonly next: number;
  /** UTF-16 units of the value this step yields */
  readonly units: number;
  readonly verbatim: boolean;
}

interface Reading {
  readonly text: string;
  readonly at: number;
  readonly end: number;
  readonly wanted: string;
  readonly style: Scalar["type"];
}

const blank = /\s/u;
/** Escapes that stand for white space, or, before a line break, for nothing. */
const blankEscape = /^\\(?:[ \tnrtvfNLP_\n]|\r\n)/u;

function nextUnit({ text, at, end, wanted, style }: Reading): Step {
  const escapes = style === "QUOTE_DOUBLE";
  if (blank.test(wanted)) {
    if (escapes && blankEscape.test(text.slice(at, at + 3))) return escape(text, at);
    const here = at < end && blank.test(text.charAt(at));
    return { at, next: here ? at + 1 : at, units: 1, verbatim: true };
  }
  let from = skipBlank(text, at, end);
  if (escapes) {
    while (from < end && blankEscape.test(text.slice(from, from + 3))) {
      from = skipBlank(text, from + 2, end);
    }
    if (text[from] === "\\") return escape(text, from);
  }
  const doubled = style === "QUOTE_SINGLE" && wanted === "'";
  return { at: from, next: from + (doubled ? 2 : 1), units: 1, verbatim: true };
}

function escape(text: string, at: number): Step {
  const letter = text.charAt(at + 1);
  const digits = letter === "x" ? 2 : letter === "u" ? 4 : letter === "U" ? 8 : 0;
  const code = digits === 0 ? 0 : Number.parseInt(text.slice(at + 2, at + 2 + digits), 16);
  return { at, next: at + 2 + digits, units: code > 0xffff ? 2 : 1, verbatim: false };
}

function skipBlank(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && blank.test(text.charAt(at))) at += 1;
  return at;
}

function afterLine(text: string, from: number): number {
  const newline = text.indexOf("\n", from);
  return newline < 0 ? text.length : newline + 1;
}

/** A block's end is shown behind its last visible character, not on the line below. */
function lastVisible(offsets: readonly number[], value: string, start: number): number {
  const length = value.trimEnd().length;
  const last = length === 0 ? undefined : offsets[length - 1];
  return last === undefined ? start : last + 1;
}
