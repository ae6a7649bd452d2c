import { taskOf } from "../run/learned-run.ts";
import type { LearnedRun } from "../run/learned-run.ts";
import type { JudgedCall } from "./exemption.ts";

/** What became of the honest calls of one tool. */
export interface ToolTrack {
  readonly calls: number;
  readonly tasks: number;
  /** honest calls that are not let through as they are, whatever caught them */
  readonly stopped: number;
  /** honest calls that a rule caught, by its id */
  readonly caught: ReadonlyMap<string, Caught>;
}

/** Honest calls that a rule caught: counter-examples. */
export interface Caught {
  readonly calls: number;
  readonly tasks: number;
  /** where, the first three: `run r17 call 3` */
  readonly examples: readonly string[];
}

/** What became of honest calls, by tool. */
export type RuleTrack = ReadonlyMap<string, ToolTrack>;

interface Counted {
  calls: number;
  readonly tasks: Set<string>;
  readonly examples: string[];
}

interface Tracked {
  readonly counted: Counted;
  stopped: number;
  readonly caught: Map<string, Counted>;
}

const examplesMax = 3;

/** What a policy makes of the honest calls that it was learned from; the same in any order of runs. */
export function ruleTrack(
  runs: readonly LearnedRun[],
  judge: (run: LearnedRun) => readonly JudgedCall[],
): RuleTrack {
  const tools = new Map<string, Tracked>();
  for (const run of runs.toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)))) {
    const judged = judge(run);
    for (const [at, { tool }] of run.calls.entries()) {
      const known = tools.get(tool) ?? { counted: none(), stopped: 0, caught: new Map() };
      tools.set(tool, known);
      count(known.counted, run, at);
      if (judged[at]?.effect !== "allow") known.stopped += 1;
      for (const name of judged[at]?.effect === "allow" ? [] : (judged[at]?.rules ?? [])) {
        const id = name.slice(name.indexOf("/") + 1);
        const caught = known.caught.get(id) ?? none();
        known.caught.set(id, caught);
        count(caught, run, at);
      }
    }
  }
  const kept = ({ calls, tasks, examples }: Counted): Caught => ({
    calls,
    tasks: tasks.size,
    examples,
  });
  return new Map(
    [...tools].map(([tool, { counted, stopped, caught }]) => [
      tool,
      {
        calls: counted.calls,
        tasks: counted.tasks.size,
        stopped,
        caught: new Map([...caught].map(([id, each]) => [id, kept(each)])),
      },
    ]),
  );
}

/**
 * How sure one may be that a rule lets the calls of the next task through, 0 to 1: the rule of succession, over
 * tasks, as runs of one are alike.
 */
export function confidenceOf({ tasks, caught }: ToolTrack, rule: string): number {
  return (tasks - (caught.get(rule)?.tasks ?? 0) + 1) / (tasks + 2);
}

function none(): Counted {
  return { calls: 0, tasks: new Set(), examples: [] };
}

function count(counted: Counted, run: LearnedRun, at: number): void {
  counted.calls += 1;
  counted.tasks.add(taskOf(run));
  if (counted.examples.length < examplesMax) counted.examples.push(`run ${run.id} call ${at + 1}`);
}
