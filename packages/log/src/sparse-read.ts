import { boundedSize, openIfThere } from "./files.ts";
import type { LogFiles } from "./files.ts";
import { RunningDigest } from "./hash.ts";
import { formatLimits } from "./limits.ts";

/** A file as far as it was asked for; bytes that were passed over are zeros, which cost no memory. */
export interface SparseRead {
  /** as long as the file */
  readonly bytes: Buffer;
  /** of the bytes before `digestTo` */
  readonly digest: RunningDigest;
  /** nothing but zeros lies behind it in `bytes`, where memory was never met */
  readonly zerosFrom: number;
}

/** One piece of memory for all of a file: to meet new memory costs more than to read into it. */
const pieceBytes = 256 * 1024;
const zeros: Buffer = Buffer.alloc(pieceBytes);

/** Where a header frame ends at the latest. */
const headBytes = 2 * formatLimits.headerBytes;

/**
 * Reads the header of a file and what is there from byte `from` on, zeros without keeping them,
 * and nothing from byte `to` on; of what lies before `digestTo` it also makes the digest. Undefined
 * when there is no such file.
 *
 * @throws LogDamagedError when it is larger than a file of a log can be
 */
export async function readSparse(
  files: LogFiles,
  path: string,
  how: { readonly from: number; readonly to?: number | undefined; readonly digestTo?: number },
): Promise<SparseRead | undefined> {
  const { from, to = Number.MAX_SAFE_INTEGER, digestTo = 0 } = how;
  const file = await openIfThere(files, path);
  if (file === undefined) return undefined;
  try {
    const bytes = Buffer.alloc(await boundedSize(file, path));
    const digest = new RunningDigest();
    const end = Math.min(bytes.length, to);
    const room = Buffer.allocUnsafe(Math.min(pieceBytes, end));
    let zerosFrom = 0;
    for (let at = 0; at < end;) {
      if (at >= headBytes && at >= digestTo && at < from) at = from;
      const most = at === 0 ? headBytes : pieceBytes;
      const piece = await file.read(at, Math.min(most, end - at), room);
      if (piece.length === 0) break;
      if (at < digestTo) digest.update(piece.subarray(0, digestTo - at));
      const isWanted = at < headBytes || at + piece.length > from;
      if (isWanted && !piece.equals(zeros.subarray(0, piece.length))) {
        piece.copy(bytes, at);
        zerosFrom = at + piece.length;
      }
      at += piece.length;
    }
    return { bytes, digest, zerosFrom };
  } finally {
    await file.close();
  }
}

/** `sha256:` and hex of a whole file; undefined when there is none. */
export async function digestOfFile(files: LogFiles, path: string): Promise<string | undefined> {
  const whole = Number.MAX_SAFE_INTEGER;
  return (await readSparse(files, path, { from: whole, digestTo: whole }))?.digest.name();
}
