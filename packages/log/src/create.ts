import { HoldfastError } from "@holdfast/model";
import { decodeDescription, encodeDescription } from "./description.ts";
import { FileSupply } from "./file-supply.ts";
import { removeIfThere, writeAll } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { descriptionPath, recordSeries, seriesPath } from "./layout.ts";
import { writerLimits } from "./limits.ts";
import { surveyLog } from "./survey.ts";
import type { Survey } from "./survey.ts";

/** What a new log is made with. */
export interface CreateOptions {
  readonly files: LogFiles;
  readonly directory: string;
  readonly origin: string;
  /** integer ms UTC */
  readonly created: number;
  readonly segmentBytes: number;
}

/**
 * The log in the directory, made now when there is none. `log.json` comes last and at once, so
 * after a crash there is a log or none, and a log that lost its segments cannot seem new.
 *
 * @throws LogDamagedError when there is content but no `log.json`
 * @throws HoldfastError `log_origin` when the log is of another origin
 */
export async function surveyOrCreate(options: CreateOptions): Promise<Survey> {
  const { files, directory, origin } = options;
  const survey = await surveyLog(files, directory).catch((error: unknown) => {
    if (error instanceof HoldfastError && error.code === "log_missing") return undefined;
    throw error;
  });
  if (survey === undefined) {
    await createLog(options);
    return surveyLog(files, directory);
  }
  const found = survey.described.description.origin;
  if (found === origin) return survey;
  const message = `log in \`${directory}\` is of origin \`${found}\`, not \`${origin}\``;
  throw new HoldfastError("log_origin", message);
}

async function createLog(options: CreateOptions): Promise<void> {
  const { files, directory, origin, created, segmentBytes } = options;
  const bytes = encodeDescription({ format: 1, hash: "sha256", origin, created });
  decodeDescription(bytes);
  const supply = new FileSupply(files, `${directory}/${recordSeries.folder}`);
  await supply.removeLeftover();
  const size = Math.min(writerLimits.firstSegmentBytes, segmentBytes);
  const path = `${directory}/${seriesPath(recordSeries, 0)}`;
  const { file } = await supply.take(path, { bytes: size, bytesMin: size });
  await file.close();
  // The folders first: a description that a crash keeps without them would look like damage.
  await files.syncWay(directory);
  await files.syncDirectory(directory);
  const temporary = `${directory}/${descriptionPath}.new`;
  await removeIfThere(files, temporary);
  const description = await files.open(temporary, "create");
  await writeAndClose(description, bytes);
  await files.rename(temporary, `${directory}/${descriptionPath}`);
  await files.syncDirectory(directory);
}

async function writeAndClose(file: LogFile, bytes: Uint8Array): Promise<void> {
  try {
    await writeAll(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}
