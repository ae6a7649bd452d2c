import type { Attack, Forgery } from "./attack.ts";
import { withFiles } from "./attack.ts";
import type { BaseLog } from "./base-log.ts";

/**
 * The files that are evidence, by their paths: each byte of them counts. All else is derived from
 * them and can be made anew (tiles, `index.db`, snapshots), secret (`keys/log.pem`, `vault/`), or
 * says what happened elsewhere (`published.json`).
 */
function isEvidence(path: string): boolean {
  return /^(?:log\.json|checkpoints?|keys\/log\.vkey|seg\/.*|payload\/.*)$/u.test(path);
}

/** One byte of a log, and one bit of it. */
export interface BitPlace {
  readonly path: string;
  readonly at: number;
  readonly mask: number;
}

/** Every byte of all evidence, with one of its bits, another for each byte. */
export function* bitPlaces({ files }: Pick<BaseLog, "files">): Generator<BitPlace> {
  for (const [path, bytes] of files) {
    if (!isEvidence(path)) continue;
    for (let at = 0; at < bytes.length; at += 1) yield { path, at, mask: 1 << ((at * 5) % 8) };
  }
}

/** Every length that a file of the evidence can be cut to. */
export function* cutPlaces({
  files,
}: Pick<BaseLog, "files">): Generator<{ path: string; length: number }> {
  for (const [path, bytes] of files) {
    if (!isEvidence(path)) continue;
    for (let length = 0; length < bytes.length; length += 1) yield { path, length };
  }
}

/** The log with one bit turned. */
export function flipped({ files }: Pick<BaseLog, "files">, { path, at, mask }: BitPlace): Forgery {
  const bytes = Buffer.from(files.get(path) ?? []);
  bytes[at] = (bytes[at] ?? 0) ^ mask;
  const what = `${path} byte ${at} with bit ${mask.toString(16)} turned`;
  return { what, files: withFiles(files, { [path]: bytes }), held: {} };
}

/**
 * The log with a file cut off. `checkpoint` is a copy and `checkpoints` a row of notes: cut between
 * two of them, or to nothing, they are those of an older log, and what is held tells.
 */
export function cut(
  { files, head }: Pick<BaseLog, "files" | "head">,
  { path, length }: { readonly path: string; readonly length: number },
): Forgery {
  const bytes = files.get(path)?.subarray(0, length);
  const what = `${path} cut to ${length} bytes`;
  return { what, files: withFiles(files, { [path]: bytes }), held: { head } };
}

/** A sample, the same for the same step: one of so many, with another beginning for each file. */
function* everyNth<T>(places: Iterable<T>, step: number, seed: number): Generator<T> {
  let count = seed % step;
  for (const place of places) {
    count += 1;
    if (count % step === 0) yield place;
  }
}

/** Every single bit; in a sample of one byte in `step`. */
export function byteFlip(step: number, seed: number): Attack {
  return {
    name: "a single bit is turned",
    *forgeries({ signed }) {
      for (const place of everyNth(bitPlaces(signed), step, seed)) yield flipped(signed, place);
    },
  };
}

/** Every cut of every file; in a sample of one in `step`. */
export function truncation(step: number, seed: number): Attack {
  return {
    name: "a file is cut off",
    *forgeries({ signed }) {
      for (const place of everyNth(cutPlaces(signed), step, seed)) yield cut(signed, place);
    },
  };
}
