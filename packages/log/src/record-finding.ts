import { isUtf8 } from "node:buffer";
import type { Frame } from "./frame.ts";
import { readBody, referenceOf, sketchedReference } from "./payload-reference.ts";
import type { PayloadReference } from "./payload-reference.ts";
import { recordMessage } from "./read.ts";
import { sketchRecord } from "./record-sketch.ts";
import type { ByteSpan } from "./record-sketch.ts";

/** What a verification has to know of one record; of most there is nothing to know. */
export interface RecordFinding {
  readonly index: number;
  /** where its frame begins in the segment */
  readonly start: number;
  /** the body, of a kind that is about the log itself */
  readonly told?: object;
  /** the payload it names */
  readonly reference?: Pick<PayloadReference, "bytes" | "digest">;
  /** what is wrong with it; nothing else is known then */
  readonly wrong?: string;
}

/** Kinds of records that are about the log itself. */
const tellingNames = ["erasure", "hold", "key", "pruned"] as const;
const tellingKinds: ReadonlySet<unknown> = new Set(tellingNames);
const tellingLetters: ReadonlySet<number> = new Set(tellingNames.map((name) => name.charCodeAt(0)));
const longestKind = 7;

/**
 * Looks at the record in a frame of a segment: that it is a JSON object, what it says of the log
 * and which payload it names. Builds of it only what is asked for.
 *
 * @returns undefined when it is in order and there is nothing to know
 */
export function findInRecord(
  bytes: Buffer,
  { start, content, end }: Pick<Frame, "start" | "content" | "end">,
  index: number,
): RecordFinding | undefined {
  try {
    const body = bytes.subarray(content, end);
    const sketch = isUtf8(body) ? sketchRecord(body) : undefined;
    if (sketch === undefined || isTelling(body, sketch.kind)) {
      const value = readBody(body);
      const told = tellingKinds.has(Reflect.get(value, "kind"));
      const reference = referenceOf(value);
      if (!told && reference === undefined) return undefined;
      const about = reference === undefined ? {} : { reference };
      return { index, start, ...about, ...(told ? { told: value } : {}) };
    }
    const reference = sketchedReference(body, sketch);
    return reference === undefined ? undefined : { index, start, reference };
  } catch (error) {
    return { index, start, wrong: recordMessage(error) };
  }
}

/** Never false for a kind that is telling; an escaped one is read to know. */
function isTelling(body: Buffer, kind: ByteSpan | undefined): boolean {
  if (kind === undefined) return false;
  const { from, to } = kind;
  for (let at = from; at < to; at += 1) if (body[at] === 0x5c) return true;
  // Most kinds are told apart by how they begin, without making a text of them.
  if (to - from > longestKind || !tellingLetters.has(body[from] ?? 0)) return false;
  return tellingKinds.has(body.toString("latin1", from, to));
}
