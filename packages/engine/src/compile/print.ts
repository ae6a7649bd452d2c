import { parse, stringify } from "yaml";
import { canonicalJson, copyJson } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import type { PolicyDocument } from "../document/bundle.ts";
import { documentForm } from "./form.ts";

/**
 * Documents as one YAML file that reads as the same documents: same meaning, same bundle
 * digest. Comments and layout of the original are not kept.
 */
export function printDocuments(documents: readonly PolicyDocument[]): string {
  return documents.map((document) => printForm(documentForm(document))).join("---\n");
}

/**
 * A document as it is written down, as YAML that reads as exactly it; what YAML's plain style
 * cannot hold makes it JSON, which is YAML too.
 */
export function printForm(form: JsonObject): string {
  const options = { version: "1.2", schema: "core" } as const;
  const text = stringify(form, { ...options, lineWidth: 0, aliasDuplicateObjects: false });
  if (!hidden.test(text) && readsAs(form, parse(text, options))) return text;
  const escape = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `${JSON.stringify(form, null, 2).replaceAll(new RegExp(hidden, "gu"), escape)}\n`;
}

/** What must not stand in a policy file: controls, the byte order mark, marks of direction. */
const hidden = /(?![\t\n\r\u0085])\p{Cc}|[\ufeff\u202a-\u202e\u2066-\u2069]/u;

/** WHY: the printer loses the white space of a text such as `" \n"`, which it writes as a block. */
function readsAs(form: JsonObject, read: unknown): boolean {
  return canonicalJson(copyJson(read)) === canonicalJson(form);
}
