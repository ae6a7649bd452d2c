import { isMap, isScalar, isSeq, parseAllDocuments } from "yaml";
import type { Document, Node, Scalar } from "yaml";
import type { Json, Span } from "@holdfast/model";
import type { Report } from "./report.ts";
import type { SourceFile } from "./source-file.ts";
import { passesGuard } from "./yaml-guard.ts";
import { keySpan, nodeSpan, yamlValue } from "./yaml-value.ts";

export type Path = readonly (string | number)[];

/** One document of a file: its value, and where each part of it stands. */
export interface YamlDocument {
  readonly file: SourceFile;
  readonly value: Json;
  /** The value at `path`; where the path ends early, the nearest part above it. */
  span(path: Path): Span;
  /** The key that leads to `path`, or the value where a list or nothing does. */
  keySpan(path: Path): Span;
  /** The scalar at `path`, for pointing into it. */
  scalar(path: Path): Scalar | undefined;
}

/**
 * Reads a file of YAML 1.2 documents, core schema. Every error and every warning of the parser
 * is an error; a document with one is left out, the others are read. Empty documents are none.
 */
export function readYaml(file: SourceFile, report: Report): YamlDocument[] {
  if (!passesGuard(file, report)) return [];
  const parsed = parseAllDocuments(file.text, {
    version: "1.2",
    schema: "core",
    merge: false,
    strict: true,
    // Told by yamlValue, which also points to the first of the two.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((document) => {
    if (!isSound(document, file, report)) return [];
    if (document.contents === null) return [];
    return [yamlDocument(document.contents, file, report)];
  });
}

function isSound(document: Document, file: SourceFile, report: Report): boolean {
  const { yaml, tags } = document.directives ?? {};
  if (yaml?.explicit === true || Object.keys(tags ?? {}).some((handle) => handle !== "!!")) {
    const start = document.range?.[0] ?? 0;
    const message = "directives (`%YAML`, `%TAG`) are not allowed in a policy file";
    report.error("yaml_directive", message, file.span(start, start));
    return false;
  }
  for (const problem of [...document.errors, ...document.warnings]) {
    const [start, end] = problem.pos;
    const span = file.span(start, Math.max(end, start + 1));
    if (problem.code === "TAG_RESOLVE_FAILED") {
      const tag = file.text.slice(start, end).trim();
      report.error("yaml_tag", `unknown tag \`${tag}\``, span, { suggestion: "leave the tag out" });
    } else {
      report.error("yaml_syntax", sentence(problem.message), span);
    }
  }
  return document.errors.length === 0 && document.warnings.length === 0;
}

/** The parser's words in our form: lower case, no final period, one line. */
function sentence(message: string): string {
  const line = message.replaceAll(/\s+/gu, " ").trim().replace(/\.$/u, "");
  return line.charAt(0).toLowerCase() + line.slice(1);
}

function yamlDocument(root: Node, file: SourceFile, report: Report): YamlDocument {
  const value = yamlValue(root, file, report);
  return {
    file,
    value,
    span: (path) => nodeSpan(walk(root, path).node, file),
    keySpan: (path) => {
      const parent = walk(root, path.slice(0, -1));
      const last = path.at(-1);
      if (parent.complete && isMap(parent.node)) {
        const pair = parent.node.items.find((item) => keyIs(item.key, last));
        if (pair !== undefined) return keySpan(pair, parent.node, file);
      }
      return nodeSpan(walk(root, path).node, file);
    },
    scalar: (path) => {
      const found = walk(root, path);
      return found.complete && isScalar(found.node) ? found.node : undefined;
    },
  };
}

function walk(root: Node, path: Path): { node: Node; complete: boolean } {
  let node = root;
  for (const step of path) {
    let next: unknown;
    if (isMap(node)) next = node.items.find((item) => keyIs(item.key, step))?.value;
    else if (isSeq(node) && typeof step === "number") next = node.items[step];
    if (!isMap(next) && !isSeq(next) && !isScalar(next)) return { node, complete: false };
    node = next;
  }
  return { node, complete: true };
}

function keyIs(key: unknown, step: string | number | undefined): boolean {
  return isScalar(key) && typeof step === "string" && key.value === step;
}
