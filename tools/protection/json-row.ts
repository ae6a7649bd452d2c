import { existsSync } from "node:fs";
import { parseJson } from "@holdfast/model";
import type { Json, JsonObject } from "@holdfast/model";
import { isObject, readRowFile } from "../corpus/row-file.ts";

/** The lines of a file, or of its `.gz`; `undefined` where neither is there. */
export function rowsOf(path: string): readonly JsonObject[] | undefined {
  const found = [path, `${path}.gz`].find((each) => existsSync(each));
  return found === undefined ? undefined : readRowFile("", found).rows.map(wellFormed);
}

/** A row with U+FFFD for halves of surrogate pairs, which no request may hold. */
function wellFormed(row: JsonObject): JsonObject {
  const text = JSON.stringify(row, (_, value: Json) =>
    typeof value === "string" ? value.replaceAll(/\p{Surrogate}/gu, "\uFFFD") : value,
  );
  return objectOf(parseJson(text));
}

/** The object that this is; an empty one for anything else. */
export function objectOf(json: Json | undefined): JsonObject {
  return isObject(json) ? json : {};
}

/** The list that this is; an empty one for anything else. */
export function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? (json as readonly Json[]) : [];
}

/** The numbers in a list. */
export function numbersOf(json: Json | undefined): readonly number[] {
  return listOf(json).filter((each) => typeof each === "number");
}

/** The text that this is; an empty one for anything else. */
export function textOf(json: Json | undefined): string {
  return typeof json === "string" ? json : "";
}
