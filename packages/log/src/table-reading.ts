import { WindowRoom } from "./file-window.ts";
import type { WindowSource } from "./file-window.ts";
import { openIfThere, windowReading } from "./files.ts";
import type { LogFiles } from "./files.ts";
import { readPayloadTable } from "./payload-table.ts";
import type { PayloadTable } from "./payload-table.ts";
import { readSegmentTable } from "./segment-table.ts";
import type { SegmentTable } from "./segment-table.ts";
import type { Survey } from "./survey.ts";

/** A file of a log that is read ahead of a verification. */
export interface TabledFile {
  readonly kind: "payload" | "segment";
  /** the system's path */
  readonly path: string;
  /** the last segment of the log, whose digest nobody names */
  readonly isLast: boolean;
}

/** Reads files of a log before a verification comes to them, in other threads. */
export interface LogAhead {
  /**
   * The table of a payload file, as `readPayloadTable` makes it of what the file held since the
   * verification began; undefined where nobody made it, whatever the reason: then the file is read
   * here. Each file is asked for once at most. Never rejects.
   */
  payloads(path: string): Promise<PayloadTable | undefined>;
  /** As `payloads`, of a segment, by `readSegmentTable`. */
  segment(path: string): Promise<SegmentTable | undefined>;
  /** Gives up what was not taken. */
  close(): Promise<void>;
}

/** The files of a log as a verification needs them: a segment is read before the payloads of its records. */
export function tabledFiles(
  directory: string,
  { records, payloads }: Survey,
): readonly TabledFile[] {
  const last = records.files.at(-1);
  const placed = [
    ...records.files.map((file) => ({ file, kind: "segment" as const, isLast: file === last })),
    ...payloads.files.map((file) => ({ file, kind: "payload" as const, isLast: false })),
  ];
  placed.sort((one, other) => one.file.first - other.file.first);
  return placed.map(({ kind, file, isLast }) => {
    return { kind, path: `${directory}/${file.path}`, isLast };
  });
}

/** Makes tables of a log's files: as they were read ahead, and the others here. */
export class TableReading {
  readonly #files: LogFiles;
  readonly #ahead: LogAhead | undefined;
  readonly #room: WindowRoom;

  constructor(
    files: LogFiles,
    how: { readonly ahead: LogAhead | undefined; readonly windowBytes: number | undefined },
  ) {
    this.#files = files;
    this.#ahead = how.ahead;
    this.#room = new WindowRoom(how.windowBytes);
  }

  /**
   * @returns undefined where there is no such file or it has no table
   * @throws what the file system answers
   */
  async payloads(path: string): Promise<PayloadTable | undefined> {
    const ahead = await this.#ahead?.payloads(path);
    return ahead ?? this.#reading(path, (source, room) => readPayloadTable(source, room));
  }

  /** As `payloads`. */
  async segment(path: string, isLast: boolean): Promise<SegmentTable | undefined> {
    const ahead = await this.#ahead?.segment(path);
    const how = { digest: !isLast };
    return (
      ahead ?? this.#reading(path, (source, room) => readSegmentTable(source, { ...how, room }))
    );
  }

  async #reading<Table>(
    path: string,
    read: (source: WindowSource, room: Buffer) => Promise<Table | undefined>,
  ): Promise<Table | undefined> {
    const file = await openIfThere(this.#files, path);
    try {
      if (file === undefined) return undefined;
      const size = await file.size();
      return await read({ size, read: windowReading(file) }, this.#room.of(size));
    } finally {
      await file?.close();
    }
  }
}
