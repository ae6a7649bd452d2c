import { encodeRecord, HoldfastError } from "@holdfast/model";
import { readKeptCheckpoint } from "./checkpoint/kept-checkpoint.ts";
import { surveyOrCreate } from "./create.ts";
import { LogDamagedError } from "./damage.ts";
import type { Damage } from "./damage.ts";
import { erasePayloads } from "./erase.ts";
import { FileSupply } from "./file-supply.ts";
import type { LogFiles } from "./files.ts";
import { payloadSeries, recordSeries } from "./layout.ts";
import { formatLimits, writerLimits } from "./limits.ts";
import { lockedError } from "./locked-log.ts";
import { Log } from "./log.ts";
import type { LogPlace } from "./log-place.ts";
import { nodeFiles } from "./node-files.ts";
import { readTail } from "./open-check.ts";
import type { LogTail } from "./open-check.ts";
import { cutTail, openLive } from "./recover.ts";
import { SeriesWriter } from "./series-writer.ts";
import type { Survey } from "./survey.ts";

/** How to open a log for appending. */
export interface OpenOptions {
  /** made, for this user alone, when it does not exist */
  readonly directory: string;
  /** who writes this log, for ever: no white space, no `+` */
  readonly origin: string;
  /** integer ms UTC; asked when the log is created and when something had to be cut off */
  readonly now: () => number;
  readonly files?: LogFiles;
  /** full size of a segment, a multiple of 4,096; 64 MiB when absent */
  readonly segmentBytes?: number;
  /** records whose payloads are made zeros, for ever, before anything is appended */
  readonly erase?: ReadonlySet<number>;
  /**
   * Where an earlier `Log` stood. Reading begins there when the newest checkpoint kept, which must
   * not be older, proves the records before it; otherwise as without it.
   */
  readonly place?: LogPlace;
}

/**
 * Opens a log as its only writer, or makes one. Checks the last two segments whole and the header
 * of every other, and holds the log to the newest checkpoint it keeps. Of what lies before a proven
 * place it checks that these segments have the digests they had, and no payload. Cuts off an unfinished last group, which no caller was told is durable, and
 * appends a `recovery` record of it; repairs nothing else.
 *
 * @throws HoldfastError `log_locked` while another writer has it; `log_origin`; `log_option`
 * @throws LogDamagedError (`log_damaged`) when anything else is wrong; nothing was changed
 */
export async function openLog(options: OpenOptions): Promise<Log> {
  const { directory, files = nodeFiles, segmentBytes = writerLimits.segmentBytes } = options;
  checkSegmentBytes(segmentBytes);
  for (const path of ["", `/${recordSeries.folder}`, `/${payloadSeries.folder}`]) {
    await files.makeDirectory(`${directory}${path}`);
  }
  const release = await files.lock(directory);
  if (release === undefined) {
    throw await lockedError(files, directory);
  }
  try {
    const created = options.now();
    const basic = { files, directory, segmentBytes };
    const survey = await surveyOrCreate({ ...basic, origin: options.origin, created });
    let checked = await checkLog(files, directory, survey, options.place);
    if (options.erase !== undefined) {
      await erasePayloads(files, directory, { survey, indexes: options.erase });
      checked = await checkLog(files, directory, survey, options.place);
    }
    return await start({ ...basic, survey, checked, release, now: options.now });
  } catch (error) {
    await release();
    throw error;
  }
}

function checkSegmentBytes(segmentBytes: number): void {
  const { blockBytes, fileBytes } = formatLimits;
  const fits = segmentBytes >= blockBytes && segmentBytes <= fileBytes;
  if (fits && segmentBytes % blockBytes === 0) return;
  const range = `${blockBytes} to ${fileBytes}`;
  const message = `segment size \`${segmentBytes}\` must be a multiple of ${blockBytes}, ${range}`;
  throw new HoldfastError("log_option", message);
}

async function checkLog(
  files: LogFiles,
  directory: string,
  survey: Survey,
  place: LogPlace | undefined,
): Promise<LogTail> {
  const [extra] = [...survey.records.extra, ...survey.payloads.extra];
  if (extra !== undefined) {
    const damage: Damage = { code: "log_extra_file", file: extra, message: "not a file of a log" };
    throw new LogDamagedError(damage);
  }
  const { origin } = survey.described.description;
  const kept = await readKeptCheckpoint(files, directory, origin);
  return readTail({ files, directory, survey, kept }, place);
}

async function start(options: {
  readonly files: LogFiles;
  readonly directory: string;
  readonly segmentBytes: number;
  readonly survey: Survey;
  readonly checked: LogTail;
  readonly release: () => Promise<void>;
  readonly now: () => number;
}): Promise<Log> {
  const { files, directory, segmentBytes, checked, survey } = options;
  for (const { folder } of [recordSeries, payloadSeries]) {
    await new FileSupply(files, `${directory}/${folder}`).removeLeftover();
    await files.syncDirectory(`${directory}/${folder}`);
  }
  // A process that was killed may have left names that are seen and not stored: what is built on
  // them now would go with them.
  await files.syncDirectory(directory);
  const truncatedBytes = await cutTail(files, directory, checked);
  const { records: tail, payloads: payloadTail } = checked;
  const { previous } = tail;
  const common = { files, directory, segmentBytes };
  const records = new SeriesWriter({
    ...common,
    layout: recordSeries,
    live: await openLive(files, directory, tail),
    ...(previous === undefined ? {} : { previous }),
  });
  const payloads = new SeriesWriter({
    ...common,
    layout: payloadSeries,
    ...(payloadTail === undefined ? {} : { live: await openLive(files, directory, payloadTail) }),
  });
  if (payloadTail === undefined) payloads.prepare();
  const { described } = survey;
  const { state } = checked;
  const first = survey.records.files[0]?.first ?? 0;
  const parts = {
    files,
    directory,
    described,
    first,
    state,
    records,
    payloads,
    release: options.release,
    ...(checked.place === undefined ? {} : { place: checked.place }),
  };
  if (truncatedBytes === 0) return new Log(parts);
  const recovery = { truncatedBytes, segment: tail.file.first };
  const log = new Log({ ...parts, recovery });
  const record = { v: 1, kind: "recovery", time: options.now(), ...recovery } as const;
  try {
    await log.append(encodeRecord(record)).durable;
  } catch (error) {
    await log.close();
    throw error;
  }
  return log;
}
