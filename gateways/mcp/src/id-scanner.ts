import { parseJson } from "@holdfast/model";
import { readId } from "./message.ts";
import type { MessageId } from "./message.ts";

const quote = 0x22;
const backslash = 0x5c;

/** Longest key or id that is looked at; longer ones count as not found. */
const tokenBytesMax = 512;

/**
 * Finds the top-level `id` in the bytes of a message that will not be forwarded (over-long, or
 * not strict JSON), in constant memory, so that whoever waits for its answer gets an error
 * instead of nothing. It tracks strings and nesting as a JSON reader does, but judges nothing:
 * what it finds is only ever the address of an error.
 */
export class IdScanner {
  private depth = 0;
  /** the text is no object: nothing in it is at the top level of a message */
  private opaque = false;
  private inString = false;
  private escaped = false;
  /** bytes of the top-level key or value being read; undefined while skipping */
  private token: number[] | undefined;
  private key: string | undefined;
  private isMethod = false;
  /** how many ids there were, and the first */
  private count = 0;
  private first: MessageId | null = null;

  /** Reads on; chunks may be cut anywhere. */
  push(bytes: Uint8Array): void {
    if (this.opaque) return;
    for (const byte of bytes) {
      if (this.inString) this.stringByte(byte);
      else this.structureByte(byte);
    }
  }

  /** The id, when the message has exactly one at its top level and it is usable. */
  get id(): MessageId | null {
    return this.count === 1 ? this.first : null;
  }

  /** Whether the message named a `method`: only then is its id one that awaits an answer. */
  get asks(): boolean {
    return this.isMethod;
  }

  private stringByte(byte: number): void {
    this.keep(byte);
    if (this.escaped) this.escaped = false;
    else if (byte === backslash) this.escaped = true;
    else if (byte === quote) this.inString = false;
  }

  private structureByte(byte: number): void {
    switch (byte) {
      case quote:
        this.inString = true;
        this.keep(byte);
        break;
      case 0x7b: // {
      case 0x5b: // [
        this.open(byte === 0x7b);
        break;
      case 0x7d: // }
      case 0x5d: // ]
        if (this.depth === 1) this.endMember();
        this.depth--;
        break;
      case 0x3a: // :
        if (this.depth === 1) this.startValue();
        break;
      case 0x2c: // ,
        if (this.depth === 1) this.endMember();
        break;
      default:
        this.keep(byte);
    }
  }

  private open(isObject: boolean): void {
    this.depth++;
    if (this.depth === 1 && !isObject) this.opaque = true;
    this.token = this.depth === 1 && isObject ? [] : undefined;
  }

  private keep(byte: number): void {
    if (this.depth !== 1 || this.token === undefined) return;
    if (this.token.length < tokenBytesMax) this.token.push(byte);
    else this.token = undefined;
  }

  private startValue(): void {
    const key = this.value();
    this.key = typeof key === "string" ? key : undefined;
    if (this.key === "method") this.isMethod = true;
    this.token = this.key === "id" ? [] : undefined;
  }

  private endMember(): void {
    if (this.key === "id") {
      this.count += 1;
      if (this.count === 1) this.first = this.value();
    }
    this.key = undefined;
    this.token = [];
  }

  private value(): MessageId | null {
    if (this.token === undefined) return null;
    try {
      return readId(parseJson(Uint8Array.from(this.token)));
    } catch {
      return null;
    }
  }
}
