import type { Json } from "@holdfast/model";
import { formsOf } from "./text-form.ts";
import type { TextForm } from "./text-form.ts";
import { taskOf, tasksMin } from "./learned-run.ts";
import type { LearnedRun } from "./learned-run.ts";
import { noteMost, reachedTwice, sharedByNearlyAll } from "./task-value.ts";

/** What values an argument of a tool took in honest runs. What one task alone shows counts for nothing. */
export interface ArgumentUse {
  /** calls that gave it */
  readonly calls: number;
  /** tasks in which a call gave it */
  readonly tasks: ReadonlySet<string>;
  /** kinds of JSON values that two tasks gave, `null` besides */
  readonly kinds: ReadonlySet<ValueKind>;
  /** the least and the greatest number that two tasks reached; both infinite when there was none */
  readonly least: number;
  readonly greatest: number;
  /** the greatest sum of its numbers over one run that two tasks reached */
  readonly greatestSum: number;
  /** the longest text that two tasks reached, in UTF-16 units; elements of lists are texts of their own */
  readonly longestUnits: number;
  /** elements of the longest list that two tasks reached */
  readonly longestList: number;
  /** forms that all texts have, of all tasks but one */
  readonly forms: ReadonlySet<TextForm>;
  /** the texts and the tasks that gave each; `undefined` when there are too many to be a choice */
  readonly texts: ReadonlyMap<string, ReadonlySet<string>> | undefined;
}

/** The kinds of a JSON value, as conditions tell them apart. */
export type ValueKind = "text" | "number" | "truth" | "list" | "object";

/** Texts of an argument that are told apart, before it counts as one that takes any. */
const textsMax = 64;

interface Use {
  calls: number;
  readonly tasks: Set<string>;
  readonly kinds: Map<ValueKind, Set<string>>;
  /** by task; the least with its sign changed */
  readonly least: Map<string, number>;
  readonly greatest: Map<string, number>;
  readonly sums: Map<string, number>;
  readonly units: Map<string, number>;
  readonly elements: Map<string, number>;
  readonly forms: Map<string, ReadonlySet<TextForm>>;
  texts: Map<string, Set<string>> | undefined;
}

/** How each argument of each tool was used: by tool, by argument. */
export function argumentUses(
  runs: readonly LearnedRun[],
): ReadonlyMap<string, ReadonlyMap<string, ArgumentUse>> {
  const tools = new Map<string, Map<string, Use>>();
  for (const run of runs) {
    const sums = new Map<Use, number>();
    for (const { tool, args } of run.calls) {
      const uses = tools.get(tool) ?? new Map<string, Use>();
      tools.set(tool, uses);
      for (const [name, value] of Object.entries(args)) {
        if (value === null || value === undefined) continue;
        const use = uses.get(name) ?? newUse();
        uses.set(name, use);
        use.calls += 1;
        use.tasks.add(taskOf(run));
        note(use, value, taskOf(run));
        if (typeof value === "number") sums.set(use, (sums.get(use) ?? 0) + value);
      }
    }
    for (const [use, sum] of sums) noteMost(use.sums, taskOf(run), sum);
  }
  return new Map(
    [...tools].map(([tool, uses]) => [
      tool,
      new Map([...uses].map(([name, use]) => [name, shownTwice(use)])),
    ]),
  );
}

function shownTwice(use: Use): ArgumentUse {
  const { calls, tasks, kinds, texts } = use;
  const isShown = (by: ReadonlySet<string>): boolean => by.size >= Math.min(tasksMin, tasks.size);
  return {
    calls,
    tasks,
    kinds: new Set([...kinds].filter(([, by]) => isShown(by)).map(([kind]) => kind)),
    least: -(reachedTwice(use.least) ?? -Infinity),
    greatest: reachedTwice(use.greatest) ?? -Infinity,
    greatestSum: Math.max(0, reachedTwice(use.sums) ?? 0),
    longestUnits: reachedTwice(use.units) ?? 0,
    longestList: reachedTwice(use.elements) ?? 0,
    forms: sharedByNearlyAll(use.forms),
    texts,
  };
}

function newUse(): Use {
  return {
    calls: 0,
    tasks: new Set(),
    kinds: new Map(),
    least: new Map(),
    greatest: new Map(),
    sums: new Map(),
    units: new Map(),
    elements: new Map(),
    forms: new Map(),
    texts: new Map(),
  };
}

function note(use: Use, value: Json, task: string): void {
  const by = use.kinds.get(kindOf(value)) ?? new Set();
  use.kinds.set(kindOf(value), by.add(task));
  if (typeof value === "number") {
    noteMost(use.least, task, -value);
    noteMost(use.greatest, task, value);
  } else if (typeof value === "string") {
    noteText(use, value, task);
  } else if (Array.isArray(value)) {
    noteMost(use.elements, task, value.length);
    for (const each of value as readonly Json[]) {
      if (typeof each === "string") noteText(use, each, task);
    }
  }
}

function noteText(use: Use, text: string, task: string): void {
  noteMost(use.units, task, text.length);
  const known = use.forms.get(task);
  use.forms.set(task, new Set([...formsOf(text)].filter((each) => known?.has(each) ?? true)));
  if (use.texts === undefined) return;
  const tasks = use.texts.get(text) ?? new Set();
  use.texts.set(text, tasks.add(task));
  if (use.texts.size > textsMax) use.texts = undefined;
}

function kindOf(value: Json): ValueKind {
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "truth";
  return Array.isArray(value) ? "list" : "object";
}
