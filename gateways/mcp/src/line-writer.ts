import type { Writable } from "node:stream";

/**
 * Writes lines to a stream that may close at any moment. A broken pipe closes the writer and
 * never throws; what is written afterwards is dropped, as nobody is left to read it.
 */
export class LineWriter {
  private readonly stream: Writable;
  /** resolves when nobody reads the stream any more */
  readonly lost: Promise<void>;
  private isClosed = false;

  /** `onClose` runs once, when the reader of the stream is gone. */
  constructor(stream: Writable, onClose: () => void) {
    this.stream = stream;
    this.lost = new Promise((resolve) => {
      const close = (): void => {
        if (this.isClosed) return;
        this.isClosed = true;
        resolve();
        onClose();
      };
      stream.once("close", close);
      // Not `once`: a second error on a dead pipe must find a listener too.
      stream.on("error", close);
    });
  }

  /** Whether the reader is behind, so that more should wait. */
  get full(): boolean {
    return !this.isClosed && this.stream.writableNeedDrain;
  }

  /** Bytes that are written and not yet taken. */
  get behindBytes(): number {
    return this.isClosed ? 0 : this.stream.writableLength;
  }

  write(line: string): void {
    if (!this.isClosed && !this.stream.writableEnded) this.stream.write(`${line}\n`);
  }

  /** Resolves when the stream takes more, or will never again. */
  async ready(): Promise<void> {
    while (this.full) {
      await Promise.race([
        new Promise<void>((resolve) => {
          this.stream.once("drain", resolve);
        }),
        this.lost,
      ]);
    }
  }

  /** Resolves when at most so many bytes wait to be taken, or none ever will be. */
  async room(bytesMax: number): Promise<void> {
    while (this.behindBytes > bytesMax) {
      await Promise.race([
        new Promise<void>((resolve) => {
          this.stream.once("drain", resolve);
        }),
        this.lost,
      ]);
    }
  }

  /** Resolves when all lines are handed over, or can never be. */
  async flush(): Promise<void> {
    if (this.isClosed || this.stream.writableEnded) return;
    await Promise.race([
      new Promise<void>((resolve) => {
        this.stream.write("", () => resolve());
      }),
      this.lost,
    ]);
  }

  /** Ends the stream after what was written. */
  end(): void {
    if (!this.isClosed && !this.stream.writableEnded) this.stream.end();
  }
}
