import { originTiers } from "@holdfast/engine";
import type { OriginTier } from "@holdfast/engine";
import { counted } from "@holdfast/model";
import type { LearnedRun } from "../run/learned-run.ts";
import { takenValues } from "../run/taken-value.ts";
import type { Taken } from "../run/taken-value.ts";
import { manyTasks, noteMost } from "../run/task-value.ts";
import { roleOf } from "../tool/argument-role.ts";
import type { ArgumentRole } from "../tool/argument-role.ts";
import { isId } from "../tool/understood-tool.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";
import { anyOf, eachLong, leadingOut, never } from "./condition-text.ts";
import { isKeptBack } from "./kept-back.ts";
import type { KnownValues } from "./known-place.ts";
import type { LearnedRule } from "./learned-rule.ts";

/** Where the values of an argument came from in honest runs, at the worst. */
export interface UsualOrigin {
  readonly tier: OriginTier;
  /** tasks that gave it */
  readonly tasks: number;
  /** tasks in which it came from there or better: all of them, or all but one */
  readonly kept: number;
}

/** Tasks that bear out where an argument comes from. */
const originTasksMin = 5;

/** Tasks of which one may take it from elsewhere: as many others bear it out still. */
const originTasksMany = originTasksMin + 1;

/** Values of an argument that the agent gives of itself, at most, and how long they are. */
const ownValuesMax = 12;
const ownUnitsMax = 64;

/** What is as good as any better one: a record may hold what a person would have said. */
const bestAsked: OriginTier = "field";

/** All but content, which agents write themselves. */
const asked: readonly ArgumentRole[] = [
  "party",
  "url",
  "object",
  "title",
  "amount",
  "time",
  "other",
  "secret",
];

/** What honest runs tell of where arguments come from. */
export interface UsualOrigins {
  /** at the worst, by tool and argument; of enough tasks only */
  readonly worst: ReadonlyMap<string, ReadonlyMap<string, UsualOrigin>>;
  /** what the agent gives of itself */
  readonly values: KnownValues;
}

/** Nothing is known. */
export const noOrigins: UsualOrigins = { worst: new Map(), values: new Map() };

/** Of each argument, by tool and name, where it came from in every task with it, and what comes from nowhere, always. */
export function usualOrigins(runs: readonly LearnedRun[]): UsualOrigins {
  const taken = takenValues(runs);
  const values = new Map<string, ReadonlyMap<string, readonly string[]>>();
  for (const [tool, byName] of taken) {
    const own = [...byName].map(([name, all]) => [name, ownValues(name, all)] as const);
    const given = own.filter(([, texts]) => texts.length > 0);
    if (given.length > 0) values.set(tool, new Map(given));
  }
  const worst = new Map(
    [...taken].map(([tool, byName]) => [
      tool,
      new Map(
        [...byName].flatMap(([name, all]) => {
          const own = new Set(values.get(tool)?.get(name));
          const usual = worstOf(all.filter(({ text }) => text === undefined || !own.has(text)));
          return usual === undefined ? [] : [[name, usual] as const];
        }),
      ),
    ]),
  );
  return { worst, values };
}

/**
 * Texts that nobody told of and that five tasks gave all the same: the agent's own, where nothing else comes from
 * nowhere. None where there are many, that lead out or that let somebody in.
 */
function ownValues(name: string, all: readonly Taken[]): readonly string[] {
  const nowhere = originTiers.indexOf("nowhere");
  const untold = roleOf(name) === "content" ? [] : all.filter(({ rank }) => rank === nowhere);
  const tasks = new Map<string, Set<string>>();
  for (const { task, text } of untold) {
    if (text !== undefined) tasks.set(text, (tasks.get(text) ?? new Set()).add(task));
  }
  const own = [...tasks]
    .filter(([text, by]) => by.size >= originTasksMin && text.length <= ownUnitsMax)
    .map(([text]) => text)
    .sort();
  const isOut = own.some((text) => leadsOutOf.test(text));
  if (own.length > ownValuesMax || isOut || isKeptBack(name, own)) return [];
  return isConstant(untold, new Set(own)) ? own : [];
}

const leadsOutOf = new RegExp(leadingOut, "u");

/** Whether nothing else comes from nowhere, or of many tasks in one. */
function isConstant(untold: readonly Taken[], own: ReadonlySet<string>): boolean {
  const others = untold.filter(({ text }) => text === undefined || !own.has(text));
  const tasks = new Set(untold.map(({ task }) => task)).size;
  return new Set(others.map(({ task }) => task)).size <= (tasks < manyTasks ? 0 : 1);
}

function worstOf(all: readonly Taken[]): UsualOrigin | undefined {
  const byTask = new Map<string, number>();
  for (const { task, rank } of all) noteMost(byTask, task, rank);
  if (byTask.size < originTasksMin) return undefined;
  const ranks = [...byTask.values()].sort((a, b) => b - a);
  const reached = ranks[byTask.size < originTasksMany ? 0 : 1] ?? 0;
  const worst = Math.max(originTiers.indexOf(bestAsked), reached);
  const tier = originTiers[worst];
  if (tier === undefined || tier === "nowhere") return undefined;
  const kept = ranks.filter((rank) => rank <= worst).length;
  return { tier, tasks: byTask.size, kept };
}

/**
 * Asks when a value comes from somewhere worse than in every honest task, of six tasks and more than in all but one.
 * Not of ids that may come from a record at the worst: `found-object` asks of these.
 */
export function usualOriginRules(
  tool: UnderstoodTool,
  usual: UsualOrigins,
): readonly LearnedRule[] {
  const worst = usual.worst.get(tool.name);
  if (tool.isRead || worst === undefined) return [];
  const known = {
    ...tool,
    arguments: tool.arguments.filter((argument) => {
      const found = worst.get(argument.name);
      return found !== undefined && !(isId(argument) && found.tier === bestAsked);
    }),
  };
  const when = anyOf(known, asked, (argument) =>
    eachLong(
      argument,
      (text) => `!no_worse(origin(dyn(${text})), "${worst.get(argument.name)?.tier ?? bestAsked}")`,
      usual.values.get(tool.name)?.get(argument.name),
    ),
  );
  if (when === never) return [];
  const words = known.arguments.map(({ name }) => {
    const { tier = bestAsked, tasks = 0, kept = tasks } = worst.get(name) ?? {};
    const share = kept === tasks ? counted(tasks, "task") : `${kept} of ${counted(tasks, "task")}`;
    return `\`${name}\` from \`${tier}\` or better in ${share}`;
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
