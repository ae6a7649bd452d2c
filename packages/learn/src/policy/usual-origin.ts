import { originTiers } from "@holdfast/engine";
import type { OriginTier } from "@holdfast/engine";
import { counted } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { originReader } from "../baseline/argument-origin.ts";
import { taskOf } from "../run/learned-run.ts";
import type { LearnedRun } from "../run/learned-run.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";
import { anyOf, eachLong, never } from "./condition-text.ts";
import type { LearnedRule } from "./learned-rule.ts";

/** Where the values of an argument came from in honest runs, at the worst. */
export interface UsualOrigin {
  readonly tier: OriginTier;
  readonly tasks: number;
}

/** Tasks that bear out where an argument comes from. */
const originTasksMin = 5;

/** Tasks of which one may be otherwise, so that a lie among them moves nothing. */
const manyTasks = 12;

/** What is as good as any better one: a record may hold what a person would have said. */
const bestAsked: OriginTier = "field";

/** Text that is shorter says nothing of where it is from (POLICY.md section 3). */
const telling = 4;

/** Of each argument, by tool and name, where it came from in every task with it; of enough tasks only. */
export function usualOrigins(
  runs: readonly LearnedRun[],
): ReadonlyMap<string, ReadonlyMap<string, UsualOrigin>> {
  const observed = runs.map((run) => ({ run, seen: observedOf(run) }));
  const originsOf = originReader(observed.map(({ seen }) => seen));
  const found = new Map<string, Map<string, Map<string, number>>>();
  for (const { run, seen } of observed) {
    for (const [at, origins] of originsOf(seen).entries()) {
      const { tool = "", args = {} } = run.calls[at] ?? {};
      const byName = found.get(tool) ?? new Map<string, Map<string, number>>();
      found.set(tool, byName);
      for (const [name, tier] of Object.entries(origins)) {
        if (!isLong(args[name])) continue;
        const byTask = byName.get(name) ?? new Map<string, number>();
        byName.set(name, byTask);
        const rank = Math.max(byTask.get(taskOf(run)) ?? 0, originTiers.indexOf(tier));
        byTask.set(taskOf(run), rank);
      }
    }
  }
  return new Map(
    [...found].map(([tool, byName]) => [
      tool,
      new Map(
        [...byName].flatMap(([name, byTask]) => {
          const usual = worstOf(byTask);
          return usual === undefined ? [] : [[name, usual] as const];
        }),
      ),
    ]),
  );
}

function worstOf(byTask: ReadonlyMap<string, number>): UsualOrigin | undefined {
  if (byTask.size < originTasksMin) return undefined;
  const ranks = [...byTask.values()].sort((a, b) => b - a);
  const reached = ranks[byTask.size < manyTasks ? 0 : 1] ?? 0;
  const worst = Math.max(originTiers.indexOf(bestAsked), reached);
  const tier = originTiers[worst];
  return tier === undefined || tier === "nowhere" ? undefined : { tier, tasks: byTask.size };
}

/** Asks when a value comes from somewhere worse than in every honest task. */
export function usualOriginRules(
  tool: UnderstoodTool,
  usual: ReadonlyMap<string, UsualOrigin> | undefined,
): readonly LearnedRule[] {
  if (tool.isRead || usual === undefined) return [];
  const known = {
    ...tool,
    arguments: tool.arguments.filter(({ name }) => usual.has(name)),
  };
  const when = anyOf(
    known,
    ["party", "url", "object", "title", "amount", "time", "other", "secret"],
    (argument) =>
      eachLong(
        argument,
        (text) =>
          `!no_worse(origin(dyn(${text})), "${usual.get(argument.name)?.tier ?? bestAsked}")`,
      ),
  );
  if (when === never) return [];
  const words = known.arguments.map(({ name }) => {
    const { tier = bestAsked, tasks = 0 } = usual.get(name) ?? {};
    return `\`${name}\` \`${tier}\` or better in ${counted(tasks, "task")}`;
  });
  return [
    {
      id: "unusual-origin",
      effect: "step_up",
      when,
      reason: "a value comes from where no honest run took it",
      support: words.join("; "),
    },
  ];
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
