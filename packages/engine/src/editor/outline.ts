import { isMap, isSeq } from "yaml";
import type { LooseDocument, PolicySurvey } from "./survey.ts";
import { member } from "./condition-scope.ts";

/** One line of a file's outline. */
export interface OutlineEntry {
  readonly name: string;
  /** of a document its kind, of a rule its effect */
  readonly detail: string;
  readonly kind: "document" | "rule" | "case";
  readonly start: number;
  readonly end: number;
  readonly children: readonly OutlineEntry[];
}

/** The documents of a file, with the rules of policies and the cases of tests. */
export function outlineOf(survey: PolicySurvey, file: string): readonly OutlineEntry[] {
  return (survey.documents.get(file) ?? []).map(documentEntry);
}

function documentEntry({ yaml, kind, name }: LooseDocument): OutlineEntry {
  const detail = kind ?? "document";
  return {
    name: name === "" ? detail : name,
    detail,
    kind: "document",
    ...rangeOf(yaml.root.range),
    children: [...listEntries(yaml, "rules", "rule"), ...listEntries(yaml, "cases", "case")],
  };
}

function listEntries(
  { root, value }: LooseDocument["yaml"],
  key: "rules" | "cases",
  kind: "rule" | "case",
): readonly OutlineEntry[] {
  const list = isMap(root) ? root.getIn(["spec", key]) : undefined;
  if (!isSeq(list)) return [];
  const values = member(member(value, "spec"), key);
  return list.items.flatMap((item, index) => {
    if (!isMap(item)) return [];
    const entry = Array.isArray(values) ? values[index] : undefined;
    const name = member(entry, kind === "rule" ? "id" : "name");
    const effect = member(kind === "rule" ? entry : member(entry, "expect"), "effect");
    const detail = typeof effect === "string" ? effect : "";
    const shown = typeof name === "string" && name !== "" ? name : `${kind} ${index + 1}`;
    return [{ name: shown, detail, kind, ...rangeOf(item.range), children: [] }];
  });
}

function rangeOf(range: readonly [number, number, number] | null | undefined) {
  const [start, end] = range ?? [0, 0];
  return { start, end };
}
