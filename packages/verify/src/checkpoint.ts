import { base64Hash, decimalCount } from "./base64-text.ts";
import { parseNote } from "./signed-note.ts";
import type { SignedNote } from "./signed-note.ts";

/** A tree head that a log signed, C2SP tlog-checkpoint. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** 32 bytes in lower-case hex */
  readonly root: string;
  readonly note: SignedNote;
}

/** Reads a checkpoint; undefined when its form is wrong. Who signed it is another question. */
export function parseCheckpoint(bytes: Uint8Array): Checkpoint | undefined {
  const note = parseNote(bytes);
  if (note === undefined) return undefined;
  const [origin = "", sizeText = "", rootText = "", ...rest] = note.text.split("\n");
  const size = decimalCount(sizeText);
  const root = base64Hash(rootText);
  if (origin === "" || size === undefined || root === undefined) return undefined;
  // The text ends with a newline, and extension lines, should there be any, are not empty.
  if (rest.pop() !== "" || rest.includes("")) return undefined;
  return { origin, size, root: root.toString("hex"), note };
}

/**
 * Notes that stand one behind the other: after the signature lines, which begin with an em dash,
 * the next line begins the next note. What cannot be a note comes out as it stands.
 */
export function splitNotes(
  bytes: Buffer,
): readonly { readonly at: number; readonly bytes: Buffer }[] {
  const mark = Buffer.from("\u2014 ");
  const notes: { at: number; bytes: Buffer }[] = [];
  let start = 0;
  let inSignatures = false;
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline < 0 ? bytes.length : newline + 1;
    const isSignature = bytes.subarray(at, at + mark.length).equals(mark);
    if (inSignatures && !isSignature) {
      notes.push({ at: start, bytes: bytes.subarray(start, at) });
      start = at;
    }
    inSignatures = isSignature;
    at = end;
  }
  if (start < bytes.length) notes.push({ at: start, bytes: bytes.subarray(start) });
  return notes;
}
