import { diagnosticCodes, lintCodes } from "@holdfast/engine";
import { celCodes } from "./cel-code.ts";
import type { Explanation } from "./explanation.ts";
import { lintExplanations } from "./lint-code.ts";
import { nameCodes } from "./name-code.ts";
import { reasonCodes } from "./reason-code.ts";
import { regionCodes } from "./region-code.ts";
import { ruleCodes } from "./rule-code.ts";
import { yamlCodes } from "./yaml-code.ts";

/** Where a code comes from, in the words of `holdfast explain`. */
export type CodeOrigin = "compiler" | "lint" | "decision";

/** A code with all that is known of it. */
export interface ExplainedCode extends Explanation {
  readonly code: string;
  readonly origin: CodeOrigin;
  /** of lint */
  readonly level?: string;
  /** one line */
  readonly title?: string;
}

const titles: Readonly<Record<string, string>> = diagnosticCodes;
const linted: Readonly<Record<string, { readonly level: string; readonly title: string }>> =
  lintCodes;

/** Every code of compiler, lint and decisions, by origin and name. */
export function explainedCodes(): readonly ExplainedCode[] {
  const of = (
    origin: CodeOrigin,
    entries: Readonly<Record<string, Explanation>>,
  ): readonly ExplainedCode[] =>
    Object.entries(entries)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, explanation]) => explained(code, origin, explanation));
  return [
    ...of("compiler", { ...yamlCodes, ...celCodes, ...nameCodes, ...ruleCodes }),
    ...of("lint", { ...lintExplanations, ...regionCodes }),
    ...of("decision", reasonCodes),
  ];
}

function explained(code: string, origin: CodeOrigin, explanation: Explanation): ExplainedCode {
  const { level, title = titles[code] } = linted[code] ?? {};
  return {
    ...explanation,
    code,
    origin,
    ...(title === undefined ? {} : { title }),
    ...(level === undefined ? {} : { level }),
  };
}
