import { systemCode } from "../files.ts";
import type { LogFile, LogFiles } from "../files.ts";
import { hasLostSectors } from "../lost-bytes.ts";

/** Read at a time. */
const chunkBytes = 1024 * 1024;
/** A note longer than this is none: what is read ahead has a bound. */
const noteBytesMax = 128 * 1024;
const emptyLine = Buffer.from("\n\n");
const newline = 0x0a;
/** How a signature line begins: an em dash and a space. */
const dash = Buffer.from("\u2014 ");

/** One note of a file of notes. */
export interface PlacedNote {
  readonly bytes: Buffer;
  readonly offset: number;
}

/**
 * Yields the notes that lie one behind the other in a file, in order: each ends with the last of
 * its signature lines. A last one that a crash took sectors of is not whole. Holds about a mebibyte, however long the file is. No file is no notes.
 *
 * @returns where the last whole note ends, and how many bytes lie behind it that are no whole note
 */
export async function* readNotes(
  files: LogFiles,
  path: string,
): AsyncGenerator<PlacedNote, NotesEnd> {
  const file = await openOrNothing(files, path);
  if (file === undefined) return { end: 0, behind: 0 };
  try {
    const size = await file.size();
    return yield* notesFrom(file, 0, size);
  } finally {
    await file.close();
  }
}

/** How a file of notes ends. */
export interface NotesEnd {
  readonly end: number;
  readonly behind: number;
}

/** The last whole note of a file of notes; reads only its end. */
export async function readLastNote(
  files: LogFiles,
  path: string,
): Promise<NotesEnd & { readonly note?: PlacedNote }> {
  const file = await openOrNothing(files, path);
  if (file === undefined) return { end: 0, behind: 0 };
  try {
    const size = await file.size();
    const start = Math.max(0, size - 4 * noteBytesMax);
    const at = start === 0 ? 0 : await firstBoundary(file, start, size);
    let note: PlacedNote | undefined;
    const notes = notesFrom(file, at, size);
    let step = await notes.next();
    for (; step.done !== true; step = await notes.next()) note = step.value;
    return { ...step.value, ...(note === undefined ? {} : { note }) };
  } finally {
    await file.close();
  }
}

async function* notesFrom(
  file: LogFile,
  start: number,
  size: number,
): AsyncGenerator<PlacedNote, NotesEnd> {
  let bytes: Buffer = Buffer.alloc(0);
  let offset = start;
  for (let read = start; read < size;) {
    const chunk = await file.read(read, Math.min(chunkBytes, size - read));
    if (chunk.length === 0) break;
    read += chunk.length;
    bytes = Buffer.concat([bytes, chunk]);
    let at = 0;
    for (;;) {
      const end = endOfNote(bytes, at, read >= size);
      if (end === undefined) break;
      // The last one may have lost a sector and kept the next.
      if (offset + end === size && hasLostSectors(bytes.subarray(at, end), offset + at)) break;
      yield { bytes: bytes.subarray(at, end), offset: offset + at };
      at = end;
    }
    bytes = bytes.subarray(at);
    offset += at;
    if (bytes.length > noteBytesMax) break;
  }
  return { end: offset, behind: size - offset };
}

/** Where the note at `from` ends; undefined while that cannot be known, or when none is there. */
function endOfNote(bytes: Buffer, from: number, isAll: boolean): number | undefined {
  const split = bytes.indexOf(emptyLine, from);
  if (split < 0) return undefined;
  let at = split + 2;
  for (let lines = 0; ; lines += 1) {
    const begins = bytes.subarray(at, at + dash.length);
    const mayBeDash = begins.equals(dash.subarray(0, begins.length));
    if (begins.length < dash.length && mayBeDash && !(isAll && begins.length === 0)) {
      return undefined;
    }
    if (!begins.equals(dash)) return lines > 0 ? at : undefined;
    const end = bytes.indexOf(newline, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
}

/** Where the first note that begins at or behind `start` begins: behind a run of signature lines. */
async function firstBoundary(file: LogFile, start: number, size: number): Promise<number> {
  const bytes = await file.read(start, size - start);
  const split = bytes.indexOf(emptyLine);
  if (split < 0) return start;
  let at = split + 2;
  while (bytes.subarray(at, at + dash.length).equals(dash)) {
    const end = bytes.indexOf(newline, at);
    if (end < 0) break;
    at = end + 1;
  }
  return start + at;
}

async function openOrNothing(files: LogFiles, path: string): Promise<LogFile | undefined> {
  try {
    return await files.open(path, "read");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
