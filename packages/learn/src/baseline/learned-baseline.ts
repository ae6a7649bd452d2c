import { originTiers } from "@holdfast/engine";
import { agentWork } from "./agent-run.ts";
import type { AgentRun, AgentWork } from "./agent-run.ts";
import type { AgentBaseline, Baseline } from "./baseline.ts";
import type { Feature } from "./feature.ts";
import type { ObservedRun } from "./observed-run.ts";

/**
 * Learns how each agent behaves. Pure and deterministic: the same runs give the same baseline, in
 * whatever order they come.
 */
export function learnBaseline(runs: readonly ObservedRun[]): Baseline {
  const agents = agentWork(runs).map((work) => agentBaseline(work));
  return { kind: "holdfast-baseline", v: 1, agents };
}

type Counts = Record<string, number>;
interface Tool {
  tasks: number;
  mostPerRun: number;
  arguments: Record<string, { shapes: Counts; sizes: Counts; origins: Counts }>;
  environments?: Counts;
}

function agentBaseline({ identity, runs, tasks }: AgentWork): AgentBaseline {
  const tools = bare<Tool>();
  const transitions = bare<Counts>();
  for (const { feature } of tasks.flat()) count(feature, { tools, transitions });
  for (const run of runs) {
    for (const [name, calls] of callsByTool(run)) {
      const tool = toolOf(tools, name);
      tool.mostPerRun = Math.max(tool.mostPerRun, calls);
    }
  }
  const sizes = runs.map(({ calls }) => calls.length);
  const times = runs.flatMap(({ calls }) =>
    calls.flatMap(({ timeMs }) => (timeMs === undefined ? [] : [timeMs])),
  );
  return {
    ...identity,
    tasks: tasks.length,
    runs: runs.length,
    calls: sizes.reduce((sum, size) => sum + size, 0),
    mostCallsPerRun: sizes.reduce((most, size) => Math.max(most, size), 0),
    ...(times.length === 0
      ? {}
      : {
          from: times.reduce((a, b) => Math.min(a, b)),
          to: times.reduce((a, b) => Math.max(a, b)),
        }),
    tools,
    transitions,
  };
}

/** How often a run calls each tool. */
export function callsByTool({ calls }: AgentRun): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { server, tool } of calls) {
    const name = `${server}.${tool}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function count(
  { dimension, of, value, rank }: Feature,
  { tools, transitions }: { tools: Record<string, Tool>; transitions: Record<string, Counts> },
): void {
  const [first = "", second = ""] = of;
  if (dimension === "transitions") {
    transitions[first] ??= bare();
    return addOne(transitions[first], second);
  }
  const tool = toolOf(tools, first);
  if (dimension === "tools") {
    tool.tasks += 1;
    return;
  }
  if (dimension === "environments") {
    tool.environments ??= bare();
    return addOne(tool.environments, value);
  }
  tool.arguments[second] ??= { shapes: bare(), sizes: bare(), origins: bare() };
  const argument = tool.arguments[second];
  if (dimension === "origins") addOne(argument.origins, originTiers[rank ?? 0] ?? "nowhere");
  else if (rank === undefined) addOne(argument.shapes, value);
  else addOne(argument.sizes, String(rank));
}

function toolOf(tools: Record<string, Tool>, name: string): Tool {
  tools[name] ??= { tasks: 0, mostPerRun: 0, arguments: bare() };
  return tools[name];
}

function addOne(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** Names are those of tools and arguments, so that nothing is inherited under them. */
function bare<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}
