import type { PartCoverage, PolicyTestRun } from "@holdfast/engine";
import type { Diagnostic, Span } from "@holdfast/model";
import { missingOf } from "./test-report.ts";

/** What no case shows: rules that never held, then outcomes that never decided, by place. */
export function gapsOf(run: PolicyTestRun): readonly Diagnostic[] {
  return [...heldGaps(run), ...run.parts.flatMap((part) => partGaps(part))];
}

function heldGaps({ coverage }: PolicyTestRun): readonly Diagnostic[] {
  return coverage
    .filter(({ cases }) => cases === 0)
    .map(({ rule, source }) => ({
      code: "never_held",
      severity: "error" as const,
      message: `\`${rule}\` held in no case`,
      span: source,
    }))
    .toSorted((left, right) => comparePlaces(left.span, right.span));
}

function comparePlaces(left: Span, right: Span): number {
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.start.offset - right.start.offset;
}

/** What no case shows of a part, and whether one came near. */
function partGaps(part: PartCoverage): readonly Diagnostic[] {
  return missingOf(part).map((outcome) => {
    const limit = part.kind === "limit";
    const words = limit ? limitWords[outcome] : `never ${outcome} where that decides`;
    const text = part.expression.replaceAll(/\s+/gu, " ");
    const gap: Diagnostic = {
      code: limit ? "limit_unseen" : "outcome_unseen",
      severity: "error",
      message: `\`${text}\` was ${words} (${part.rules.join(", ")})`,
      span: part.source,
    };
    const masked = part.masked[outcome];
    if (masked === 0) return gap;
    const cases = masked === 1 ? "1 case" : `${masked} cases`;
    const suggestion = `it was ${outcome} in ${cases}, where another part had decided already`;
    return Object.assign(gap, { suggestion });
  });
}

const limitWords = { true: "passed in no case", false: "kept in no case" } as const;
