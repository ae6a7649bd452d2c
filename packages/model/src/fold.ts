import { isAscii, lowerAscii } from "./ascii.ts";
import { decompose, pointsOf } from "./decomposition.ts";
import { foldings } from "./fold-data.ts";
import { atFirstUse, readTable } from "./unicode-table.ts";

const foldingTable = atFirstUse(() => readTable(foldings));

/**
 * A form that two texts share when they differ only in letter case, in how accents are written, in
 * width, style or characters that nobody sees: NFKC_Casefold of the Unicode Standard (section 3.13,
 * D147), in canonical decomposition, of the one version of Unicode that this package carries. For
 * comparing names that another program may take for the same; never shown, never stored.
 */
export function foldText(text: string): string {
  if (isAscii(text)) return lowerAscii(text);
  const folding = foldingTable();
  const mapped = decompose(pointsOf(text)).flatMap((point) => folding.get(point) ?? [point]);
  return decompose(mapped)
    .map((point) => String.fromCodePoint(point))
    .join("");
}
