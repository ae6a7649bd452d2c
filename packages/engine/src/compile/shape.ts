import type { z } from "zod";
import { nearestName } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { didYouMean } from "./report.ts";
import type { Report } from "./report.ts";
import { repairedValue } from "./shape-repair.ts";
import { apiVersion } from "./schema/field.ts";
import { belowSpec, meantKey, misspelt, typeAdvice, valueAt } from "./shape-advice.ts";
import { keysAt } from "./shape-keys.ts";
import type { Path, YamlDocument } from "./yaml-document.ts";

type Issue = z.core.$ZodIssue;

/**
 * Checks a document against its schema. Every violation is reported where it stands, an unknown
 * key with the nearest key that is possible there. Undefined when there was one.
 */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  document: YamlDocument,
  report: Report,
): z.output<Schema> | undefined {
  const result = schema.safeParse(document.value);
  if (result.success) return result.data;
  const teller = { schema, document, report };
  const { issues } = result.error;
  for (const issue of issues) tell(issue, [], teller);
  // The report has failed, so no bundle comes of it; but what is right in the document is still
  // checked, so that all errors are told at once.
  const repaired = repairedValue(document.value, issues);
  const again = repaired === undefined ? undefined : schema.safeParse(repaired);
  return again?.success === true ? again.data : undefined;
}

interface Teller {
  readonly schema: z.ZodType;
  readonly document: YamlDocument;
  readonly report: Report;
}

function tell(issue: Issue, prefix: Path, teller: Teller): void {
  const path = [...prefix, ...issue.path.filter(isStep)];
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys) tellUnknownKey(key, path, teller);
      return;
    case "invalid_union":
      tellUnion(issue, path, teller);
      return;
    case "invalid_key":
    case "invalid_element":
      for (const inner of issue.issues) {
        const span = teller.document.keySpan(path);
        teller.report.error("wrong_format", inner.message, span);
      }
      return;
    case "invalid_type":
      tellType(issue.expected, path, teller);
      return;
    case "invalid_value":
      tellValue(issue.values.map(String), path, teller);
      return;
    case "too_big":
    case "too_small":
      tellSize(issue, path, teller);
      return;
    case "invalid_format":
      tellFormat(issue.message, path, teller);
      return;
    case "not_multiple_of":
    case "custom":
      tellCustom(issue.message, path, teller);
  }
}

function isStep(step: PropertyKey): step is string | number {
  return typeof step !== "symbol";
}

function isAbsent(document: YamlDocument, path: Path): boolean {
  const parent = valueAt(document, path.slice(0, -1));
  const last = path.at(-1);
  if (typeof parent !== "object" || parent === null || last === undefined) return false;
  return !Object.hasOwn(parent, last);
}

function tellMissing(path: Path, teller: Teller): void {
  const { document, report } = teller;
  const above = path.slice(0, -1);
  const key = String(path.at(-1));
  const suggestion =
    above.length === 0 && key === "apiVersion"
      ? `write \`apiVersion: ${apiVersion}\``
      : misspelt(key, above, teller);
  const span = document.keySpan(above);
  report.error("missing_key", `required key \`${key}\` is missing`, span, { suggestion });
}

function tellUnknownKey(key: string, path: Path, teller: Teller): void {
  const { schema, document, report } = teller;
  const span = document.keySpan([...path, key]);
  const keys = keysAt(schema, path, document.value);
  if (keys.elsewhere.has(key)) {
    const effects = [...(keys.elsewhere.get(key) ?? [])].join("`, `");
    const message = `\`${key}\` does not belong to this effect`;
    report.error("misplaced_key", message, span, { suggestion: `it belongs to \`${effects}\`` });
    return;
  }
  const near = meantKey(key, keys.here) ?? belowSpec(key, path, teller);
  const all = keys.here.length === 0 ? undefined : `keys here are \`${keys.here.join("`, `")}\``;
  report.error("unknown_key", `unknown key \`${key}\``, span, { suggestion: near ?? all });
}

function tellType(expected: string, path: Path, teller: Teller): void {
  if (isAbsent(teller.document, path)) {
    tellMissing(path, teller);
    return;
  }
  const { document, report } = teller;
  const found = nameOfType(valueAt(document, path));
  const words = typeWords[expected] ?? expected;
  const suggestion = typeAdvice(expected, path, teller);
  const span = document.span(path);
  report.error("wrong_type", `expected ${words}, found ${found}`, span, { suggestion });
}

