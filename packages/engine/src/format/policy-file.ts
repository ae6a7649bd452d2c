import type { Json } from "@holdfast/model";
import type { PolicyFileText } from "../compile/load.ts";
import { isDocumentKind } from "../compile/schema/documents.ts";
import { apiVersion } from "../compile/schema/field.ts";
import { sourceFile } from "../compile/source-file.ts";
import { readLoosely } from "../compile/yaml-document.ts";

const [group = ""] = apiVersion.split("/");

/**
 * Whether a YAML file is one of ours: a document of it names our `apiVersion`, whatever its number,
 * or one of our kinds and no `apiVersion`. It is read as far as it goes, so a slip hides nothing.
 */
export function holdsPolicies({ path, text }: PolicyFileText): boolean {
  const documents = readLoosely(sourceFile(path, text, ""));
  // Text that no parser is let near, being too large or holding odd characters, is told all the
  // same when it says that it is ours; lock files of other programs are often as large.
  if (documents.length === 0) return text.split("\n").some((line) => namesUs.test(line));
  return documents.some(({ value }) => isOurs(value));
}

const namesUs = new RegExp(
  String.raw`^apiVersion:\s*["']?${group.replace(".", String.raw`\.`)}/`,
  "u",
);

function isOurs(document: Json): boolean {
  if (typeof document !== "object" || document === null || !("kind" in document)) return false;
  const { apiVersion: version, kind } = document;
  if (typeof version === "string") return version.startsWith(`${group}/`);
  return version === undefined && isDocumentKind(kind);
}
