import type { Expression } from "../document/expression.ts";
import { createReport } from "../compile/report.ts";
import { readExpression } from "../compile/reading.ts";
import type { Marks, Reading } from "../compile/reading.ts";
import { readTemplate } from "../compile/template.ts";
import type { Path } from "../compile/yaml-document.ts";
import type { LooseDocument } from "./survey.ts";
import { isCondition, isReason, partsOf } from "./yaml-part.ts";

/** A condition of a document that parses, with the place of its text. */
export interface PlacedCondition {
  readonly path: Path;
  readonly expression: Expression;
}

/** Every condition of a document that parses, those in reasons included, in the order written. */
export function conditionsIn({ yaml, kind }: LooseDocument): readonly PlacedCondition[] {
  if (kind === undefined) return [];
  const marks: Marks = {
    broken: new Set(),
    files: new Map(),
    placed: new Map(),
    trees: new Map(),
    refused: new Map(),
  };
  const reading: Reading = { document: yaml, report: createReport(), marks };
  const found: PlacedCondition[] = [];
  const add = (expression: Expression | string, path: Path): void => {
    if (typeof expression === "string" || marks.broken.has(expression)) return;
    found.push({ path, expression });
  };
  for (const { path, scalar, isKey } of partsOf(yaml.root)) {
    const { value } = scalar;
    if (isKey || typeof value !== "string") continue;
    if (isReason(kind, path)) {
      for (const part of readTemplate(value, path, reading).parts) add(part, path);
    } else if (isCondition(kind, path, yaml)) add(readExpression(value, path, reading), path);
  }
  return found;
}

/** The condition around an offset of the file, and where in its text that is. */
export function conditionAt(
  document: LooseDocument,
  offset: number,
): { readonly condition: PlacedCondition; readonly at: number } | undefined {
  for (const condition of conditionsIn(document)) {
    const { offsets } = condition.expression;
    const [first, last] = [offsets[0], offsets.at(-1)];
    if (first === undefined || last === undefined || offset < first || offset > last) continue;
    const at = offsets.findIndex((each) => each >= offset);
    return { condition, at: at < 0 ? offsets.length - 1 : at };
  }
  return undefined;
}
