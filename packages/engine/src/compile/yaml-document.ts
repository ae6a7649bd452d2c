import { Composer, isMap, isNode, isScalar, isSeq, Parser } from "yaml";
import type { CST, Document, Node, Scalar } from "yaml";
import type { Json, Span } from "@holdfast/model";
import { createReport } from "./report.ts";
import type { Report } from "./report.ts";
import type { SourceFile } from "./source-file.ts";
import { guardedTokens } from "./yaml-guard.ts";
import { reportProblems } from "./yaml-problem.ts";
import { keySpan, nodeSpan, yamlValue } from "./yaml-value.ts";

export type Path = readonly (string | number)[];

/** One document of a file: its value, and where each part of it stands. */
export interface YamlDocument {
  readonly file: SourceFile;
  readonly value: Json;
  /** what was parsed, with the place of each part in the file */
  readonly root: Node;
  /** false when parts of it were refused, so that its value is not what was written */
  readonly sound: boolean;
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
  return compose(file, report).flatMap((document) =>
    isSound(document, file, report) ? withContents(document, file, report) : [],
  );
}

/**
 * As much of a file as can be made out, for an editor in which somebody is typing: documents with
 * errors too, each as far as the parser took it. Nothing that decides may use it.
 */
export function readLoosely(file: SourceFile): YamlDocument[] {
  const report = createReport();
  return compose(file, report).flatMap((document) => withContents(document, file, report));
}

function compose(file: SourceFile, report: Report): readonly Document[] {
  const tokens = guardedTokens(file, report);
  if (tokens === undefined) return [];
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    merge: false,
    strict: true,
    // Told by yamlValue, which also points to the first of the two.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  return [...composer.compose(parsed(tokens))];
}

function withContents(
  { contents }: Document,
  file: SourceFile,
  report: Report,
): readonly YamlDocument[] {
  const empty = contents === null || (isScalar(contents) && contents.source === "");
  return empty || !isNode(contents) ? [] : [yamlDocument(contents, file, report)];
}

/** What a parser makes of the tokens of a whole file. */
function* parsed(tokens: readonly string[]): Generator<CST.Token, void> {
  const parser = new Parser();
  for (const token of tokens) yield* parser.next(token);
  yield* parser.end();
}

function isSound(document: Document, file: SourceFile, report: Report): boolean {
  const { yaml, tags } = document.directives ?? {};
  if (yaml?.explicit === true || Object.keys(tags ?? {}).some((handle) => handle !== "!!")) {
    const start = /^%\S+/mu.exec(file.text);
    const message = "directives (`%YAML`, `%TAG`) are not allowed in a policy file";
    const from = start?.index ?? 0;
    const span = file.span(from, from + (start?.[0].length ?? 0));
    report.error("yaml_directive", message, span, { suggestion: "take the line out" });
    return false;
  }
  reportProblems(document, file, report);
  return document.errors.length === 0 && document.warnings.length === 0;
}

function yamlDocument(root: Node, file: SourceFile, report: Report): YamlDocument {
  const own = createReport();
  const value = yamlValue(root, file, own);
  for (const each of own.diagnostics("error")) report.add(each);
  return {
    file,
    value,
    root,
    sound: !own.failed,
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
