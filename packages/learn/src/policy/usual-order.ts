import { counted } from "@holdfast/model";
import { taskOf } from "../run/learned-run.ts";
import type { LearnedRun } from "../run/learned-run.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";

/** A tool that was always used with success before another in a run. */
export interface Step {
  readonly before: string;
  readonly tool: string;
  /** tasks in which it was so; none in which it was not */
  readonly tasks: number;
}

/** Tasks that bear an order out before it is held to: one more then breaks it about once in fourteen. */
const stepTasksMin = 12;

/**
 * What always comes before what, of tools that do more than look. Minimal: of steps that follow from one
 * another only the nearest is kept, and a step that honest runs share anyhow (it opens nearly each of them)
 * says nothing of a tool and is left out.
 */
export function usualSteps(
  runs: readonly LearnedRun[],
  tools: ReadonlyMap<string, UnderstoodTool>,
): readonly Step[] {
  const before = new Map<string, { tasks: Set<string>; always: Set<string> }>();
  for (const run of runs) {
    const done = new Set<string>();
    for (const { tool, error } of run.calls) {
      const known = before.get(tool) ?? { tasks: new Set(), always: new Set(done) };
      before.set(tool, known);
      known.tasks.add(taskOf(run));
      for (const each of known.always) if (!done.has(each)) known.always.delete(each);
      if (error === undefined || error === null) done.add(tool);
    }
  }
  const steps: Step[] = [];
  for (const [tool, { tasks, always }] of before) {
    if (tasks.size < stepTasksMin || tools.get(tool)?.isRead !== false) continue;
    const others = [...always].filter((each) => each !== tool);
    for (const each of others) {
      const isImplied = others.some((other) => before.get(other)?.always.has(each) === true);
      if (!isImplied) steps.push({ before: each, tool, tasks: tasks.size });
    }
  }
  return steps.sort((a, b) => (`${a.tool}\0${a.before}` < `${b.tool}\0${b.before}` ? -1 : 1));
}

/** The words that say what bears a step out. */
export function supportOf({ before, tasks }: Step): string {
  return `\`${before}\` came before in all of ${counted(tasks, "task")}`;
}
