import type { Mutant } from "./mutant.ts";

/**
 * A mutant that no test can kill, and why. It is known by what is changed and not by where it
 * stands: a line that moves keeps its explanation, a line that changes loses it.
 */
export interface Explanation {
  readonly path: string;
  readonly mutator: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

/** Explanations by the mutants that they are of. */
export interface Explanations {
  readonly reasonFor: (mutant: Mutant) => string | undefined;
  /** those of the given files that explain none of the mutants: their code has changed */
  readonly staleAmong: (mutants: readonly Mutant[]) => readonly Explanation[];
}

/** @throws Error when two explanations are of one mutant */
export function explanationsFrom(list: readonly Explanation[]): Explanations {
  const byKey = new Map<string, Explanation>();
  for (const explanation of list) {
    const key = keyOf(explanation);
    if (byKey.has(key)) throw new Error(`explained twice: \`${explanation.before}\``);
    byKey.set(key, explanation);
  }
  return {
    reasonFor: (mutant) => byKey.get(keyOf(mutant))?.reason,
    staleAmong: (mutants) => {
      const paths = new Set(mutants.map(({ path }) => path));
      const keys = new Set(mutants.map(keyOf));
      return list.filter((one) => paths.has(one.path) && !keys.has(keyOf(one)));
    },
  };
}

function keyOf({ path, mutator, before, after }: Omit<Explanation, "reason">): string {
  return JSON.stringify([path, mutator, before, after]);
}
