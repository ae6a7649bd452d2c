import type { Diagnostic } from "@holdfast/model";
import { lintPolicySet } from "../analysis/lint/lint.ts";
import type { Finding, Fix, TextEdit } from "../analysis/lint/finding.ts";
import { loadPolicySet } from "../compile/load.ts";
import type { LoadOptions, PolicyFileText } from "../compile/load.ts";
import { edited } from "./rename.ts";

/**
 * Everything there is to tell of a policy set: every error when it does not compile, else what
 * lint finds, what could not be decided left out; without `lint` what the compiler warns of.
 */
export function findingsOf(
  files: readonly PolicyFileText[],
  { lint = true, ...options }: LoadOptions & { readonly lint?: boolean } = {},
): readonly Finding[] {
  if (!lint) {
    const loaded = loadPolicySet(files, options);
    return (loaded.ok ? loaded.warnings : loaded.diagnostics).map(findingOf);
  }
  const result = lintPolicySet(files, options);
  if (result.ok) return result.findings.filter(({ level }) => level !== "unknown");
  return result.diagnostics.map(findingOf);
}

function findingOf({ severity, ...diagnostic }: Diagnostic): Finding {
  return { ...diagnostic, level: severity, rules: [] };
}

/**
 * What mends a finding: the change that lint knows, or the nearest name, which is only offered
 * when the error is gone with it.
 */
export function repairsOf(
  finding: Finding,
  files: readonly PolicyFileText[],
  options: LoadOptions = {},
): readonly Fix[] {
  if (finding.fix !== undefined) return [finding.fix];
  const name = /^did you mean `([^`]+)`\?$/u.exec(finding.suggestion ?? "")?.[1];
  const text = files.find(({ path }) => path === finding.span.file)?.text;
  if (name === undefined || text === undefined) return [];
  const edit = nameEdit(finding, name, text);
  if (edit === undefined || remains(finding, edited(files, [edit]), options)) return [];
  return [{ title: `write \`${name}\``, edits: [edit] }];
}

/** WHY the longest name in backticks that stands there: a span may hold quotes, or more than a name. */
function nameEdit({ span, message }: Finding, name: string, text: string): TextEdit | undefined {
  const { file, start, end } = span;
  const written = text.slice(start.offset, end.offset);
  const wrong = [...message.matchAll(/`([^`]+)`/gu)]
    .map(([, quoted = ""]) => quoted)
    .filter((quoted) => quoted !== "" && written.includes(quoted))
    .toSorted((a, b) => b.length - a.length)[0];
  if (wrong === undefined) return undefined;
  const from = start.offset + written.indexOf(wrong);
  return { file, start: from, end: from + wrong.length, text: name };
}

function remains(
  { code, span }: Finding,
  files: readonly PolicyFileText[],
  options: LoadOptions,
): boolean {
  const loaded = loadPolicySet(files, options);
  const left: readonly Diagnostic[] = loaded.ok ? loaded.warnings : loaded.diagnostics;
  return left.some(
    (each) =>
      each.code === code &&
      each.span.file === span.file &&
      each.span.start.offset === span.start.offset,
  );
}
