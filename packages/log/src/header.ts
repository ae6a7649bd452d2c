import { canonicalBytes, HoldfastError, parseJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { encodeFrame, frameType } from "./frame.ts";
import type { Frontier } from "./tree.ts";

/** What the header frame of a record segment says; always its first frame, outside the tree. */
export interface SegmentHeader {
  readonly v: 1;
  readonly kind: "records";
  readonly origin: string;
  /** digest of `log.json` */
  readonly log: string;
  /** index of the first record, which is also the size of the tree before it */
  readonly first: number;
  /** number of the first group */
  readonly batch: number;
  /** length of the whole file, prepared tail included */
  readonly bytes: number;
  /** frontier of the tree before the first record, lower-case hex, largest subtree first */
  readonly frontier: readonly string[];
  /** the segment before this one: its first index and the SHA-256 of its whole file */
  readonly previous?: { readonly first: number; readonly digest: string };
}

/** What the header frame of a payload file says. It names no other file: any may be erased. */
export interface PayloadHeader {
  readonly v: 1;
  readonly kind: "payload";
  readonly origin: string;
  readonly log: string;
  /** payloads of records from this index on are here, unless a later file takes over */
  readonly first: number;
  readonly batch: number;
  readonly bytes: number;
}

/** The header frame: canonical JSON under type `H`, written with the first group of the file. */
export function encodeHeader(header: SegmentHeader | PayloadHeader): Buffer {
  const content: Record<string, Json> = {};
  for (const [name, value] of Object.entries(header)) {
    if (value !== undefined) content[name] = value as Json;
  }
  return encodeFrame(frameType.header, header.batch, canonicalBytes(content));
}

/** Reads the content of a record segment's header; undefined when it is not one. */
export function decodeSegmentHeader(content: Uint8Array): SegmentHeader | undefined {
  const value = readObject(content);
  if (value === undefined) return undefined;
  const { v, kind, origin, log, first, batch, bytes, frontier, previous } = value;
  if (v !== 1 || kind !== "records") return undefined;
  if (typeof origin !== "string" || typeof log !== "string") return undefined;
  if (!isCount(first) || !isCount(batch) || !isCount(bytes) || !isHashes(frontier)) {
    return undefined;
  }
  const header = { v, kind, origin, log, first, batch, bytes, frontier } as const;
  if (previous === undefined) return header;
  if (!isObject(previous)) return undefined;
  const { first: previousFirst, digest } = previous;
  if (!isCount(previousFirst) || typeof digest !== "string") return undefined;
  return { ...header, previous: { first: previousFirst, digest } };
}

/** Reads the content of a payload file's header; undefined when it is not one. */
export function decodePayloadHeader(content: Uint8Array): PayloadHeader | undefined {
  const value = readObject(content);
  if (value === undefined) return undefined;
  const { v, kind, origin, log, first, batch, bytes } = value;
  if (v !== 1 || kind !== "payload") return undefined;
  if (typeof origin !== "string" || typeof log !== "string") return undefined;
  if (!isCount(first) || !isCount(batch) || !isCount(bytes)) return undefined;
  return { v, kind, origin, log, first, batch, bytes };
}

/** Frontier hashes as a header writes them. */
export function frontierHex(frontier: Frontier): readonly string[] {
  return frontier.hashes.map((hash) => Buffer.from(hash).toString("hex"));
}

function readObject(content: Uint8Array): JsonObject | undefined {
  try {
    const value = parseJson(content, { bytesMax: 16_384, depthMax: 4 });
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof HoldfastError) return undefined;
    throw error;
  }
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function isCount(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isHashes(value: Json | undefined): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.every((hash) => typeof hash === "string" && /^[0-9a-f]{64}$/u.test(hash))
  );
}
