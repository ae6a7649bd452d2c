import { isUtf8 } from "node:buffer";
import { HoldfastError } from "@holdfast/model";
import { sketchRecord } from "./record-sketch.ts";
import type { RecordSketch } from "./record-sketch.ts";

/** How a record names its payload: the top-level member `payload` of its body. */
export interface PayloadReference {
  /** how the payload is stored; `plain-1` is the bytes as they are */
  readonly scheme: string;
  /** `sha256:` and hex of the stored payload */
  readonly digest: string;
  readonly bytes: number;
}

/**
 * Canonical JSON of a reference whose scheme has no escape and whose size is surely exact. Nothing it
 * takes would be read otherwise by a reader of JSON; all else is for one.
 */
const plainReference =
  /^\{"bytes":(0|[1-9][0-9]{0,14}),"digest":"(sha256:[0-9a-f]{64})","scheme":"([a-z0-9-]{1,40})"\}$/u;

/**
 * Reads which payload a record body names; undefined when none.
 *
 * The platform's JSON reader is enough here: the bytes are hashed as they are stored, and nothing
 * but this one member is taken from them.
 *
 * @throws HoldfastError `log_record` when the body is not a JSON object or the member is malformed
 */
export function readReference(body: Buffer): PayloadReference | undefined {
  const sketch = isUtf8(body) ? sketchRecord(body) : undefined;
  return sketch === undefined ? referenceOf(readBody(body)) : sketchedReference(body, sketch);
}

/** As `readReference`, of a body that was sketched. */
export function sketchedReference(
  body: Buffer,
  { payload }: RecordSketch,
): PayloadReference | undefined {
  if (payload === undefined) return undefined;
  const text = body.toString("utf8", payload.from, payload.to);
  const plain = plainReference.exec(text);
  if (plain?.[1] !== undefined && plain[2] !== undefined && plain[3] !== undefined) {
    return { scheme: plain[3], digest: plain[2], bytes: Number(plain[1]) };
  }
  const value: unknown = JSON.parse(text);
  return referenceOf({ payload: value });
}

/** As `readReference`, of a body that is read already. */
export function referenceOf(value: object): PayloadReference | undefined {
  if (!Object.hasOwn(value, "payload")) return undefined;
  const payload: unknown = Reflect.get(value, "payload");
  if (payload !== null && typeof payload === "object" && !Array.isArray(payload)) {
    const { scheme, digest, bytes } = payload as Record<string, unknown>;
    const isDigest = typeof digest === "string" && /^sha256:[0-9a-f]{64}$/u.test(digest);
    const isBytes = typeof bytes === "number" && Number.isSafeInteger(bytes) && bytes >= 0;
    if (typeof scheme === "string" && isDigest && isBytes) return { scheme, digest, bytes };
  }
  throw new HoldfastError("log_record", "record names its payload in no known way");
}

/**
 * The object a record body is, read by the platform's own reader.
 *
 * @throws HoldfastError `log_record` when it is none
 */
export function readBody(body: Buffer): object {
  // The braces also tell that nothing, not even white space, surrounds the object.
  const braced = body[0] === 0x7b && body.at(-1) === 0x7d;
  if (braced && isUtf8(body)) {
    try {
      return JSON.parse(body.toString("utf8")) as object;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  throw new HoldfastError("log_record", "record is not a JSON object");
}
