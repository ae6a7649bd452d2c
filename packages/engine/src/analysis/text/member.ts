import { characterOf, symbolOf, symbolsEnd } from "./automaton.ts";
import type { Automaton } from "./automaton.ts";

/** How many partial words are kept while words are searched for. */
const wordsMax = 20_000;

/** Characters that people read easily, the plainest first. */
const plain: readonly number[] = Array.from(
  "axyb01c9defghijklmnopqrstuvwz-_./@:2345678 ABCXYZ",
  (character) => symbolOf(character.codePointAt(0) ?? 0),
);

/**
 * Up to `wanted` words of the automaton, the shortest first and in plain characters where it has
 * them: always the same ones. Not every word is found, but one is when there is one.
 */
export function members(automaton: Automaton, wanted: number): readonly string[] {
  const useful = statesWithEnd(automaton);
  const found: string[] = [];
  const visits = new Map<number, number>();
  let front: readonly (readonly [string, number])[] = useful.has(0) ? [["", 0]] : [];
  let kept = 0;
  while (front.length > 0 && found.length < wanted && kept < wordsMax) {
    const next: (readonly [string, number])[] = [];
    for (const [word, state] of front) {
      if (automaton.accepting[state] === true) found.push(word);
      if (found.length >= wanted) break;
      for (const [target, symbol] of stepsOf(automaton, state, wanted)) {
        const times = visits.get(target) ?? 0;
        // A state that was reached often enough leads to nothing that is new and short.
        if (!useful.has(target) || times >= wanted) continue;
        visits.set(target, times + 1);
        next.push([word + characterOf(symbol), target]);
        kept += 1;
      }
    }
    front = next;
  }
  return found;
}

function stepsOf(
  { lows, targets }: Automaton,
  state: number,
  wanted: number,
): readonly (readonly [target: number, symbol: number])[] {
  const row = lows[state] ?? [];
  const byTarget = new Map<number, number[]>();
  const add = (target: number, symbol: number): void => {
    const known = byTarget.get(target) ?? [];
    if (known.length < Math.max(1, Math.min(wanted, plain.length))) known.push(symbol);
    byTarget.set(target, known);
  };
  for (const symbol of plain) {
    const index = row.findLastIndex((low) => low <= symbol);
    add(targets[state]?.[index] ?? 0, symbol);
  }
  for (const [index, low] of row.entries()) {
    const target = targets[state]?.[index] ?? 0;
    if (byTarget.has(target)) continue;
    const end = row[index + 1] ?? symbolsEnd;
    add(target, low < 0x21 && end > 0x21 ? 0x21 : low);
  }
  return [...byTarget].flatMap(([target, symbols]) =>
    symbols.map((symbol) => [target, symbol] as const),
  );
}

/** The states from which a word can be completed. */
function statesWithEnd({ accepting, targets }: Automaton): ReadonlySet<number> {
  const sources = new Map<number, number[]>();
  for (const [state, row] of targets.entries()) {
    for (const target of row) {
      const known = sources.get(target);
      if (known === undefined) sources.set(target, [state]);
      else known.push(state);
    }
  }
  const found = new Set<number>();
  const pending = [...accepting.keys()].filter((state) => accepting[state] === true);
  for (let state = pending.pop(); state !== undefined; state = pending.pop()) {
    if (found.has(state)) continue;
    found.add(state);
    pending.push(...(sources.get(state) ?? []));
  }
  return found;
}
