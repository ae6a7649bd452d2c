import type { AgentRun, AgentWork } from "./agent-run.ts";
import type { AgentBaseline } from "./baseline.ts";
import type { Change, Novelty } from "./change.ts";
import { callsByTool } from "./learned-baseline.ts";
import { expectedShare } from "./novelty.ts";

/** More calls than this are new, where a run that was learned from had at most so many. */
function bound(calls: number): number {
  return 2 * calls + 2;
}

/**
 * How often tools are called beside a baseline: runs with over twice as many calls as any that was learned
 * from, and two more, and tools that far more or far fewer tasks call than chance allows.
 */
export function rateChanges(
  work: Pick<AgentWork, "runs" | "tasks">,
  against: AgentBaseline,
): { readonly novelty: Novelty; readonly changes: readonly Change[] } {
  const changes = [...longRuns(work.runs, against)];
  const names = Object.keys(against.tools).sort();
  for (const name of names) changes.push(...toolChanges(name, work, against));
  return {
    changes,
    novelty: {
      dimension: "rates",
      novel: changes.length,
      of: 2 * names.length + 1,
      expected: 0,
      drifts: changes.length > 0,
    },
  };
}

function longRuns(
  runs: readonly AgentRun[],
  { mostCallsPerRun }: AgentBaseline,
): readonly Change[] {
  const long = runs.filter(({ calls }) => calls.length > bound(mostCallsPerRun));
  return changeOf(
    long,
    `runs have over ${bound(mostCallsPerRun)} calls, before at most ${mostCallsPerRun}`,
  );
}

function toolChanges(
  name: string,
  { runs, tasks }: Pick<AgentWork, "runs" | "tasks">,
  { tasks: learned, tools }: AgentBaseline,
): readonly Change[] {
  const tool = tools[name];
  if (tool === undefined) return [];
  const callsIn = (run: AgentRun): number => callsByTool(run).get(name) ?? 0;
  const many = runs.filter((run) => callsIn(run) > bound(tool.mostPerRun));
  const using = runs.filter((run) => callsIn(run) > 0);
  const did = tasks.filter((task) =>
    task.some(({ feature }) => feature.dimension === "tools" && feature.of[0] === name),
  ).length;
  const { least, most } = expectedShare(tasks.length, { tasks: learned, did: tool.tasks });
  const isUnusual = did < least || did > most;
  return [
    ...changeOf(
      many,
      `\`${name}\` is called over ${bound(tool.mostPerRun)} times in a run, before at most ${tool.mostPerRun}`,
      name,
    ),
    ...(isUnusual
      ? [
          {
            ...(changeOf(using, "", name)[0] ?? { dimension: "rates" as const }),
            seen: did,
            what: `\`${name}\` is called in ${did} of ${tasks.length} tasks, before in ${tool.tasks} of ${learned}`,
          },
        ]
      : []),
  ];
}

/** A change that these runs show; none where there is no run. */
function changeOf(runs: readonly AgentRun[], what: string, tool?: string): readonly Change[] {
  const [run] = runs;
  if (run === undefined) return [];
  const call = run.calls.find(
    (each) => tool === undefined || `${each.server}.${each.tool}` === tool,
  );
  const first =
    call === undefined
      ? {}
      : {
          first: {
            run: run.id,
            place: call.place,
            ...(call.timeMs === undefined ? {} : { timeMs: call.timeMs }),
          },
        };
  return [{ dimension: "rates", what, seen: runs.length, ...first }];
}
