import { parseCheckpoint, splitNotes } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Folder } from "./folder.ts";
import { contentEnd } from "./frame.ts";
import type { Problem } from "./problem.ts";
import { parseVerifierKey } from "./signed-note.ts";
import type { VerifierKey } from "./signed-note.ts";

/** A checkpoint and where it was found. */
export interface FoundCheckpoint {
  readonly file: string;
  readonly offset: number;
  readonly checkpoint: Checkpoint;
}

/** What a log keeps of what was signed of it. */
export interface CheckpointChain {
  /** all of `checkpoints` in order, and `checkpoint` */
  readonly found: readonly FoundCheckpoint[];
  readonly problems: readonly Problem[];
}

/** Where a log keeps its signed notes, and the keys it says they are signed with. */
const newestPath = "checkpoint";
const allPath = "checkpoints";
const keysPath = "keys/log.vkey";
/** A disk stores a sector's bytes in order. */
const sectorBytes = 512;
const formatCode = "log_checkpoint_format";

/**
 * Reads all notes that the log keeps. A note that is none is a problem of its own; the last of
 * `checkpoints` may be one that a crash left unfinished before anybody was shown it.
 */
export function readChain(folder: Folder): CheckpointChain {
  const all = folder.read(allPath) ?? Buffer.alloc(0);
  const newest = folder.read(newestPath);
  const found: FoundCheckpoint[] = [];
  const problems: Problem[] = [];
  for (const { at: offset, bytes } of splitNotes(all)) {
    const checkpoint = parseCheckpoint(bytes);
    if (checkpoint !== undefined) {
      found.push({ file: allPath, offset, checkpoint });
    } else if (offset + bytes.length === all.length && isUnfinished(bytes, offset)) {
      const message = "a note that a crash left unfinished; the next one is written over it";
      problems.push({ code: "log_torn_tail", file: allPath, offset, message });
    } else {
      problems.push({ code: formatCode, file: allPath, offset, message: "not a checkpoint" });
    }
  }
  if (newest === undefined) return { found, problems };
  const checkpoint = parseCheckpoint(newest);
  if (checkpoint === undefined) {
    problems.push({ code: formatCode, file: newestPath, offset: 0, message: "not a checkpoint" });
    return { found, problems };
  }
  const last = found.at(-1)?.checkpoint;
  if (last === undefined || last.size < checkpoint.size) {
    const message = `shows ${checkpoint.size} records, \`${allPath}\` ends with ${last?.size ?? "none"}`;
    problems.push({ code: "log_checkpoint_missing", file: newestPath, offset: 0, message });
  }
  found.push({ file: newestPath, offset: 0, checkpoint });
  return { found, problems };
}

/**
 * Bytes that stop short of a last signature line, whatever zeros follow them, or of which some
 * sectors have lost their ends.
 */
function isUnfinished(bytes: Buffer, offset: number): boolean {
  if (bytes.includes(0) && isZeroFromFirst(bytes, offset)) return true;
  const end = contentEnd(bytes, 0);
  const split = bytes.indexOf("\n\n");
  return end < bytes.length || split < 0 || split + 2 === end || bytes[end - 1] !== 0x0a;
}

/** Whether in each sector that the bytes lie in nothing follows the first zero but zeros. */
function isZeroFromFirst(bytes: Buffer, offset: number): boolean {
  for (let at = 0; at < bytes.length;) {
    const end = at + sectorBytes - ((offset + at) % sectorBytes);
    const sector = bytes.subarray(at, end);
    const zero = sector.indexOf(0);
    if (zero >= 0 && contentEnd(sector, 0) > zero) return false;
    at = end;
  }
  return true;
}

/** The keys that the log names as its own, oldest first; a line that is no key is a problem. */
export function readOwnKeys(folder: Folder): {
  readonly keys: readonly VerifierKey[];
  readonly problems: readonly Problem[];
} {
  const text = folder.read(keysPath)?.toString("utf8") ?? "";
  const keys: VerifierKey[] = [];
  const problems: Problem[] = [];
  // Each line has its end, so that not even that can be taken away.
  const lines = text === "" ? [] : text.replace(/\n$/u, "").split("\n");
  for (const [at, line] of lines.entries()) {
    const isWhole = at + 1 < lines.length || text.endsWith("\n");
    const key = isWhole ? parseVerifierKey(line) : undefined;
    const message = "a line that is no verifier key, or not the key of its id";
    if (key === undefined) problems.push({ code: formatCode, file: keysPath, message });
    else keys.push(key);
  }
  return { keys, problems };
}
