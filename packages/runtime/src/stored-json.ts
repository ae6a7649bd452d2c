import { isUtf8 } from "node:buffer";
import { HoldfastError } from "@holdfast/model";
import type { LogRecord } from "@holdfast/model";

/**
 * A record as the log holds it, read by the platform's own reader. Its bytes are those under the
 * committed root, which the log has checked, and only a guard writes them: so it is held to no more
 * than what its reader cannot do without, and whatever else it might be is not damage but forgery,
 * which a checkpoint tells.
 *
 * @throws HoldfastError `record_invalid`
 */
export function storedRecord(sequence: number, body: Uint8Array): LogRecord {
  const record = parsed(body);
  if (isObject(record) && typeof record["time"] === "number" && hasIdentity(record)) {
    return record as unknown as LogRecord;
  }
  throw new HoldfastError("record_invalid", `record ${sequence} is not one that a guard writes`);
}

/** An object in UTF-8; undefined for anything else. */
export function storedObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  const value = parsed(bytes);
  return isObject(value) ? value : undefined;
}

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a record says what its payload is bound to. */
function hasIdentity({ kind, action, session, id }: Record<string, unknown>): boolean {
  switch (kind) {
    case "decision":
    case "outcome":
      return isObject(action) && typeof action["id"] === "string";
    case "observation":
      return isObject(session) && typeof session["id"] === "string";
    case "session":
      return typeof id === "string";
    default:
      return typeof kind === "string";
  }
}
