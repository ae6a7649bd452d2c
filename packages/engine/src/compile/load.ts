import type { Diagnostic } from "@holdfast/model";
import type { Bundle, PolicyDocument } from "../document/bundle.ts";
import { bundleOf } from "./assemble.ts";
import { policySetChecks } from "./check-policy-set.ts";
import { readDocument } from "./read-documents.ts";
import type { Marks } from "./reading.ts";
import { createReport } from "./report.ts";
import type { Report } from "./report.ts";
import { sourceFile } from "./source-file.ts";
import { readYaml } from "./yaml-document.ts";

/** A policy file as given: the path is used in every diagnostic, with `/`. */
export interface PolicyFileText {
  readonly path: string;
  readonly text: string;
}

export interface LoadOptions {
  /** the policy folder as it begins the paths; a Boundary's folder is relative to it */
  readonly root?: string;
}

export type LoadResult =
  | { readonly ok: true; readonly bundle: Bundle; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * Compiles a policy set: reads every document of every file and checks them together. Either a
 * bundle in which every name resolves and every condition is well typed, or every error found,
 * sorted by file and position; never both, never a bundle with something left out. The order of
 * files, documents and keys means nothing. Never throws.
 */
export function loadPolicySet(
  files: readonly PolicyFileText[],
  options: LoadOptions = {},
): LoadResult {
  return loadPlaced(files, options).result;
}

/**
 * As `loadPolicySet`, in steps: after each file and each check whoever runs it may do something
 * else. What is given at the end is the same.
 */
export function* policySetLoading(
  files: readonly PolicyFileText[],
  options: LoadOptions = {},
): Generator<void, LoadResult> {
  return (yield* placedLoading(files, options)).result;
}

/** What loading gives, and the way back from its documents into the files. */
export interface PlacedLoad {
  readonly result: LoadResult;
  readonly marks: Marks;
}

/** As `loadPolicySet`, for what points into the files afterwards. */
export function loadPlaced(
  files: readonly PolicyFileText[],
  options: LoadOptions = {},
): PlacedLoad {
  return atOnce(placedLoading(files, options));
}

function* placedLoading(
  files: readonly PolicyFileText[],
  { root = "" }: LoadOptions,
): Generator<void, PlacedLoad> {
  const { report, marks, documents } = yield* policySetReading(files, root);
  const bundle = bundleOf(documents, { report, marks });
  yield;
  yield* policySetChecks(bundle, report, marks);
  if (report.failed) {
    const diagnostics = [...report.diagnostics("error"), ...report.diagnostics("warning")];
    return { result: { ok: false, diagnostics }, marks };
  }
  return { result: { ok: true, bundle, warnings: report.diagnostics("warning") }, marks };
}

/** Documents as they were read, before anything that takes more than one of them was checked. */
export interface PolicySetReading {
  readonly report: Report;
  readonly marks: Marks;
  /** those that could be read; every error of the others is in the report */
  readonly documents: readonly PolicyDocument[];
}

/** Reads every document of every file, in the order of their paths. */
export function readPolicySet(files: readonly PolicyFileText[], root: string): PolicySetReading {
  return atOnce(policySetReading(files, root));
}

function* policySetReading(
  files: readonly PolicyFileText[],
  root: string,
): Generator<void, PolicySetReading> {
  const report = createReport();
  const marks: Marks = {
    broken: new Set(),
    files: new Map(),
    placed: new Map(),
    trees: new Map(),
    refused: new Map(),
  };
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const documents: PolicyDocument[] = [];
  for (const file of sorted) {
    for (const document of readFile(file, root, report, marks)) documents.push(document);
    yield;
  }
  return { report, marks, documents };
}

/** What comes of all steps, one right after the other. */
function atOnce<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function readFile(
  { path, text }: PolicyFileText,
  root: string,
  report: Report,
  marks: Marks,
): PolicyDocument[] {
  const file = sourceFile(path, text, root);
  marks.files.set(path, file);
  return readYaml(file, report).flatMap((document) => {
    const read = readDocument({ document, report, marks });
    if (read === undefined) return [];
    marks.placed.set(read, document);
    return [read];
  });
}
