import { counted, escapedJson } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import { taskOf } from "../run/learned-run.ts";
import type { LearnedRun } from "../run/learned-run.ts";
import { manyTasks } from "../run/task-value.ts";
import type { ArgumentRole } from "../tool/argument-role.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";
import { anyOf, eachLong, never, valueOf } from "./condition-text.ts";
import type { LearnedRule } from "./learned-rule.ts";

/**
 * How far a task has come when a tool is called: nothing was done in it (`opening`), something was done and no other
 * tool has changed anything (`looking`), or another tool has (`acting`). Its own calls are for rates to tell.
 */
export const phases = ["opening", "looking", "acting"] as const;

export type Phase = (typeof phases)[number];

/** When in a task tools that do more than look are used. */
export interface UsualPhase {
  /** the phases in which honest tasks used it, in order; never all of them */
  readonly usual: readonly Phase[];
  readonly tasks: number;
  /** those of the tasks that used it in another phase, too few to count */
  readonly otherwise: number;
  /** whether that is so of all such tools together, as too few tasks used this one */
  readonly isOfAll: boolean;
}

/** Tasks that bear out when a tool is used: one more then breaks it about once in ten. */
const phaseTasksMin = 8;

type PhasesByTask = Map<string, Set<Phase>>;

/**
 * When in a task honest runs use the tools that do more than look, by tool; what is used in every phase is left out.
 * A tool of few tasks is held to what no task did with any of them. Of twelve tasks one in which it was otherwise does
 * not count.
 */
export function usualPhases(
  runs: readonly LearnedRun[],
  tools: ReadonlyMap<string, UnderstoodTool>,
): ReadonlyMap<string, UsualPhase> {
  const acting = [...tools.values()].filter(({ isRead }) => !isRead);
  const found = new Map<string, PhasesByTask>(acting.map(({ name }) => [name, new Map()]));
  const together: PhasesByTask = new Map();
  for (const run of runs) {
    for (const [tool, phase] of phasesOf(run, (name) => found.has(name))) {
      note(found.get(tool) ?? new Map(), taskOf(run), phase);
      note(together, taskOf(run), phase);
    }
  }
  return new Map(
    [...found].flatMap(([tool, own]): [string, UsualPhase][] => {
      const isOfAll = own.size < phaseTasksMin;
      const byTask = isOfAll ? together : own;
      // That of all tools says less of one of them, so that more tasks have to bear it out.
      if (byTask.size < (isOfAll ? manyTasks : phaseTasksMin)) return [];
      const most = byTask.size < manyTasks ? 0 : 1;
      const usual = phases.filter((phase) => countOf(byTask, phase) > most);
      if (usual.length === phases.length) return [];
      const seen = [...byTask.values()];
      const otherwise = seen.filter((each) => [...each].some((phase) => !usual.includes(phase)));
      const counts = { tasks: byTask.size, otherwise: otherwise.length };
      return [[tool, { usual, ...counts, isOfAll }]];
    }),
  );
}

/** The phase of each call that does more than look. */
function phasesOf(
  { calls }: LearnedRun,
  isActing: (tool: string) => boolean,
): readonly (readonly [tool: string, phase: Phase])[] {
  let isDone = false;
  const changing = new Set<string>();
  return calls.flatMap(({ tool, error }) => {
    const byOthers = changing.size - Number(changing.has(tool));
    const phase = byOthers > 0 ? "acting" : isDone ? "looking" : "opening";
    if (error === undefined || error === null) {
      isDone = true;
      if (isActing(tool)) changing.add(tool);
    }
    return isActing(tool) ? [[tool, phase] as const] : [];
  });
}

function note(byTask: PhasesByTask, task: string, phase: Phase): void {
  byTask.set(task, (byTask.get(task) ?? new Set()).add(phase));
}

function countOf(byTask: PhasesByTask, phase: Phase): number {
  return [...byTask.values()].filter((seen) => seen.has(phase)).length;
}

/**
 * Asks when a tool is called in a phase in which no honest task called it. What the user's own words tell wholly needs
 * no look before. `event` is a change by another tool.
 */