const typeWords: Readonly<Record<string, string>> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};

function nameOfType(value: Json | undefined): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  if (typeof value === "string") return "text";
  if (typeof value === "number") return Number.isInteger(value) ? "a whole number" : "a number";
  return "true or false";
}

function tellValue(values: readonly string[], path: Path, teller: Teller): void {
  if (isAbsent(teller.document, path)) {
    tellMissing(path, teller);
    return;
  }
  const { document, report } = teller;
  const found = valueAt(document, path);
  if (typeof found === "object" && found !== null) {
    report.error("wrong_type", `expected text, found ${nameOfType(found)}`, document.span(path));
    return;
  }
  const near = didYouMean(nearestName(String(found), values));
  const suggestion = near ?? `possible are \`${values.join("`, `")}\``;
  const verb = typeof path.at(-1) === "number" ? "hold" : "be";
  const message = `\`${keyOf(path)}\` cannot ${verb} \`${String(found)}\``;
  report.error("wrong_value", message, document.span(path), { suggestion });
}

function tellUnion(issue: z.core.$ZodIssueInvalidUnion, path: Path, teller: Teller): void {
  if (isAbsent(teller.document, path)) {
    tellMissing(path, teller);
    return;
  }
  const options = "options" in issue && Array.isArray(issue.options) ? issue.options : undefined;
  if (options !== undefined) {
    tellValue(options.map(String), path, teller);
    return;
  }
  // The branch whose own type fits says best what is wrong; without one the union speaks.
  const fitting = issue.errors.filter((branch) => branch.every((each) => !isWholeMismatch(each)));
  const nearest = fitting.toSorted((a, b) => a.length - b.length)[0];
  if (nearest !== undefined && fitting.length === 1) {
    for (const inner of nearest) tell(inner, path, teller);
    return;
  }
  const { document, report } = teller;
  if (issue.message !== "Invalid input") {
    const suggestion = didYouMean(nearestKey(path, teller));
    report.error("wrong_format", issue.message, document.span(path), { suggestion });
    return;
  }
  for (const inner of nearest ?? issue.errors[0] ?? []) tell(inner, path, teller);
}

/** The possible key that one of the keys at `path` most likely means. */
function nearestKey(path: Path, { schema, document }: Teller): string | undefined {
  const found = valueAt(document, path);
  if (typeof found !== "object" || found === null || Array.isArray(found)) return undefined;
  const { here } = keysAt(schema, path, document.value);
  const odd = Object.keys(found).filter((key) => !here.includes(key));
  return odd.map((key) => nearestName(key, here)).find((key) => key !== undefined);
}

function isWholeMismatch(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "custom";
}

function tellSize(
  issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall,
  path: Path,
  { document, report }: Teller,
): void {
  const span = document.span(path);
  const small = issue.code === "too_small";
  if (small && issue.origin === "array") {
    const suggestion = "leave the key out where nothing is to be restricted";
    report.error("empty_list", `\`${keyOf(path)}\` is empty`, span, { suggestion });
    return;
  }
  const bound = small ? issue.minimum : issue.maximum;
  const unit =
    issue.origin === "string" ? " characters" : issue.origin === "array" ? " entries" : "";
  const message = `\`${keyOf(path)}\` must be ${small ? "at least" : "at most"} ${bound}${unit}`;
  report.error("out_of_range", message, span);
}

/** The key that holds the value at `path`, or the list that it is in. */
function keyOf(path: Path): string {
  return path.findLast((step) => typeof step === "string") ?? "value";
}

function tellFormat(message: string, path: Path, { document, report }: Teller): void {
  const found = valueAt(document, path);
  const shown = typeof found === "string" && found.length <= 120 ? `\`${found}\`: ` : "";
  report.error("wrong_format", `${shown}${message}`, document.span(path));
}

function tellCustom(message: string, path: Path, teller: Teller): void {
  if (isAbsent(teller.document, path)) {
    tellMissing(path, teller);
    return;
  }
  teller.report.error("wrong_type", message, teller.document.span(path));
}
