import { canonicalBytes, canonicalJson } from "./canonical-json.ts";
import { HoldfastError } from "./error.ts";
import { parseJson } from "./json-reader.ts";
import { problemsOf } from "./problem.ts";
import { recordSchema } from "./record.ts";
import type { LogRecord } from "./record.ts";

/** The largest record body: its length is two bytes in the frame. */
export const recordBytesMax = 65_535;

/**
 * The bytes of a record: its canonical JSON.
 *
 * @throws HoldfastError `record_invalid`, or `record_size` beyond `recordBytesMax`
 */
export function encodeRecord(record: LogRecord): Uint8Array {
  const bytes = canonicalBytes(checked(record));
  if (bytes.length > recordBytesMax) {
    throw new HoldfastError(
      "record_size",
      `record of ${bytes.length} bytes is larger than ${recordBytesMax}`,
    );
  }
  return bytes;
}

/**
 * Reads what `encodeRecord` wrote, and nothing else: other bytes for the same record are refused.
 *
 * @throws HoldfastError `json_…` or `record_invalid`
 */
export function decodeRecord(bytes: Uint8Array): LogRecord {
  const value = parseJson(bytes, { bytesMax: recordBytesMax });
  const record = checked(value);
  if (canonicalJson(record) !== new TextDecoder().decode(bytes)) {
    throw new HoldfastError("record_invalid", "record is not in canonical form");
  }
  return record;
}

function checked(value: unknown): LogRecord {
  const parsed = recordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(recordSchema, parsed.error.issues)
    .map(({ path, message }) => (path === "" ? message : `\`${path}\`: ${message}`))
    .join("; ");
  throw new HoldfastError("record_invalid", `record is not valid: ${problems}`);
}
