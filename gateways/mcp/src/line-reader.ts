import { IdScanner } from "./id-scanner.ts";
import type { MessageId } from "./message.ts";

/** One line of a stream, without its line feed; or what is known of one that was too long. */
export type Line =
  | { readonly kind: "line"; readonly bytes: Uint8Array }
  | {
      readonly kind: "too_long";
      readonly id: MessageId | null;
      readonly asks: boolean;
      readonly bytes: number;
    };

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Cuts a byte stream into lines (MCP stdio transport: messages are delimited by newlines and
 * hold none). Never keeps more than `lineBytesMax` bytes: a longer line is read past, and the
 * line after it is a line again. Blank lines are skipped, a carriage return at the end dropped.
 */
export class LineReader {
  private readonly lineBytesMax: number;
  private kept: Buffer = Buffer.alloc(0);
  private held = 0;
  private scanner: IdScanner | undefined;

  constructor(lineBytesMax: number) {
    this.lineBytesMax = lineBytesMax;
  }

  /** The lines completed by this chunk, in order. */
  *push(chunk: Uint8Array): Generator<Line> {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(lineFeed, from);
      if (end < 0) break;
      this.append(chunk.subarray(from, end));
      const line = this.take();
      if (line !== undefined) yield line;
      from = end + 1;
    }
    this.append(chunk.subarray(from));
  }

  /** The last line, when the stream ended without a line feed. */
  end(): Line | undefined {
    return this.take();
  }

  private append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.held += bytes.length;
    if (this.scanner === undefined && this.held > this.lineBytesMax) {
      this.scanner = new IdScanner();
      this.scanner.push(this.kept.subarray(0, this.held - bytes.length));
      this.kept = Buffer.alloc(0);
    }
    if (this.scanner === undefined) this.keep(bytes);
    else this.scanner.push(bytes);
  }

  /** One buffer that doubles: a list of chunks would cost a hundred bytes for each byte sent alone. */
  private keep(bytes: Uint8Array): void {
    if (this.held > this.kept.length) {
      const room = Math.min(Math.max(2 * this.kept.length, this.held), this.lineBytesMax);
      const grown = Buffer.allocUnsafe(Math.max(room, this.held));
      grown.set(this.kept.subarray(0, this.held - bytes.length));
      this.kept = grown;
    }
    this.kept.set(bytes, this.held - bytes.length);
  }

  private take(): Line | undefined {
    const { held, kept, scanner } = this;
    const bytes = trimmed(kept.subarray(0, scanner === undefined ? held : 0));
    this.kept = Buffer.alloc(0);
    this.held = 0;
    this.scanner = undefined;
    if (scanner !== undefined) {
      return { kind: "too_long", id: scanner.id, asks: scanner.asks, bytes: held };
    }
    return bytes.length === 0 ? undefined : { kind: "line", bytes };
  }
}

function trimmed(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
}
