import { canonicalJson } from "./canonical-json.ts";
import { HoldfastError } from "./error.ts";
import { parseJson } from "./json-reader.ts";
import { problemsOf } from "./problem.ts";
import { recordBytesMax } from "./record-limit.ts";
import { recordSchema } from "./record.ts";
import type { LogRecord } from "./record.ts";
import { canonicalWriter } from "./schema-writer.ts";

const write = canonicalWriter(recordSchema);
const encoder = new TextEncoder();

/**
 * The bytes of a record: its canonical JSON.
 *
 * @throws HoldfastError `record_invalid`, or `record_size` beyond `recordBytesMax`
 */
export function encodeRecord(record: LogRecord): Uint8Array {
  const bytes = encoder.encode(textOf(record));
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
  return plainRecord(bytes) ?? strictRecord(bytes);
}

/** A text that is the canonical one of what it was read as has no key twice and no number inexact. */
function plainRecord(bytes: Uint8Array): LogRecord | undefined {
  if (bytes.length > recordBytesMax) return undefined;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return write(value) === text ? (value as LogRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Says what is wrong, too. */
function strictRecord(bytes: Uint8Array): LogRecord {
  const value = parseJson(bytes, { bytesMax: recordBytesMax });
  const record = checked(value);
  if (canonicalJson(record) !== new TextDecoder().decode(bytes)) {
    throw new HoldfastError("record_invalid", "record is not in canonical form");
  }
  return record;
}

function textOf(record: LogRecord): string {
  try {
    return write(record) ?? canonicalJson(checked(record));
  } catch (error) {
    // The schema speaks first of what is wrong in several ways.
    checked(record);
    throw error;
  }
}

function checked(value: unknown): LogRecord {
  const parsed = recordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(recordSchema, parsed.error.issues)
    .map(({ path, message }) => (path === "" ? message : `\`${path}\`: ${message}`))
    .join("; ");
  throw new HoldfastError("record_invalid", `record is not valid: ${problems}`);
}
