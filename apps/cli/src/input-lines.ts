import type { Readable } from "node:stream";

/** The longest line read from standard input; a longer one is reported and not read further. */
export const lineBytesMax: number = 16 * 1024 * 1024;

/** One line of input, without its end; `text` is absent for a line over the limit. */
export interface InputLine {
  readonly number: number;
  readonly bytes?: Uint8Array;
}

/**
 * The lines of a stream as bytes, so that the strict reader sees exactly what was sent. Empty
 * lines are left out. **Guarantees** bounded memory: a line over `lineBytesMax` is skipped to
 * its end and given without its bytes.
 */
export async function* inputLines(stream: Readable): AsyncGenerator<InputLine> {
  let pieces: Buffer[] = [];
  let length = 0;
  let number = 1;
  const finish = (): InputLine | undefined => {
    const tooLong = length > lineBytesMax;
    const bytes = tooLong ? undefined : trimmed(Buffer.concat(pieces));
    pieces = [];
    length = 0;
    if (tooLong) return { number };
    return bytes === undefined || bytes.length === 0 ? undefined : { number, bytes };
  };
  const add = (piece: Buffer): void => {
    length += piece.length;
    if (length <= lineBytesMax) pieces.push(piece);
  };
  for await (const chunk of stream) {
    let rest = typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk as Uint8Array);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      add(rest.subarray(0, end));
      const line = finish();
      if (line !== undefined) yield line;
      number += 1;
      rest = rest.subarray(end + 1);
    }
    if (rest.length > 0) add(rest);
  }
  const last = finish();
  if (last !== undefined) yield last;
}

function trimmed(line: Buffer): Uint8Array {
  return line.at(-1) === 13 ? line.subarray(0, -1) : line;
}
