import { originTiers } from "@holdfast/engine";
import type { Json } from "@holdfast/model";
import { originReader } from "../baseline/argument-origin.ts";
import { taskOf } from "./learned-run.ts";
import type { LearnedRun } from "./learned-run.ts";

/** Text that is shorter says nothing of where it is from (POLICY.md section 3). */
const telling = 4;

/** A value that a task gave, and where it came from. */
export interface Taken {
  readonly task: string;
  /** the place of its tier, the best first */
  readonly rank: number;
  readonly text: string | undefined;
}

/** What honest runs gave each argument, by tool and name, but for values too short to tell where they are from. */
export function takenValues(
  runs: readonly LearnedRun[],
): ReadonlyMap<string, Map<string, Taken[]>> {
  const observed = runs.map((run) => ({ run, seen: observedOf(run) }));
  const originsOf = originReader(observed.map(({ seen }) => seen));
  const found = new Map<string, Map<string, Taken[]>>();
  for (const { run, seen } of observed) {
    for (const [at, origins] of originsOf(seen).entries()) {
      const { tool = "", args = {} } = run.calls[at] ?? {};
      const byName = found.get(tool) ?? new Map<string, Taken[]>();
      found.set(tool, byName);
      for (const [name, tier] of Object.entries(origins)) {
        const value = args[name];
        if (!isLong(value)) continue;
        const all = byName.get(name) ?? [];
        byName.set(name, all);
        const text = typeof value === "string" ? value : undefined;
        all.push({ task: taskOf(run), rank: originTiers.indexOf(tier), text });
      }
    }
  }
  return found;
}

function observedOf({ id, user_prompt: prompt, calls }: LearnedRun) {
  return {
    id,
    prompt,
    calls: calls.map(({ tool, args, result, error }) => ({
      server: "local",
      tool,
      args,
      result: error === undefined || error === null ? result : error,
      agent: { id: "agent" },
      place: id,
    })),
  };
}

function isLong(value: Json | undefined): boolean {
  if (typeof value === "number") return String(value).length >= telling;
  if (typeof value === "string") return value.length >= telling;
  return Array.isArray(value) && value.length > 0 && value.every((each) => isLong(each as Json));
}
