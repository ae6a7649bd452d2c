import { absentSet, isNoValue, isWithin, mapSet, otherValues } from "../domain/value-set.ts";
import type { Status } from "../domain/value-memory.ts";
import type { ValueSet } from "../domain/value-set.ts";
import { all, any, atom } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import type { SlotTable } from "../formula/slot.ts";

/** Work that a question may take: branches of the search, counted down. */
export class SearchBudget {
  #left: number;

  constructor(branches: number) {
    this.#left = branches;
  }

  /** @throws BudgetSpent when nothing is left */
  spend(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new BudgetSpent();
  }
}

/** A question took more work than it may: its answer is unknown. */
export class BudgetSpent extends Error {
  override readonly name = "BudgetSpent";
}

type Sets = Map<string, ValueSet>;

/**
 * Every way in which the formulas can hold together, as a set of values for each slot they speak
 * of: the boolean structure is searched (choices are made where one of several must hold), slots
 * are met as their sets. What the search does not find cannot be; sets that it finds may still be
 * too wide where slots are linked.
 *
 * @throws BudgetSpent
 */
export function* search(
  table: SlotTable,
  formulas: readonly Formula[],
  budget: SearchBudget,
): Generator<ReadonlyMap<string, ValueSet>, void> {
  yield* branch(new Branch(table, new Map(), []), formulas, budget);
}

function* branch(
  state: Branch,
  formulas: readonly Formula[],
  budget: SearchBudget,
): Generator<ReadonlyMap<string, ValueSet>, void> {
  budget.spend();
  if (!state.assume(formulas)) return;
  const choice = state.choice();
  if (choice === undefined) {
    yield state.sets;
    return;
  }
  const { options, others } = choice;
  const refused: Formula[] = [];
  for (const option of options) {
    yield* branch(
      new Branch(state.table, new Map(state.sets), others),
      [option, ...refused],
      budget,
    );
    // What was tried and given up need not be tried again beside the next option.
    if (option.kind === "atom") refused.push(atom(option.slot, otherValues(option.set)));
  }
}

/** One branch of the search: what each slot can still be, and the choices that are open. */
class Branch {
  readonly table: SlotTable;
  readonly sets: Sets;
  #choices: (readonly Formula[])[];

  constructor(table: SlotTable, sets: Sets, choices: readonly (readonly Formula[])[]) {
    this.table = table;
    this.sets = sets;
    this.#choices = [...choices];
  }

  /** Takes formulas as given, with all that follows without a choice; false when that cannot be. */
  assume(formulas: readonly Formula[]): boolean {
    const pending = [...formulas];
    for (;;) {
      for (let formula = pending.pop(); formula !== undefined; formula = pending.pop()) {
        if (!this.#take(formula, pending)) return false;
      }
      const before = this.#choices;
      this.#choices = [];
      for (const options of before) {
        const open = this.#openOptions(options);
        if (open === "settled") continue;
        const [first] = open;
        if (first === undefined) return false;
        if (open.length === 1) pending.push(first);
        else this.#choices.push(open);
      }
      if (pending.length === 0) return true;
    }
  }

  /** The smallest choice that is open, and the others. */
  choice():
    | { readonly options: readonly Formula[]; readonly others: readonly (readonly Formula[])[] }
    | undefined {
    const [first] = this.#choices;
    if (first === undefined) return undefined;
    const options = this.#choices.reduce(
      (least, each) => (each.length < least.length ? each : least),
      first,
    );
    return { options, others: this.#choices.filter((each) => each !== options) };
  }

  #take(formula: Formula, pending: Formula[]): boolean {
    switch (formula.kind) {
      case "true":
        return true;
      case "false":
        return false;
      case "all":
        pending.push(...formula.parts);
        return true;
      case "any":
        this.#choices.push(formula.parts);
        return true;
      case "atom": {
        const current = this.sets.get(formula.slot) ?? this.#introduce(formula.slot, pending);
        const next = this.table.memory.both(current, formula.set);
        if (isNoValue(next)) return false;
        this.sets.set(formula.slot, next);
        return true;
      }
    }
  }

  /** A slot below another is absent where that is no map. */
  #introduce(name: string, pending: Formula[]): ValueSet {
    const { universe, parent } = this.table.get(name);
    if (parent === undefined) return universe;
    if (isWithin(this.table.get(parent).universe, mapSet)) return universe;
    pending.push(
      any([
        all([atom(parent, mapSet), atom(name, universe)]),
        all([atom(parent, otherValues(mapSet)), atom(name, absentSet)]),
      ]),
    );
    const possible = { ...universe, absent: true };
    this.sets.set(name, possible);
    return possible;
  }

  #openOptions(options: readonly Formula[]): readonly Formula[] | "settled" {
    const open: Formula[] = [];
    for (const option of options) {
      const status = this.#statusOf(option);
      if (status === "holds") return "settled";
      if (status === "open") open.push(option);
    }
    return open;
  }

  #statusOf(formula: Formula): Status {
    switch (formula.kind) {
      case "true":
        return "holds";
      case "false":
        return "fails";
      case "atom": {
        const { slot, set } = formula;
        const current = this.sets.get(slot) ?? this.#possible(slot);
        return this.table.memory.statusIn(current, set);
      }
      case "all":
      case "any": {
        const decisive = formula.kind === "all" ? "fails" : "holds";
        let result: Status = formula.kind === "all" ? "holds" : "fails";
        for (const part of formula.parts) {
          const own = this.#statusOf(part);
          if (own === decisive) return decisive;
          if (own === "open") result = "open";
        }
        return result;
      }
    }
  }

  #possible(name: string): ValueSet {
    const { universe, parent } = this.table.get(name);
    if (parent === undefined || universe.absent) return universe;
    return isWithin(this.table.get(parent).universe, mapSet)
      ? universe
      : { ...universe, absent: true };
  }
}
