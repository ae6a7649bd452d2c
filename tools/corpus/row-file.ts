import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Json, JsonObject } from "@holdfast/model";

/** A file with one JSON object per line. */
export interface RowFile {
  /** below the folder of the data, with `/` */
  readonly path: string;
  /** its own name without `.jsonl` and `.gz` */
  readonly name: string;
  readonly rows: readonly JsonObject[];
}

/** Paths of all `.jsonl` and `.jsonl.gz` below a folder, sorted. */
export function rowFilePaths(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.jsonl(?:\.gz)?$/u.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Reads such a file. @throws SyntaxError for a line that is no JSON object */
export function readRowFile(folder: string, path: string): RowFile {
  const bytes = readFileSync(join(folder, path));
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const rows = text.split("\n").flatMap((line) => (line.trim() === "" ? [] : [rowOf(line)]));
  const name = path.replace(/^.*\//u, "").replace(/\.jsonl(?:\.gz)?$/u, "");
  return { path, name, rows };
}

function rowOf(line: string): JsonObject {
  // WHY: the strict reader refuses half surrogate pairs, which attacks hold on purpose.
  const row = JSON.parse(line) as Json;
  if (!isObject(row)) throw new SyntaxError("a line is no JSON object");
  return row;
}

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text in a member; empty when there is none. */
export function textOf(row: JsonObject, member: string): string {
  const value = row[member];
  return typeof value === "string" ? value : "";
}

/** A value as text: a text as it is, anything else as JSON. */
export function textFrom(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
