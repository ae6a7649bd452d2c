import { counted } from "@holdfast/model";
import { taskOf, tasksMin } from "../run/learned-run.ts";
import type { LearnedRun } from "../run/learned-run.ts";
import { manyTasks } from "../run/task-value.ts";
import type { LearnedRule } from "./learned-rule.ts";

/** Tasks that tell where work is done before it is held to that. */
const environmentTasksMin = 5;

/** Where something was done. */
interface Whereabouts {
  readonly tasks: Set<string>;
  /** tasks in each environment, by its name */
  readonly byEnvironment: Map<string, Set<string>>;
  /** tasks with a call that tells no environment, so that it may have been made anywhere */
  readonly untold: Set<string>;
}

/** Where honest tasks used each tool, and where they were done. */
export interface UsualEnvironments {
  readonly byTool: ReadonlyMap<string, Readonly<Whereabouts>>;
  readonly all: Readonly<Whereabouts>;
}

/** Where the tools of runs were used. */
export function usualEnvironments(runs: readonly LearnedRun[]): UsualEnvironments {
  const byTool = new Map<string, Whereabouts>();
  const all = nowhere();
  for (const run of runs) {
    const task = taskOf(run);
    for (const { tool, environment } of run.calls) {
      const own = byTool.get(tool) ?? nowhere();
      byTool.set(tool, own);
      note(own, task, environment);
      note(all, task, environment);
    }
  }
  return { byTool, all };
}

function nowhere(): Whereabouts {
  return { tasks: new Set(), byEnvironment: new Map(), untold: new Set() };
}

function note(seen: Whereabouts, task: string, environment: string | undefined): void {
  seen.tasks.add(task);
  if (environment === undefined) seen.untold.add(task);
  else {
    const tasks = seen.byEnvironment.get(environment) ?? new Set();
    seen.byEnvironment.set(environment, tasks.add(task));
  }
}

/**
 * Asks a person where a tool is used in another environment than honest tasks used it in, reads as well; `undefined`
 * where nothing is known, or where no such environment is declared. Of a tool that five tasks used its own tasks tell,
 * of others all tasks, if they are five. An environment is usual that at least two of them show: what one task alone
 * did there, a mistake or a lie, is asked about as if it had not been. Where some call of those that tell says of
 * no environment, or no two tasks agree on one, nothing is known; of twelve tasks one that does not say counts for
 * nothing.
 */
export function unusualEnvironment(
  tool: string,
  { byTool, all }: UsualEnvironments,
  declared: readonly string[],
): LearnedRule | undefined {
  const own = byTool.get(tool);
  const isOwn = own !== undefined && own.tasks.size >= environmentTasksMin;
  const seen = isOwn ? own : all;
  if (seen.tasks.size < environmentTasksMin) return undefined;
  if (seen.untold.size > (seen.tasks.size < manyTasks ? 0 : 1)) return undefined;
  const counts = [...seen.byEnvironment]
    .map(([name, tasks]) => ({ name, tasks: tasks.size }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const usual = counts.filter(({ tasks }) => tasks >= tasksMin);
  const isUsual = (name: string): boolean => usual.some((each) => each.name === name);
  if (usual.length === 0 || declared.every(isUsual)) return undefined;
  // A condition can name no other.
  const named = usual.map(({ name }) => name).filter((name) => declared.includes(name));
  const rare = counts.filter(({ tasks }) => tasks < tasksMin);
  return {
    id: "unusual-environment",
    effect: "step_up",
    ...(named.length === 0 ? {} : { when: `!(environment in ${JSON.stringify(named)})` }),
    reason: "honest runs do not do this in this environment",
    support: [
      `${isOwn ? "" : "all tools: "}${listed(usual)}`,
      ...(rare.length === 0 ? [] : [`not usual: ${listed(rare)}`]),
    ].join("; "),
  };
}

function listed(counts: readonly { readonly name: string; readonly tasks: number }[]): string {
  return counts.map(({ name, tasks }) => `${name} in ${counted(tasks, "task")}`).join(", ");
}
