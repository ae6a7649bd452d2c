import type { Json } from "@holdfast/model";
import { namesWithRoom } from "../tool/name-room.ts";
import { taskOf, tasksMin } from "./learned-run.ts";
import type { LearnedRun } from "./learned-run.ts";

/** How a tool was used in honest runs. */
export interface ObservedUse {
  readonly tool: string;
  readonly calls: number;
  readonly tasks: ReadonlySet<string>;
  /** of very many those that the most tasks gave, as far as a document has room for them */
  readonly arguments: ReadonlySet<string>;
  /** of the arguments those that two tasks gave */
  readonly repeated: ReadonlySet<string>;
  /** fields of its structured results, `items[].price`; those that the most tasks show first */
  readonly fields: readonly string[];
}

interface Use {
  calls: number;
  readonly tasks: Set<string>;
  /** the tasks that show each */
  readonly arguments: Map<string, Set<string>>;
  readonly fields: Map<string, Set<string>>;
}

/** Elements of a list whose fields are looked at. */
const elementsMax = 50;

/** How each tool was used, by name. */
export function observedUses(runs: readonly LearnedRun[]): ReadonlyMap<string, ObservedUse> {
  const uses = new Map<string, Use>();
  for (const run of runs) {
    for (const { tool, args, result } of run.calls) {
      const use = uses.get(tool) ?? {
        calls: 0,
        tasks: new Set(),
        arguments: new Map(),
        fields: new Map(),
      };
      use.calls += 1;
      use.tasks.add(taskOf(run));
      for (const name of Object.keys(args)) note(use.arguments, name, taskOf(run));
      const shown = new Set<string>();
      if (typeof result === "object" && result !== null) addFields(result, "", shown);
      for (const path of shown) note(use.fields, path, taskOf(run));
      uses.set(tool, use);
    }
  }
  return new Map(
    [...uses].map(([tool, { calls, tasks, arguments: args, fields }]) => {
      const names = new Set(namesWithRoom(mostShown(args)));
      const isRepeated = (name: string): boolean => (args.get(name)?.size ?? 0) >= tasksMin;
      const repeated = new Set([...names].filter(isRepeated));
      return [tool, { tool, calls, tasks, arguments: names, repeated, fields: mostShown(fields) }];
    }),
  );
}

function note(shown: Map<string, Set<string>>, name: string, task: string): void {
  const tasks = shown.get(name) ?? new Set();
  shown.set(name, tasks.add(task));
}

function mostShown(shown: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  return [...shown]
    .sort(([a, one], [b, two]) => two.size - one.size || (a < b ? -1 : 1))
    .map(([name]) => name);
}

function addFields(json: Json, path: string, found: Set<string>): void {
  if (Array.isArray(json)) {
    for (const each of json.slice(0, elementsMax) as Json[]) addFields(each, `${path}[]`, found);
  } else if (typeof json === "object" && json !== null) {
    for (const [name, member] of Object.entries(json)) {
      // Names that are data, such as those of a map by product, are no fields.
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/u.test(name)) continue;
      addFields(member, path === "" ? name : `${path}.${name}`, found);
    }
  } else if (path !== "") {
    found.add(path);
  }
}
