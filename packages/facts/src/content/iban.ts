import { upperAscii } from "@holdfast/model";
import { isMod97 } from "./check-digit.ts";
import { isWithinWord, isWordUnit } from "./finding.ts";
import type { Finding, Scanned } from "./finding.ts";

/** How long the account numbers of each country are (SWIFT, IBAN registry). */
const lengths: ReadonlyMap<string, number> = new Map(
  `ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 de22 dj27 dk18 do28 ee20 eg29
es24 fi18 fk18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hn28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28
lc32 li21 lt20 lu20 lv21 ly25 mc27 md24 me22 mk19 mn20 mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 pl28 ps29 pt25 qa29
ro24 rs22 ru33 sa24 sc31 sd18 se24 si19 sk24 sm27 so23 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 ye30`
    .split(/\s+/u)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
);

const begin = /[a-z]{2}[ -]?[0-9][ -]?[0-9]/g;

/** International bank account numbers (ISO 13616), in groups or not, whose check digits are right. */
export function ibansIn({ text, lower }: Scanned): readonly Finding[] {
  const found: Finding[] = [];
  begin.lastIndex = 0;
  for (let hit = begin.exec(lower); hit !== null; hit = begin.exec(lower)) {
    const length = lengths.get(hit[0].slice(0, 2));
    const start = hit.index;
    begin.lastIndex = start + 1;
    if (length === undefined || isWithinWord(text, start)) continue;
    const end = endOfCode(text, start, length);
    if (end === undefined) continue;
    const code = upperAscii(text.slice(start, end).replaceAll(/[^0-9A-Za-z]/gu, ""));
    if (!isMod97(code.slice(4) + code.slice(0, 4))) continue;
    found.push({ type: "iban", start, end });
    begin.lastIndex = end;
  }
  return found;
}

/** Where so many digits and letters end that have at most a separator between each other. */
function endOfCode(text: string, start: number, length: number): number | undefined {
  let at = start;
  for (let count = 0; count < length; at += 1) {
    if (isWordUnit(text, at)) count += 1;
    else if (!/[ .-]/u.test(text.charAt(at)) || !isWordUnit(text, at + 1)) return undefined;
  }
  return isWordUnit(text, at) ? undefined : at;
}
