/**
 * Where everything lies in a log directory, as pure functions. Paths are relative, with `/`.
 *
 *     log.json                     what the log is; never changes
 *     seg/<first index>.seg        records: entries, commits, one header
 *     seg/prepared                 the next segment, all zeros; not evidence
 *     payload/<first index>.pay    payloads of the records from that index on
 *     payload/prepared             the next payload file, all zeros
 *     minimum                      first record that pruning left, in decimal; absent before any
 *     log.json.new, recovery.new   what is being made and not yet in place; not evidence
 *
 * Tiles (`tile/tile-layout.ts`), checkpoints and keys (`checkpoint/checkpoint-layout.ts`) and an
 * index lie beside these, and nothing there changes these.
 */
export const descriptionPath = "log.json";
export const preparedName = "prepared";
export const minimumPath = "minimum";
export const recoveryPath = "recovery.new";

export interface SeriesLayout {
  readonly folder: string;
  readonly suffix: string;
}

/** The two series of files a log is made of. */
export const recordSeries: SeriesLayout = { folder: "seg", suffix: ".seg" };
export const payloadSeries: SeriesLayout = { folder: "payload", suffix: ".pay" };

/** `seg/00000000000000000042.seg` for the file whose first index is 42. */
export function seriesPath(series: SeriesLayout, first: number): string {
  return `${series.folder}/${String(first).padStart(20, "0")}${series.suffix}`;
}

/** The first index a file name stands for; undefined when no file of the series is named so. */
export function firstIndexOf(series: SeriesLayout, name: string): number | undefined {
  const digits = name.slice(0, 20);
  const first = Number(digits);
  if (!/^[0-9]{20}$/u.test(digits) || !Number.isSafeInteger(first)) return undefined;
  return name.slice(20) === series.suffix ? first : undefined;
}