export function usualPhaseRules(
  tool: UnderstoodTool,
  found: UsualPhase | undefined,
  event: string,
): readonly LearnedRule[] {
  if (found === undefined) return [];
  const unusual = phases.filter((phase) => !found.usual.includes(phase));
  const parts = unusual
    .map((phase) => conditionOf(phase, tool, event))
    .filter((condition) => condition !== never);
  if (parts.length === 0) return [];
  return [
    {
      id: "unusual-phase",
      effect: "step_up",
      when:
        parts.length === 1 ? (parts[0] ?? never) : parts.map((part) => `(${part})`).join(" || "),
      reason: "honest runs do this at another point of their task",
      support: phaseSupport(found),
    },
  ];
}

/** The words that say what bears a phase out. */
export function phaseSupport({ usual, tasks, otherwise, isOfAll }: UsualPhase): string {
  const whom = isOfAll ? "tools that do more than look were" : "this tool was";
  const but = otherwise === 0 ? "" : `, otherwise in ${otherwise} of them`;
  return `${whom} used ${phaseWords[usual.join(" ")] ?? "at no one point"} in ${counted(tasks, "task")}${but}`;
}

// All that phases can be usual together; what is used in each of them is not told of.
const phaseWords: Readonly<Record<string, string>> = {
  opening: "before anything else",
  looking: "after something else, and before another tool had changed anything",
  acting: "after another tool had changed something",
  "opening looking": "before another tool had changed anything",
  "opening acting": "before anything else, or after another tool had changed something",
  "looking acting": "after something else",
};

// What lifts the rule has to have succeeded; what triggers it need only have begun.
function conditionOf(phase: Phase, tool: UnderstoodTool, event: string): string {
  switch (phase) {
    case "opening": {
      const isWide =
        tool.arguments.filter(({ role }) => toldRoles.includes(role)).length > toldMost;
      if (isWide) return '!happened("work-done")';
      // A structure is not what a prompt tells, and would hide a text that it does not tell.
      const untold = anyOf(tool, toldRoles, (each) => {
        const isUntold = (text: string): string => `!no_worse(origin(dyn(${text})), "prompt_host")`;
        return `(type(${valueOf(each)}) == map || ${eachLong(each, isUntold)})`;
      });
      return untold === never ? never : `!happened("work-done") && (${untold})`;
    }
    case "looking":
      return 'happened("work-begun") && !happened("change-done")';
    case "acting":
      return `happened("${event}")`;
  }
}

/** What an agent has from somewhere; titles and contents it may write itself. */
const toldRoles: readonly ArgumentRole[] = [
  "party",
  "url",
  "object",
  "secret",
  "amount",
  "time",
  "other",
];

/** Arguments of these roles that are looked at: of more it would take too long. */
const toldMost = 12;

const events = [
  { name: "work-begun", at: "begin", labels: [] },
  { name: "work-done", at: "success", labels: [] },
  { name: "change-done", at: "success", labels: ["write"] },
] as const;

/** The Events that the conditions of all tools on phases share; those that are among the names that rules read. */
export function phaseEvents(server: string, read: ReadonlySet<string>): readonly JsonObject[] {
  return events
    .filter(({ name }) => read.has(name))
    .map(({ name, at, labels }) => {
      const labelled = labels.length === 0 ? {} : { labels: [...labels] };
      return eventDocument(name, { match: { tools: [`${server}.*`], ...labelled }, at });
    });
}

/** The Event of a change by another tool than this. */
export function changeEvent(
  name: string,
  { server, tool }: { readonly server: string; readonly tool: string },
): JsonObject {
  const match = { tools: [`${server}.*`], labels: ["write"] };
  const when = `tool.name != ${escapedJson(JSON.stringify(tool))}`;
  return eventDocument(name, { match, when, at: "begin" });
}

function eventDocument(name: string, spec: JsonObject): JsonObject {
  const shared = { apiVersion: "holdfast.dev/v1", kind: "Event", metadata: { name } };
  return { ...shared, spec: { ...spec, key: ["session.id"] } };
}
