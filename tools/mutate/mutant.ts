import { edited } from "./edit.ts";
import type { Edit } from "./edit.ts";
import { conditionMutators } from "./mutator-condition.ts";
import { operatorMutators } from "./mutator-operator.ts";
import { statementMutators } from "./mutator-statement.ts";
import { valueMutators } from "./mutator-value.ts";
import type { ParsedSource } from "./site.ts";

/** One change of one file that a test is to notice. */
export interface Mutant {
  readonly path: string;
  readonly mutator: string;
  /** from 1 */
  readonly line: number;
  /** the lines that the change stands in, without it and with it; spaces are folded */
  readonly before: string;
  readonly after: string;
  /** the region of the file it stands in, 0 being the module itself */
  readonly region: number;
  readonly edit: Edit;
}

const mutators = [
  ...conditionMutators,
  ...operatorMutators,
  ...valueMutators,
  ...statementMutators,
];

/** Every mutant of a file, in the order of its text; no two of them change it alike. */
export function mutantsOf(source: ParsedSource): readonly Mutant[] {
  const { path, text, sites } = source;
  const textOf = ({ start, end }: { start: number; end: number }): string => text.slice(start, end);
  const found = new Map<string, Mutant>();
  for (const site of sites) {
    for (const { name, edits } of mutators) {
      for (const edit of edits(site, textOf)) {
        const changed = edited(text, edit);
        if (changed === text || found.has(changed)) continue;
        found.set(changed, {
          path,
          mutator: name,
          ...words(text, edit),
          region: site.region,
          edit,
        });
      }
    }
  }
  return [...found.values()];
}

const wordsMax = 300;

/** Where an edit stands and what it does, in words that outlive a move of the lines. */
function words(text: string, edit: Edit): Pick<Mutant, "line" | "before" | "after"> {
  const from = text.lastIndexOf("\n", edit.start - 1) + 1;
  const newline = text.indexOf("\n", edit.end);
  const to = newline < 0 ? text.length : newline;
  const lines = text.slice(from, to);
  const inLines = { ...edit, start: edit.start - from, end: edit.end - from };
  const line = text.slice(0, from).split("\n").length;
  return { line, before: folded(lines), after: folded(edited(lines, inLines)) };
}

function folded(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim().slice(0, wordsMax);
}
