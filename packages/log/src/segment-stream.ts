import { FileWindow } from "./file-window.ts";
import type { WindowRoom } from "./file-window.ts";
import { openIfThere, windowReading } from "./files.ts";
import type { LogFiles } from "./files.ts";
import { readFrame } from "./frame.ts";
import { RunningDigest } from "./hash.ts";
import { isHeaderAt } from "./header-check.ts";
import { formatLimits, recordFrameLengthMax } from "./limits.ts";
import { readGroup } from "./segment-scan.ts";
import type { LogState, ScannedGroup, SegmentContext } from "./segment-scan.ts";
import { endOfGroup } from "./segment-table.ts";
import type { SeriesFile } from "./survey.ts";

/** A group, and the bytes that its entries point into, which hold it only until the next one is asked for. */
export interface StreamedGroup {
  readonly file: SeriesFile;
  readonly bytes: Buffer;
  readonly group: ScannedGroup;
}

/** How far a segment was streamed. */
export type StreamEnd =
  | {
      readonly kind: "whole";
      readonly state: LogState;
      readonly end: number;
      readonly lastGroup: number;
      /** of the whole file; absent when it was not asked for */
      readonly digest?: string;
      readonly begin?: undefined;
    }
  /** what follows has to be read as a whole, `begin` being behind the last group that was given */
  | {
      readonly kind: "rest";
      readonly begin?: NonNullable<SegmentContext["begin"]>;
      readonly lastGroup: number;
    };

/**
 * Reads a segment group by group through a window, as `scanSegment` does given all its bytes: memory
 * that is met for the first time costs more than all hashing. Gives only groups that are right, and
 * stops where anything is unusual or wrong, for `scanSegment` to go on and say what.
 *
 * @param how `room`: the window; `digest`: of the whole file too
 * @throws what the file system answers
 */
export async function* streamSegment(
  files: LogFiles,
  { file: series, path }: { readonly file: SeriesFile; readonly path: string },
  context: SegmentContext,
  how: { readonly room: WindowRoom; readonly digest: boolean },
): AsyncGenerator<StreamedGroup, StreamEnd> {
  const nothing: StreamEnd = { kind: "rest", lastGroup: 0 };
  const file = await openIfThere(files, path);
  try {
    const size = (await file?.size()) ?? 0;
    if (file === undefined || size === 0 || size % formatLimits.blockBytes !== 0) return nothing;
    if (size > formatLimits.fileBytes) return nothing;
    const digest = how.digest ? new RunningDigest() : undefined;
    const source = { size, read: windowReading(file) };
    const window = new FileWindow(source, how.room.of(size), (bytes) => digest?.update(bytes));
    await window.slide();
    const opening = readFrame(window.bytes, 0, recordFrameLengthMax);
    let { state } = context;
    if (!opening.ok || state === undefined) return nothing;
    if (!isHeaderAt(window.bytes.subarray(0, opening.end), size, context)) return nothing;
    window.at = opening.end;
    let [start, lastGroup] = [0, 0];
    const rest = (): StreamEnd => {
      if (start === 0 || state === undefined) return nothing;
      return { kind: "rest", begin: { at: start, state }, lastGroup };
    };
    for (;;) {
      const isHere = endOfGroup(window.bytes, window.at) > 0;
      if (!isHere && (!(await window.slide()) || endOfGroup(window.bytes, window.at) === 0)) break;
      const { bytes, at, base } = window;
      const reading = readGroup(bytes, at, state, start - base);
      if (reading.kind !== "group") return rest();
      const end = base + reading.group.end;
      yield { file: series, bytes, group: { ...reading.group, start, end } };
      ({ after: state } = reading.group);
      window.at = reading.group.end;
      [lastGroup, start] = [start, end];
    }
    if (start === 0 || !(await window.isZeroToEnd())) return rest();
    const named = digest === undefined ? {} : { digest: digest.name() };
    return { kind: "whole", state, end: start, lastGroup, ...named };
  } finally {
    await file?.close();
  }
}
