import type { StatePart } from "@holdfast/engine";
import type { JsonObject } from "@holdfast/model";
import { canonicalJson, parseJson } from "@holdfast/model";

/** Lengths of head and body, u32 little-endian each. */
const lengthsBytes = 8;

const headLimits = { bytesMax: 64 * 1024 * 1024, valuesMax: Number.POSITIVE_INFINITY };

/** The bytes of a part: its lengths, the head as JSON, the body. */
export function framesOf({ head, body }: StatePart): readonly Uint8Array[] {
  const json = Buffer.from(canonicalJson(head));
  const lengths = Buffer.allocUnsafe(lengthsBytes);
  lengths.writeUInt32LE(json.length, 0);
  lengths.writeUInt32LE(body.length, 4);
  return [lengths, json, body];
}

/**
 * The parts in the bytes of a file; bodies are views of them.
 *
 * @throws Error, HoldfastError `json_…` on bytes that are no parts
 */
export function* partsIn(bytes: Buffer): Generator<StatePart, void> {
  for (let at = 0; at < bytes.length;) {
    const start = at + lengthsBytes;
    if (start > bytes.length) throw new Error("part without its lengths");
    const middle = start + bytes.readUInt32LE(at);
    const end = middle + bytes.readUInt32LE(at + 4);
    if (end > bytes.length) throw new Error("part ends too early");
    const head = parseJson(bytes.subarray(start, middle), headLimits);
    if (!isObject(head)) throw new Error("part without a head");
    yield { head, body: bytes.subarray(middle, end) };
    at = end;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
