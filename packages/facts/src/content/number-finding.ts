import { groupedBy } from "./grouping.ts";
import { isWithinWord, isWordUnit, surroundings } from "./finding.ts";
import type { Finding, Scanned } from "./finding.ts";
import { isCard } from "./number-check.ts";
import { numberFormats } from "./number-format.ts";
import type { NumberFormat } from "./number-format.ts";
import { nationalPhone } from "./phone.ts";

/** Digits that one number can have at most, and groups that it is written in. */
const digitsMax = 19;
const digitsMin = 7;

/** A row of digits, and whether what is before it lets both be of one number. */
interface Group {
  readonly start: number;
  readonly end: number;
}

/** Formats by the lengths of their groups, each length a digit to the base 20. */
const byGroups: ReadonlyMap<number, readonly { format: NumberFormat; isWeak: boolean }[]> =
  groupedBy(
    numberFormats.flatMap((format) =>
      [
        format.groups.map((groups) => ({ format, isWeak: false, groups })),
        (format.weak ?? []).map((groups) => ({ format, isWeak: true, groups })),
      ].flat(),
    ),
    ({ groups }) => groups.split("-").reduce((key, length) => key * 20 + Number(length), 0),
  );

const digits = /[0-9]+/g;
/** What stands between groups of one number. */
const gap = /^(?:[ \t]{1,2}|[-./_]| [-./] |[)][ -]?|[ ]?[(])$/u;

/** Numbers of people and their accounts: cards, national numbers, and phones as one country writes them. */
export function numbersIn(scanned: Scanned): readonly Finding[] {
  const found: Finding[] = [];
  let row: Group[] = [];
  digits.lastIndex = 0;
  for (let hit = digits.exec(scanned.text); hit !== null; hit = digits.exec(scanned.text)) {
    const group = { start: hit.index, end: hit.index + hit[0].length };
    const last = row.at(-1);
    if (last !== undefined && !isJoined(scanned.text, last, group)) {
      readRow(scanned, row, found);
      row = [];
    }
    row.push(group);
  }
  readRow(scanned, row, found);
  return found;
}

function isJoined(text: string, one: Group, other: Group): boolean {
  const between = other.start - one.end;
  return between <= 3 && gap.test(text.slice(one.end, other.start));
}

function readRow(scanned: Scanned, row: readonly Group[], found: Finding[]): void {
  for (let first = 0; first < row.length;) first = readFrom(scanned, row, { first, found });
}

/** Reads what begins at a group; the group to go on at. */
function readFrom(
  scanned: Scanned,
  row: readonly Group[],
  { first, found }: { readonly first: number; readonly found: Finding[] },
): number {
  let key = 0;
  let count = 0;
  let best: { finding: Finding; last: number } | undefined;
  for (let last = first; last < row.length; last += 1) {
    const group = row[last];
    if (group === undefined) break;
    count += group.end - group.start;
    if (count > digitsMax) break;
    key = key * 20 + (group.end - group.start);
    if (count < digitsMin) continue;
    const finding = numberAt(scanned, row, { first, last, key });
    if (finding !== undefined) best = { finding, last };
  }
  if (best === undefined) return first + 1;
  found.push(best.finding);
  return best.last + 1;
}

interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly key: number;
}

function numberAt(scanned: Scanned, row: readonly Group[], stretch: Stretch): Finding | undefined {
  const { first, last, key } = stretch;
  const start = row[first]?.start ?? 0;
  const end = row[last]?.end ?? 0;
  const { text } = scanned;
  const isWhole = first === 0 && last === row.length - 1;
  const isEdge = first === 0 || last === row.length - 1;
  if (!isEdge || isWithinWord(text, start) || isWordUnit(text, end)) return undefined;
  const formats = byGroups.get(key) ?? [];
  const own = text.slice(start, end).replaceAll(/[^0-9]/gu, "");
  if (!isPartOfDecimal(text, start, end)) {
    let near: string | undefined;
    for (const { format, isWeak } of formats) {
      if (!format.isRight(own)) continue;
      if (
        format.separator !== undefined &&
        !isWeak &&
        !hasOnly(text.slice(start, end), format.separator)
      )
        continue;
      near ??= isWeak ? surroundings(scanned, start, end) : undefined;
      if (isWeak && format.words?.test(near ?? "") !== true) continue;
      return { type: format.type, start, end };
    }
    // Whatever the groups: digit by digit, or in twos.
    if (isWhole && last > first && own.length >= 13 && isEven(row) && isCard(own)) {
      return { type: "card", start, end };
    }
  }
  return nationalPhone(scanned, { start, end, digits: own, isWhole });
}

function hasOnly(written: string, separator: string): boolean {
  return written.replaceAll(/[0-9]/gu, "").replaceAll(separator, "") === "";
}

/** Groups of one length, but for the last. */
function isEven(row: readonly Group[]): boolean {
  const lengths = row.map(({ start, end }) => end - start);
  const [first = 0] = lengths;
  return first <= 6 && lengths.slice(0, -1).every((length) => length === first);
}

/** Whether the number goes on behind a point or comma, or is what stands behind one. */
function isPartOfDecimal(text: string, start: number, end: number): boolean {
  return isPointed(text, start - 1, start - 2) || isPointed(text, end, end + 1);
}

function isPointed(text: string, point: number, digit: number): boolean {
  const mark = text.charAt(point);
  const unit = text.charCodeAt(digit);
  return (mark === "." || mark === ",") && unit >= 48 && unit <= 57;
}
