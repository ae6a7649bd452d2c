import { lowerAscii } from "./ascii.ts";

/** Names longer than this get no suggestion, so that the search stays cheap on hostile input. */
const nameLengthMax = 128;

/**
 * The candidate a misspelt name most likely meant, or undefined when none is near: at most
 * one edit per three characters, letter case counting for little. Ties go to the name that
 * sorts first, so the answer does not depend on the order of the candidates.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length === 0 || name.length > nameLengthMax) return undefined;
  const wanted = lowerAscii(name);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 0.5;
  for (const candidate of candidates) {
    if (candidate === name || candidate.length > nameLengthMax) continue;
    if (Math.abs(candidate.length - name.length) > bestDistance) continue;
    const lower = lowerAscii(candidate);
    const distance = lower === wanted ? 0.25 : editDistance(wanted, lower);
    // Two short names that share no character are not spellings of each other.
    if (distance >= Math.max(name.length, candidate.length)) continue;
    if (distance < bestDistance || (distance === bestDistance && best && candidate < best)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment: insert, delete, replace and swap of neighbours each cost 1. */
function editDistance(from: string, to: string): number {
  let older: number[] = [];
  let old = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        (old[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (old[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 &&
        column > 1 &&
        from[row - 1] === to[column - 2] &&
        from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, (older[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    older = old;
    old = current;
  }
  return old[to.length] ?? 0;
}
