import { taskOf } from "../run/learned-run.ts";
import type { LearnedRun } from "../run/learned-run.ts";
import type { JudgedCall } from "./exemption.ts";

/** What became of the honest calls of one tool. */
export interface ToolTrack {
  readonly calls: number;
  readonly tasks: number;
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

const examplesMax = 3;

/** What a policy makes of the honest calls that it was learned from; the same in any order of runs. */
export function ruleTrack(
  runs: readonly LearnedRun[],
  judge: (run: LearnedRun) => readonly JudgedCall[],
): RuleTrack {
  const tools = new Map<string, { counted: Counted; caught: Map<string, Counted> }>();
  for (const run of runs.toSorted((a, b) => (a.id < b.id ? -1 : Number(a.id > b.id)))) {
    const judged = judge(run);
    for (const [at, { tool }] of run.calls.entries()) {
      const known = tools.get(tool) ?? { counted: none(), caught: new Map<string, Counted>() };
      tools.set(tool, known);
      count(known.counted, run, at);
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
    [...tools].map(([tool, { counted, caught }]) => [
      tool,
      {
        calls: counted.calls,
        tasks: counted.tasks.size,
        caught: new Map([...caught].map(([id, each]) => [id, kept(each)])),
      },
    ]),
  );
}

function none(): Counted {
  return { calls: 0, tasks: new Set(), examples: [] };
}

function count(counted: Counted, run: LearnedRun, at: number): void {
  counted.calls += 1;
  counted.tasks.add(taskOf(run));
  if (counted.examples.length < examplesMax) counted.examples.push(`run ${run.id} call ${at + 1}`);
}
