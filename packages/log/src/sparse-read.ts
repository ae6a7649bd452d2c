import { systemCode } from "./files.ts";
import type { LogFile, LogFiles } from "./files.ts";
import { RunningDigest } from "./hash.ts";
import { formatLimits } from "./limits.ts";

/** A file as far as it was asked for; bytes that were passed over are zeros, which cost no memory. */
export interface SparseRead {
  /** as long as the file */
  readonly bytes: Buffer;
  /** of the bytes before `digestTo` */
  readonly digest: RunningDigest;
}

/** Small pieces are given back to the allocator before they cost new memory. */
const pieceBytes = 256 * 1024;
const zeros: Buffer = Buffer.alloc(pieceBytes);

/** Where a header frame ends at the latest. */
const headBytes = 2 * formatLimits.headerBytes;

/**
 * Reads the header of a file and what is there from byte `from` on, zeros without keeping them;
 * of what lies before `digestTo` it also makes the digest. Undefined when there is no such file.
 */
export async function readSparse(
  files: LogFiles,
  path: string,
  { from, digestTo = 0 }: { readonly from: number; readonly digestTo?: number },
): Promise<SparseRead | undefined> {
  let file: LogFile;
  try {
    file = await files.open(path, "read");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const bytes = Buffer.alloc(await file.size());
    const digest = new RunningDigest();
    for (let at = 0; at < bytes.length;) {
      if (at >= headBytes && at >= digestTo && at < from) at = from;
      const piece = await file.read(at, Math.min(pieceBytes, bytes.length - at));
      if (piece.length === 0) break;
      if (at < digestTo) digest.update(piece.subarray(0, digestTo - at));
      const isWanted = at < headBytes || at + piece.length > from;
      if (isWanted && !piece.equals(zeros.subarray(0, piece.length))) piece.copy(bytes, at);
      at += piece.length;
    }
    return { bytes, digest };
  } finally {
    await file.close();
  }
}

/** `sha256:` and hex of a whole file; undefined when there is none. */
export async function digestOfFile(files: LogFiles, path: string): Promise<string | undefined> {
  const whole = Number.MAX_SAFE_INTEGER;
  return (await readSparse(files, path, { from: whole, digestTo: whole }))?.digest.name();
}
