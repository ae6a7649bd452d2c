import { isMap, isSeq, parseAllDocuments } from "yaml";
import type { YAMLMap } from "yaml";
import { copyJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { createEngine } from "../compiled/compiled-engine.ts";
import { loadPolicySet } from "../compile/load.ts";
import type { LoadOptions, PolicyFileText } from "../compile/load.ts";
import { edited } from "../text-edit.ts";
import type { StretchEdit } from "../text-edit.ts";
import { factsField } from "./expectation.ts";
import { mapEdits } from "./expectation-edit.ts";
import { runPolicyTests } from "./run.ts";
import type { PolicyTestResult, TestOptions } from "./run.ts";

/** One failing case, and what became of its expectation. */
export interface UpdatedCase {
  readonly result: PolicyTestResult;
  /** why it stays as it is written; absent when it expects now what was decided */
  readonly kept?: string;
}

/** The files with the expectations of failing cases as the engine decides. */
export interface UpdatedTests {
  readonly files: readonly PolicyFileText[];
  readonly cases: readonly UpdatedCase[];
}

/**
 * Writes what was decided into the expectations of the failing cases that `chosen` accepts: the
 * fields that a case expects and that are otherwise, and no more. Comments and layout stay.
 * **Guarantees** that the new files are the same policy set, by digest, and that every changed case
 * passes; a case for which that cannot be had is kept as it is, with the reason.
 *
 * **Contract:** the files compile.
 */
export function updateExpectations(
  files: readonly PolicyFileText[],
  options: LoadOptions,
  chosen: (result: PolicyTestResult) => boolean,
  running: TestOptions = {},
): UpdatedTests {
  const before = loadPolicySet(files, options);
  if (!before.ok) throw new Error("a policy set that does not compile has no expectations");
  const { results } = runPolicyTests(createEngine(before.bundle), running);
  let current = files;
  const cases: UpdatedCase[] = [];
  // From the last to the first, so that places of those before stay what they were.
  for (const result of results.filter((one) => !one.passed && chosen(one)).toReversed()) {
    const next = withExpectation(current, result);
    if (typeof next === "string") cases.push({ result, kept: next });
    else if (!passes(next, options, result, { digest: before.bundle.digest, running })) {
      cases.push({ result, kept: "its layout cannot be changed safely; edit it by hand" });
    } else {
      current = next;
      cases.push({ result });
    }
  }
  return { files: current, cases: cases.toReversed() };
}

function withExpectation(
  files: readonly PolicyFileText[],
  { decision, mismatches, source }: PolicyTestResult,
): readonly PolicyFileText[] | string {
  if (decision === undefined) return "its request is not valid, so nothing was decided";
  if (mismatches.some(({ field }) => field === factsField)) {
    return "it needs facts that it does not state; state them in `given.facts`";
  }
  const file = files.find(({ path }) => path === source.file);
  const expect = file === undefined ? undefined : expectationAt(file.text, source.start.offset);
  if (file === undefined || expect === undefined) return "its `expect` was not found";
  const members: Record<string, Json | undefined> = copyJson(expect.toJSON()) as Record<
    string,
    Json
  >;
  const found: Readonly<Record<string, Json | undefined>> = decision as never;
  for (const { field } of mismatches) {
    const value = found[field];
    members[field] = value === undefined ? undefined : copyJson(value);
  }
  const edits: readonly StretchEdit[] | undefined = mapEdits(file.text, expect, members);
  if (edits === undefined) return "its layout cannot be changed plainly; edit it by hand";
  const text = edited(file.text, edits);
  return files.map((one) => (one === file ? { path: one.path, text } : one));
}

/** The `expect` of the case that begins at an offset. */
function expectationAt(text: string, offset: number): YAMLMap | undefined {
  for (const document of parseAllDocuments(text, { version: "1.2", schema: "core" })) {
    if (!("contents" in document)) continue;
    const cases: unknown = document.getIn(["spec", "cases"]);
    for (const one of isSeq(cases) ? cases.items : []) {
      if (!isMap(one) || one.range?.[0] !== offset) continue;
      const expect: unknown = one.get("expect");
      if (isMap(expect)) return expect;
    }
  }
  return undefined;
}

function passes(
  files: readonly PolicyFileText[],
  options: LoadOptions,
  { test, name, source }: PolicyTestResult,
  { digest, running }: { readonly digest: string; readonly running: TestOptions },
): boolean {
  const loaded = loadPolicySet(files, options);
  if (!loaded.ok || loaded.bundle.digest !== digest) return false;
  const { bundle } = loaded;
  const document = bundle.tests.find((one) => one.name === test);
  if (document === undefined) return false;
  const cases = document.cases.filter(
    (each) => each.name === name && each.source.start.offset === source.start.offset,
  );
  const tests = [{ ...document, cases }];
  const { results } = runPolicyTests(createEngine({ ...bundle, tests }), running);
  return results.length === 1 && results[0]?.passed === true;
}
