import type { Json } from "@holdfast/model";
import { formsOf } from "./text-form.ts";
import type { TextForm } from "./text-form.ts";
import { taskOf } from "./learned-run.ts";
import type { LearnedRun } from "./learned-run.ts";

/** What values an argument of a tool took in honest runs. */
export interface ArgumentUse {
  /** calls that gave it */
  readonly calls: number;
  /** tasks in which a call gave it */
  readonly tasks: ReadonlySet<string>;
  /** kinds of JSON values that were given, `null` besides */
  readonly kinds: ReadonlySet<ValueKind>;
  /** the least and the greatest number; both infinite when there was none */
  readonly least: number;
  readonly greatest: number;
  /** the greatest sum of its numbers over one run */
  readonly greatestSum: number;
  /** the longest text, in UTF-16 units; elements of lists are texts of their own */
  readonly longestUnits: number;
  /** elements of the longest list */
  readonly longestList: number;
  /** forms that all texts have */
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
  readonly kinds: Set<ValueKind>;
  least: number;
  greatest: number;
  greatestSum: number;
  longestUnits: number;
  longestList: number;
  forms: ReadonlySet<TextForm> | undefined;
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
    for (const [use, sum] of sums) use.greatestSum = Math.max(use.greatestSum, sum);
  }
  const kept = ([name, use]: [string, Use]): [string, ArgumentUse] => [
    name,
    { ...use, forms: use.forms ?? new Set() },
  ];
  return new Map([...tools].map(([tool, uses]) => [tool, new Map([...uses].map(kept))]));
}

function newUse(): Use {
  return {
    calls: 0,
    tasks: new Set(),
    kinds: new Set(),
    least: Infinity,
    greatest: -Infinity,
    greatestSum: 0,
    longestUnits: 0,
    longestList: 0,
    forms: undefined,
    texts: new Map(),
  };
}

function note(use: Use, value: Json, task: string): void {
  use.kinds.add(kindOf(value));
  if (typeof value === "number") {
    use.least = Math.min(use.least, value);
    use.greatest = Math.max(use.greatest, value);
  } else if (typeof value === "string") {
    noteText(use, value, task);
  } else if (Array.isArray(value)) {
    use.longestList = Math.max(use.longestList, value.length);
    for (const each of value as readonly Json[]) {
      if (typeof each === "string") noteText(use, each, task);
    }
  }
}

function noteText(use: Use, text: string, task: string): void {
  use.longestUnits = Math.max(use.longestUnits, text.length);
  const forms = formsOf(text);
  use.forms = new Set([...forms].filter((each) => use.forms?.has(each) ?? true));
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
