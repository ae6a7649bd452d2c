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
  const path: string[] = [];
  const visit = (name: string): void => {
    const at = path.indexOf(name);
    if (at >= 0) {
      const cycle = canonical(path.slice(at));
      cycles.set(cycle.join("\u0000"), cycle);
      return;
    }
    if (done.has(name) || !graph.has(name)) return;
    path.push(name);
    for (const next of [...(graph.get(name) ?? [])].sort()) visit(next);
    path.pop();
    done.add(name);
    order.push(name);
  };
  for (const name of [...graph.keys()].sort()) visit(name);
  return { order, cycles: [...cycles.values()] };
}

function canonical(cycle: readonly string[]): readonly string[] {
  const first = [...cycle].sort()[0] ?? "";
  const at = cycle.indexOf(first);
  return [...cycle.slice(at), ...cycle.slice(0, at)];
}
