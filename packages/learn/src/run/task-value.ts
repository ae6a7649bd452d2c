/**
 * What at least two tasks bear out of a number that each task showed: the second greatest. What one task alone
 * shows, a mistake or a lie, moves nothing. With one task its own; with none `undefined`.
 */
export function reachedTwice(byTask: ReadonlyMap<string, number>): number | undefined {
  const [first, second] = [...byTask.values()].sort((a, b) => b - a);
  return second ?? first;
}

/** Keeps the greatest number of a task. */
export function noteMost(byTask: Map<string, number>, task: string, value: number): void {
  byTask.set(task, Math.max(byTask.get(task) ?? -Infinity, value));
}

/** Tasks of which one may be otherwise, so that a lie among them moves nothing. */
export const manyTasks = 12;

/** What all tasks have, and of `many` all but one. */
export function sharedByNearlyAll<T>(
  byTask: ReadonlyMap<string, ReadonlySet<T>>,
  many = 5,
): ReadonlySet<T> {
  const counts = new Map<T, number>();
  for (const all of byTask.values()) {
    for (const each of all) counts.set(each, (counts.get(each) ?? 0) + 1);
  }
  const least = byTask.size - (byTask.size < many ? 0 : 1);
  return new Set([...counts].filter(([, count]) => count >= least).map(([each]) => each));
}
