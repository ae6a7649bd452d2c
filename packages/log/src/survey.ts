import { HoldfastError } from "@holdfast/model";
import { LogDamagedError } from "./damage.ts";
import { decodeDescription } from "./description.ts";
import type { DescribedLog } from "./description.ts";
import { readWhole, systemCode } from "./files.ts";
import type { LogFiles } from "./files.ts";
import {
  descriptionPath,
  firstIndexOf,
  payloadSeries,
  preparedName,
  recordSeries,
  seriesPath,
} from "./layout.ts";
import type { SeriesLayout } from "./layout.ts";
import { readMinimum } from "./minimum-index.ts";
import { endOfContent } from "./torn-write.ts";

/** One file of a series; `path` is relative to the log directory. */
export interface SeriesFile {
  readonly first: number;
  readonly path: string;
}

/** What a series' folder holds. */
export interface SeriesListing {
  /** by first index */
  readonly files: readonly SeriesFile[];
  /** the prepared next file, when there is one */
  readonly prepared?: string;
  /** paths that have no business there */
  readonly extra: readonly string[];
}

/** A log as its names tell it. */
export interface Survey {
  readonly described: DescribedLog;
  readonly records: SeriesListing;
  readonly payloads: SeriesListing;
  /** the log may begin with this record or one before it; those before were pruned */
  readonly minimum: number;
}

/** Lists a series' folder; a folder that is not there holds nothing. */
export async function listSeries(
  files: LogFiles,
  directory: string,
  series: SeriesLayout,
): Promise<SeriesListing> {
  const found: SeriesFile[] = [];
  const extra: string[] = [];
  let prepared: string | undefined;
  for (const name of await listOrNothing(files, `${directory}/${series.folder}`)) {
    const first = firstIndexOf(series, name);
    const path = `${series.folder}/${name}`;
    if (name === preparedName) prepared = path;
    else if (first === undefined) extra.push(path);
    else found.push({ first, path: seriesPath(series, first) });
  }
  found.sort((a, b) => a.first - b.first);
  return { files: found, extra: extra.sort(), ...(prepared === undefined ? {} : { prepared }) };
}

/**
 * Reads `log.json` and lists both series.
 *
 * @throws HoldfastError `log_missing` when there is no log at all
 * @throws LogDamagedError when `log.json` is wrong, or absent though there is content
 */
export async function surveyLog(files: LogFiles, directory: string): Promise<Survey> {
  const bytes = await readWhole(files, `${directory}/${descriptionPath}`);
  const records = await listSeries(files, directory, recordSeries);
  const payloads = await listSeries(files, directory, payloadSeries);
  if (bytes !== undefined) {
    const minimum = await readMinimum(files, directory);
    return { described: decodeDescription(bytes), records, payloads, minimum };
  }
  await checkNothing(files, directory, [...records.files, ...payloads.files]);
  throw new HoldfastError("log_missing", `no log in \`${directory}\``);
}

/** `log.json` is made last, so without it there can be an empty first segment and nothing else. */
async function checkNothing(
  files: LogFiles,
  directory: string,
  found: readonly SeriesFile[],
): Promise<void> {
  for (const { path } of found) {
    const content = await readWhole(files, `${directory}/${path}`);
    if (content === undefined || endOfContent(content, 0) === 0) continue;
    throw new LogDamagedError({
      code: "log_description",
      file: descriptionPath,
      message: `missing, though \`${path}\` has content`,
    });
  }
}

async function listOrNothing(files: LogFiles, path: string): Promise<readonly string[]> {
  try {
    return await files.list(path);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
}
