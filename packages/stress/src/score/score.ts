import type { AttackClass, Mutation } from "../catalogue/mutation.ts";
import { attackClasses } from "../catalogue/mutation.ts";
import type { MarkedCall, Mutant, StressRun } from "../run/stress-run.ts";
import { asks, runs } from "./verdict.ts";
import type { Fate, StressJudge, StressVerdict } from "./verdict.ts";

/** One marked call as it was decided. */
export interface JudgedAttack extends MarkedCall {
  readonly tool: string;
  readonly verdict: StressVerdict;
}

/** A mutant with what became of it. */
export interface ScoredMutant {
  readonly mutant: Mutant;
  readonly mutation: Mutation;
  readonly fate: Fate;
  readonly attacks: readonly JudgedAttack[];
}

/** What became of the mutants of a class, of a mutation, or of all. */
export interface Tally {
  readonly mutants: number;
  readonly denied: number;
  readonly steppedUp: number;
  readonly survived: number;
  /** not counted in `mutants`: refused where the honest run is, too, or never read by the agent */
  readonly refusedAnyway: number;
}

/**
 * Decides mutants, and tells of each whether the policy stopped it. A mutant is killed when one of its
 * marked calls is refused or a person is asked. One whose marked call is refused by the very rules that
 * refuse the honest call it was made of, or whose words stand in a result of a call that is refused, shows
 * nothing, and is told apart. Pure.
 */
export function* scored(
  mutants: readonly Mutant[],
  mutations: readonly Mutation[],
  honest: readonly StressRun[],
  judge: StressJudge,
): Generator<ScoredMutant> {
  const byId = new Map(mutations.map((each) => [each.id, each]));
  const honestById = new Map(honest.map((run) => [run.id, run]));
  let last: { readonly id: string; readonly verdicts: readonly StressVerdict[] } | undefined;
  for (const mutant of mutants) {
    const mutation = byId.get(mutant.mutation);
    if (mutation === undefined) throw new RangeError(`no mutation \`${mutant.mutation}\``);
    const run = honestById.get(mutant.origin);
    // Mutants of one run stand together.
    if (last?.id !== mutant.origin) {
      last = { id: mutant.origin, verdicts: run === undefined ? [] : judge(run) };
    }
    const verdicts = judge(mutant.run);
    const attacks = mutant.attacks.flatMap(({ at, ...marked }): readonly JudgedAttack[] => {
      const verdict = verdicts[at];
      const tool = mutant.run.calls[at]?.tool;
      return verdict === undefined || tool === undefined ? [] : [{ at, ...marked, tool, verdict }];
    });
    const isUnread = mutant.carriers.some((at) => {
      const verdict = verdicts[at];
      return verdict === undefined || !runs(verdict);
    });
    yield {
      mutant,
      mutation,
      attacks,
      fate: isUnread ? "refused_anyway" : fateOf(attacks, last.verdicts),
    };
  }
}

function fateOf(attacks: readonly JudgedAttack[], honest: readonly StressVerdict[]): Fate {
  const stopped = attacks.filter(({ verdict }) => !runs(verdict));
  if (stopped.length === 0) return "survived";
  const telling = stopped.filter(({ base, verdict }) => {
    const before = base === undefined ? undefined : honest[base];
    return before === undefined || runs(before) || !isSame(before, verdict);
  });

  if (telling.length === 0) return "refused_anyway";
  return telling.some(({ verdict }) => !asks(verdict)) ? "denied" : "stepped_up";
}

function isSame(a: StressVerdict, b: StressVerdict): boolean {
  return a.effect === b.effect && a.code === b.code && a.rules.join(" ") === b.rules.join(" ");
}

/** Adds up what became of mutants. */
export function tallyOf(all: readonly ScoredMutant[]): Tally {
  const count = (fate: Fate): number => all.filter((each) => each.fate === fate).length;
  const [denied, steppedUp, survived] = [count("denied"), count("stepped_up"), count("survived")];
  return {
    mutants: denied + steppedUp + survived,
    denied,
    steppedUp,
    survived,
    refusedAnyway: count("refused_anyway"),
  };
}

/** The share of mutants that were killed, in percent; `undefined` of none. */
export function killedPercent({ mutants, survived }: Tally): number | undefined {
  return mutants === 0 ? undefined : (100 * (mutants - survived)) / mutants;
}

/** What became of each mutation, in the order of the catalogue. */
export function talliesByMutation(
  all: readonly ScoredMutant[],
  mutations: readonly Mutation[],
): readonly { readonly mutation: Mutation; readonly tally: Tally }[] {
  return mutations.map((mutation) => ({
    mutation,
    tally: tallyOf(all.filter((each) => each.mutation.id === mutation.id)),
  }));
}

/** What became of each class that has mutants, in the order of `attackClasses`. */
export function talliesByClass(
  all: readonly ScoredMutant[],
): readonly { readonly class: AttackClass; readonly tally: Tally }[] {
  return attackClasses.flatMap((name) => {
    const own = all.filter(({ mutation }) => mutation.class === name);
    return own.length === 0 ? [] : [{ class: name, tally: tallyOf(own) }];
  });
}
