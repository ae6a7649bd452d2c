import type { Json } from "@holdfast/model";
import { taskOf } from "./learned-run.ts";
import type { LearnedRun } from "./learned-run.ts";

/** How a tool was used in honest runs. */
export interface ObservedUse {
  readonly tool: string;
  readonly calls: number;
  readonly tasks: ReadonlySet<string>;
  readonly arguments: ReadonlySet<string>;
  /** fields of its structured results, `items[].price`; sorted */
  readonly fields: readonly string[];
}

interface Use {
  calls: number;
  readonly tasks: Set<string>;
  readonly arguments: Set<string>;
  readonly fields: Set<string>;
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
        arguments: new Set(),
        fields: new Set(),
      };
      use.calls += 1;
      use.tasks.add(taskOf(run));
      for (const name of Object.keys(args)) use.arguments.add(name);
      if (typeof result === "object" && result !== null) addFields(result, "", use.fields);
      uses.set(tool, use);
    }
  }
  return new Map(
    [...uses].map(([tool, use]) => [tool, { ...use, tool, fields: [...use.fields].sort() }]),
  );
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
