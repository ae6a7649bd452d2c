import { Transform } from "node:stream";
import type { TransformCallback } from "node:stream";

/** What stands before each line of the server's, so that it cannot pass for one of Holdfast's. */
const serverPrefix = "server| ";

/** Longest piece of a line that is held; a longer line goes out in pieces, each marked. */
const pieceBytesMax = 8192;

const lineFeed = 0x0a;

/**
 * What a terminal obeys instead of showing: by it a server could move the cursor back over the
 * prefix, or wipe out a line of Holdfast's and write its own. Tabs stay.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const moving = /[\0-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The server's stderr for the operator: each line whole and behind `server| `, so that
 * nothing a server writes begins a line of its own or ends one of Holdfast's. Holds at most one
 * piece, and passes on backpressure as any transform does.
 */
export class ServerWords extends Transform {
  private held = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let rest = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    for (;;) {
      const end = rest.indexOf(lineFeed);
      const isLine = end >= 0 && end <= pieceBytesMax;
      if (!isLine && rest.length <= pieceBytesMax) break;
      const length = isLine ? end : pieceBytesMax;
      this.piece(rest.subarray(0, length));
      rest = rest.subarray(isLine ? length + 1 : length);
    }
    this.held = Buffer.from(rest);
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.held.length > 0) this.piece(this.held);
    done();
  }

  private piece(bytes: Buffer): void {
    const text = bytes
      .toString("utf8")
      .replaceAll("\r", "")
      .replaceAll(moving, (unit) => `\\u{${unit.charCodeAt(0).toString(16)}}`);
    this.push(`${serverPrefix}${text}\n`);
  }
}
