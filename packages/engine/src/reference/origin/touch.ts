import { originCharges, originLimits } from "../../document/origin-vocabulary.ts";
import type { Budget } from "../budget.ts";
import type { Leaf } from "./leaf.ts";
import type { Entry, Memory } from "./memory.ts";
import { wordsOf } from "./token.ts";

const { headUnits, searchedPerStep } = originCharges;

/**
 * Whether a leaf shares text with an entry of this label. A hint: when memory is full, what came
 * later is not known, so everything may touch.
 */
export function touchesLabel(
  leaves: readonly Leaf[],
  label: string,
  memory: Memory,
  budget: Budget,
): boolean {
  if (memory.full) return true;
  const labelled = memory
    .entries()
    .filter(({ kind, labels }) => kind !== "sent" && labels.includes(label));
  for (const leaf of leaves) {
    if (leaf.known)
      budget.spend(headsIn(leaf.text, labelled) * Math.floor(leaf.text.length / searchedPerStep));
  }
  return leaves.some((leaf) => {
    if (!leaf.known || (leaf.number && leaf.short)) return false;
    return labelled.some((entry) => sharesText(leaf.text, entry));
  });
}

/** How many entries are so long that they are looked for only where they begin in the text. */
function headsIn(text: string, labelled: readonly Entry[]): number {
  const longer = labelled.filter((entry) => entry.text.length > headUnits);
  return longer.filter((entry) => text.includes(entry.text.slice(0, headUnits))).length;
}

function sharesText(text: string, entry: Entry): boolean {
  const min = originLimits.literalUnitsMin;
  if (text.length >= min && entry.text.includes(text)) return true;
  if (entry.text.length >= min && text.includes(entry.text)) return true;
  const runs = new Set(runsOf(text));
  return runsOf(entry.text).some((run) => runs.has(run));
}

/** Every run of so many consecutive words that sharing one is no accident. */
function runsOf(text: string): readonly string[] {
  const words = wordsOf(text);
  const size = originLimits.sharedWordsMin;
  return words
    .slice(0, Math.max(0, words.length - size + 1))
    .map((_, start) => words.slice(start, start + size).join(" "));
}
