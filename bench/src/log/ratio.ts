import type { LogRow } from "./measurement.ts";

/** What is held to which peers: their units are equal. */
const peersOf: Readonly<Record<string, readonly string[]>> = {
  "begin p50": ["fdatasync floor p50", "SQLite hash chain p50"],
  begin: ["append floor", "SQLite hash chain"],
  "begin, processor": ["append floor, processor"],
  "begin with index": ["begin"],
  "begin with index p50": ["begin p50"],
  "begin with index, processor": ["begin, processor"],
  "append floor p50": ["fdatasync floor p50"],
  "append floor": ["SQLite hash chain"],
  "SQLite hash chain p50": ["fdatasync floor p50"],
  index: ["begin"],
};

/** The rows, each with what it is beside its peers of the same run. */
export function withRatios(rows: readonly LogRow[]): readonly LogRow[] {
  const valueOf = new Map(rows.map(({ what, value }) => [what, value]));
  return rows.map((row) => {
    const ratios = (peersOf[row.what] ?? []).flatMap((peer) => {
      const value = valueOf.get(peer);
      return value === undefined ? [] : [`${(row.value / value).toPrecision(2)} × ${peer}`];
    });
    return ratios.length === 0 ? row : { ...row, ratio: ratios.join(", ") };
  });
}
