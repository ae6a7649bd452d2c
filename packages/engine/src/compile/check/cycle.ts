/** A graph by name: what each node reads. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * Every node in an order in which it comes after all it reads, ties by name; and the cycles met
 * on the way, each as the names along it, beginning with the one that sorts first.
 */
export function inDependencyOrder(graph: Graph): {
  readonly order: readonly string[];
  readonly cycles: readonly (readonly string[])[];
} {
  const order: string[] = [];
  const cycles = new Map<string, readonly string[]>();
  const done = new Set<string>();
  const nextOf = (name: string): string[] =>
    [...(graph.get(name) ?? [])].filter((next) => graph.has(next)).sort();
  for (const start of [...graph.keys()].sort()) {
    // A stack of its own, since a chain can be longer than calls may nest.
    const path = done.has(start) ? [] : [{ name: start, next: nextOf(start) }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const name = top.next.shift();
      if (name === undefined) {
        path.pop();
        done.add(top.name);
        order.push(top.name);
        continue;
      }
      const at = path.findIndex((each) => each.name === name);
      if (at >= 0) {
        const cycle = canonical(path.slice(at).map((each) => each.name));
        cycles.set(JSON.stringify(cycle), cycle);
      } else if (!done.has(name)) path.push({ name, next: nextOf(name) });
    }
  }
  return { order, cycles: [...cycles.values()] };
}

function canonical(cycle: readonly string[]): readonly string[] {
  const first = [...cycle].sort()[0] ?? "";
  const at = cycle.indexOf(first);
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}
