import { counted } from "@holdfast/model";
import { taskOf } from "../run/learned-run.ts";
import type { LearnedRun } from "../run/learned-run.ts";
import { manyTasks, sharedByNearlyAll } from "../run/task-value.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";

/** A tool that was always used with success before another in a run. */
export interface Step {
  readonly before: string;
  readonly tool: string;
  /** tasks that used the tool: it was so in all of them, of twelve but for one at most */
  readonly tasks: number;
}

/** Tasks that bear an order out before it is held to: one more then breaks it about once in ten. */
const stepTasksMin = 8;

/**
 * What always comes before what, of tools that do more than look. Minimal: of steps that follow from one
 * another only the nearest is kept. Of twelve tasks one in which it was otherwise does not count.
 */
export function usualSteps(
  runs: readonly LearnedRun[],
  tools: ReadonlyMap<string, UnderstoodTool>,
): readonly Step[] {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const run of runs) {
    const done = new Set<string>();
    for (const { tool, error } of run.calls) {
      const byTask = found.get(tool) ?? new Map<string, Set<string>>();
      found.set(tool, byTask);
      const known = byTask.get(taskOf(run)) ?? done;
      byTask.set(taskOf(run), new Set([...known].filter((each) => done.has(each))));
      if (error === undefined || error === null) done.add(tool);
    }
  }
  const always = new Map([...found].map(([tool, by]) => [tool, sharedByNearlyAll(by, manyTasks)]));
  const steps: Step[] = [];
  for (const [tool, { size }] of found) {
    if (size < stepTasksMin || tools.get(tool)?.isRead !== false) continue;
    const others = [...(always.get(tool) ?? [])].filter((each) => each !== tool);
    for (const each of others) {
      const isImplied = others.some((other) => isNearer(other, each, always));
      if (!isImplied) steps.push({ before: each, tool, tasks: size });
    }
  }
  return steps.sort((a, b) => (`${a.tool}\0${a.before}` < `${b.tool}\0${b.before}` ? -1 : 1));
}

/** Whether whoever did `other` had done `each` before. Two that ask for each other by chance are both kept. */
function isNearer(
  other: string,
  each: string,
  always: ReadonlyMap<string, ReadonlySet<string>>,
): boolean {
  return always.get(other)?.has(each) === true && always.get(each)?.has(other) !== true;
}

/** The words that say what bears a step out. */
export function supportOf({ before, tasks }: Step): string {
  const all = `\`${before}\` came before in all of ${counted(tasks, "task")}`;
  return tasks < manyTasks ? all : `${all}, but for one at most`;
}
