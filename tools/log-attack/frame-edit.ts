import { crc32 } from "node:zlib";
import { Frontier, headOf } from "@holdfast/log";
import { hash } from "node:crypto";

/** A frame by where it lies; nothing is checked. */
export interface RawFrame {
  readonly start: number;
  readonly end: number;
  readonly type: number;
}

/** Frames of a file by their length fields, up to the zeros. */
export function framesOf(bytes: Buffer): readonly RawFrame[] {
  const frames: RawFrame[] = [];
  for (let at = 0; at + 12 <= bytes.length && bytes.readUInt32BE(at) > 0;) {
    const end = at + 12 + bytes.readUInt32BE(at);
    frames.push({ start: at, end, type: bytes.readUInt8(at + 12) });
    at = end;
  }
  return frames;
}

/** A frame with other content and a right checksum, in the group of the one it stands for. */
export function reframed(frame: Buffer, content: Uint8Array): Buffer {
  const bytes = Buffer.concat([frame.subarray(0, 13), content]);
  bytes.writeUInt32BE(1 + content.length, 0);
  bytes.writeUInt32BE(crc32(bytes.subarray(8)), 4);
  return bytes;
}

/** A file of the same length with other frames, zeros behind them. */
export function refilled(file: Buffer, frames: readonly Buffer[]): Buffer {
  const bytes = Buffer.alloc(file.length);
  Buffer.concat(frames).copy(bytes);
  return bytes;
}

/** The frames of a file, each as its own bytes. */
export function frameBytes(file: Buffer): readonly Buffer[] {
  return framesOf(file).map(({ start, end }) => file.subarray(start, end));
}

/**
 * The first segment of a log with one record changed and every later commit of it made right
 * again, as somebody does who knows the format and has no key.
 */
export function rechained(file: Buffer, place: number, content: Uint8Array): Buffer {
  const frontier = new Frontier();
  const frames = frameBytes(file).map((frame, index) => {
    const changed = index === place ? reframed(frame, content) : frame;
    if (changed[12] === 0x00) frontier.push(hash("sha256", changed.subarray(12), "buffer"));
    if (changed[12] !== 0x43) return changed;
    const { size, root } = headOf(frontier);
    const batch = changed.readUInt32BE(8);
    return reframed(changed, Buffer.from(`{"batch":${batch},"root":"${root}","size":${size}}`));
  });
  return refilled(file, frames);
}
