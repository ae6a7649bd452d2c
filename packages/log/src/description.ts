import { HoldfastError, canonicalBytes, isHidden, parseJson } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import { LogDamagedError } from "./damage.ts";
import { digestName } from "./hash.ts";
import { descriptionPath } from "./layout.ts";
import { formatLimits } from "./limits.ts";

/** What `log.json` says of a log. Written once, last of all when a log is created. */
export interface Description {
  readonly format: 1;
  readonly hash: "sha256";
  /** who writes this log, such as `example.org/holdfast/node-1`; the origin line of checkpoints */
  readonly origin: string;
  /** integer ms UTC */
  readonly created: number;
}

/** The description with its stored bytes' digest, which every segment header repeats. */
export interface DescribedLog {
  readonly description: Description;
  readonly digest: string;
}

/**
 * The bytes of `log.json`: canonical JSON, nothing after it.
 *
 * @throws HoldfastError `log_origin` when the origin cannot be one line of a checkpoint
 */
export function encodeDescription(description: Description): Uint8Array {
  if (!isOrigin(description.origin)) {
    throw new HoldfastError(
      "log_origin",
      `origin \`${description.origin}\` must be 1 to ${formatLimits.originUnits} characters, ` +
        "without spaces, `+` or control characters",
    );
  }
  return canonicalBytes({ ...description });
}

/**
 * Reads `log.json`.
 *
 * @throws LogDamagedError when the bytes are not exactly what `encodeDescription` writes
 */
export function decodeDescription(bytes: Uint8Array): DescribedLog {
  const description = readDescription(bytes);
  if (description === undefined || !Buffer.from(bytes).equals(encodeDescription(description))) {
    throw new LogDamagedError({
      code: "log_description",
      file: descriptionPath,
      message: "not a description of a log in format 1",
    });
  }
  return { description, digest: digestName(bytes) };
}

function readDescription(bytes: Uint8Array): Description | undefined {
  try {
    const value = parseJson(bytes, { bytesMax: 4096, depthMax: 2 });
    if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
    const { format, hash, origin, created } = value as JsonObject;
    if (format !== 1 || hash !== "sha256") return undefined;
    if (typeof origin !== "string" || !isOrigin(origin)) return undefined;
    if (typeof created !== "number" || !Number.isSafeInteger(created)) return undefined;
    return { format, hash, origin, created };
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}

/** A signed-note name: no white space and no plus (C2SP signed-note, tlog-checkpoint). */
function isOrigin(origin: string): boolean {
  return (
    origin.length > 0 &&
    origin.length <= formatLimits.originUnits &&
    !/[\s+]/u.test(origin) &&
    !isHidden(origin)
  );
}
