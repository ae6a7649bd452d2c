import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What is left out of the run: a file, a section or a test by name, with how many tests it names. */
export interface LeftOut {
  readonly name: string;
  readonly tests: number;
  readonly why: string;
}

/** A test that is known to fail, and why. */
export interface ExpectedFailure {
  readonly name: string;
  readonly why: string;
}

/** What the checked files say of the suite. */
export interface Ledger {
  /** how many tests the whole suite has */
  readonly tests: number;
  readonly leftOut: readonly LeftOut[];
  readonly expectedFailures: readonly ExpectedFailure[];
}

/**
 * Reads `conformance/cel/sections.json` and `expected-failures.json` under the repository's root.
 * @throws RangeError when one is not of the shape its schema says
 */
export function readLedger(root: string): Ledger {
  const folder = join(root, "conformance", "cel");
  const sections = record(readJson(join(folder, "sections.json")), "sections.json");
  const failures = record(
    readJson(join(folder, "expected-failures.json")),
    "expected-failures.json",
  );
  return {
    tests: number(sections["tests"], "tests"),
    leftOut: list(sections["leftOut"], "leftOut").map((entry) => ({
      name: text(entry["name"], "name"),
      tests: number(entry["tests"], "tests"),
      why: text(entry["why"], "why"),
    })),
    expectedFailures: list(failures["failures"], "failures").map((entry) => ({
      name: text(entry["name"], "name"),
      why: text(entry["why"], "why"),
    })),
  };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new RangeError(`${what} is not an object`);
  }
  return { ...value };
}

function list(value: unknown, what: string): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) throw new RangeError(`${what} is not a list`);
  return value.map((entry: unknown) => record(entry, `an entry of ${what}`));
}

function text(value: unknown, what: string): string {
  if (typeof value !== "string" || value === "") throw new RangeError(`${what} is not a text`);
  return value;
}

function number(value: unknown, what: string): number {
  if (typeof value !== "number") throw new RangeError(`${what} is not a number`);
  return value;
}
