import { isUtf8 } from "node:buffer";
import { sha256 } from "./merkle-tree.ts";

type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** An object as JSON has it. */
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** `sha256:` and the digest in hex, as logs name bytes. */
export function digestText(bytes: Uint8Array): string {
  return `sha256:${sha256(bytes).toString("hex")}`;
}

/** A JSON object from its first to its last byte; undefined when the bytes are none. */
export function objectOf(bytes: Buffer): JsonObject | undefined {
  if (bytes[0] !== 0x7b || bytes.at(-1) !== 0x7d || !isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8")) as JsonObject;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The bytes of a header as RFC 8785 writes them: names sorted, no white space. Enough for what
 * headers hold, which is texts of ASCII, whole numbers, lists and objects of these.
 */
export function plainBytes(value: JsonObject): Buffer {
  return Buffer.from(plainText(value));
}

function plainText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(plainText).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${plainText(member ?? null)}`);
  return `{${members.join(",")}}`;
}

/** What `log.json` says. */
export interface Description {
  readonly origin: string;
  /** of its bytes, which every header repeats */
  readonly digest: string;
}

/** Reads `log.json`; undefined when it does not describe a log in format 1. */
export function parseDescription(bytes: Buffer): Description | undefined {
  const value = bytes.length > 4096 ? undefined : objectOf(bytes);
  if (value === undefined || !plainBytes(value).equals(bytes)) return undefined;
  const { origin, created, format, hash, ...others } = value;
  const isKnown = format === 1 && hash === "sha256" && Object.keys(others).length === 0;
  if (!isKnown || !Number.isSafeInteger(created)) return undefined;
  if (typeof origin !== "string" || !/^[^\s+\p{C}]{1,256}$/u.test(origin)) return undefined;
  return { origin, digest: digestText(bytes) };
}
