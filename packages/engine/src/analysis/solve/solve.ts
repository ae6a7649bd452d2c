import type { Formula } from "../formula/formula.ts";
import { slotsOf } from "../formula/formula.ts";
import type { Meaning, SlotTable } from "../formula/slot.ts";
import { assign, holdsUnder } from "./assignment.ts";
import type { Assignment } from "./assignment.ts";
import { BudgetSpent, SearchBudget, search } from "./search.ts";

/** What is asked: whether all of `must` can hold, and all of `beside` with it. */
export interface Question {
  readonly table: SlotTable;
  readonly must: readonly Formula[];
  /** many formulas that mostly hold anyway: each is looked at only once a candidate fails it */
  readonly beside: readonly Formula[];
  /** branches that the search may take; beyond, the answer is unknown */
  readonly branchesMax: number;
}

/** How many values of one solution are tried before the search goes on. */
const variants = 4;
/** As many where it rests on what is not looked into. */
const variantsOfOpaque = 12;

/** How many of the formulas beside are taken into the search after one candidate. */
const takenMax = 8;

/**
 * Assignments under which the question's formulas hold, one after the other, each with the slots
 * that were left to chance filled in. Returns `exhausted` when there are no others: when it yielded
 * none, the formulas cannot hold together. Returns `spent` when the search took too long.
 */
export function* solutions({
  table,
  must,
  beside,
  branchesMax,
}: Question): Generator<Assignment, "exhausted" | "spent"> {
  const budget = new SearchBudget(branchesMax);
  const active = [...must];
  const waiting = new Set(beside.filter(({ kind }) => kind !== "true"));
  try {
    while ((yield* pass(table, active, waiting, budget)) === "again") {
      // What a candidate failed is part of the search now.
    }
    return "exhausted";
  } catch (thrown) {
    if (thrown instanceof BudgetSpent) return "spent";
    throw thrown;
  }
}

/** One search; over as soon as a candidate fails formulas that were not part of it. */
function* pass(
  table: SlotTable,
  active: Formula[],
  waiting: Set<Formula>,
  budget: SearchBudget,
): Generator<Assignment, "again" | "done"> {
  for (const sets of search(table, active, budget)) {
    const first = assign(table, sets, 0);
    if (first === undefined) continue;
    const failed = [...waiting].filter((formula) => !holdsUnder(formula, first));
    for (const formula of failed.slice(0, takenMax)) {
      waiting.delete(formula);
      active.push(formula);
    }
    if (failed.length > 0) return "again";
    yield first;
    const opaque = [...sets.keys()].some((name) => table.get(name).meaning.kind === "opaque");
    const most = opaque ? variantsOfOpaque : variants;
    for (let variant = 1; variant < most; variant += 1) {
      const other = assign(table, sets, variant);
      if (other !== undefined) yield other;
    }
  }
  return "done";
}

/** The opaque expressions that a question rests on, as they are written; sorted. */
export function opaqueTexts(table: SlotTable, formulas: readonly Formula[]): readonly string[] {
  const texts = opaqueSlots(table, formulas).map(({ text }) => text);
  return [...new Set(texts)].sort();
}

/** What the opaque slots of formulas mean. */
export function opaqueSlots(
  table: SlotTable,
  formulas: readonly Formula[],
): readonly Extract<Meaning, { readonly kind: "opaque" }>[] {
  const names = new Set(formulas.flatMap((formula) => [...slotsOf(formula)]));
  return [...names].flatMap((name) => {
    const { meaning } = table.get(name);
    return meaning.kind === "opaque" ? [meaning] : [];
  });
}
