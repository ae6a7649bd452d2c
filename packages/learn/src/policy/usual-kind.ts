import { counted, escapedJson } from "@holdfast/model";
import type { ArgumentUse } from "../run/argument-use.ts";
import { tasksMin } from "../run/learned-run.ts";
import type { UnderstoodArgument, UnderstoodTool } from "../tool/understood-tool.ts";
import { isGiven, valueOf } from "./condition-text.ts";
import type { LearnedRule } from "./learned-rule.ts";

/** Tasks with a tool that no definition describes before its arguments are taken for all that it has. */
const namesTasksMin = 5;

/**
 * Asks when an argument is another kind of value than two tasks gave, or than the definition of a tool that acts tells
 * where runs tell nothing: a structure for a text, or one value for a list. A number for a text of digits is a slip
 * that tools bear. Of secrets nothing is said.
 */
export function usualKinds(
  tool: UnderstoodTool,
  uses: ReadonlyMap<string, ArgumentUse> | undefined,
): readonly LearnedRule[] {
  const found: string[] = [];
  const words: string[] = [];
  for (const argument of tool.arguments) {
    const use = uses?.get(argument.name);
    const seen = seenKind(argument, use);
    const kind = seen ?? (tool.isRead ? undefined : toldKind(argument, use));
    if (kind === undefined) continue;
    const value = valueOf(argument);
    const kinds = kind === "list" ? "[list, string]" : "[string, int, double, bool]";
    found.push(`(${isGiven(argument)} && ${value} != null && !(type(${value}) in ${kinds}))`);
    const support =
      seen === undefined ? "as it is defined" : `in ${counted(use?.tasks.size ?? 0, "task")}`;
    words.push(`\`${argument.name}\` a ${kind} ${support}`);
  }
  if (found.length === 0) return [];
  return [
    {
      id: "unusual-kind",
      effect: "step_up",
      when: found.join(" || "),
      reason: "an argument is another kind of value than in honest runs",
      support: words.join("; "),
    },
  ];
}

/** The kind that two tasks and all gave. */
function seenKind({ role }: UnderstoodArgument, use: ArgumentUse | undefined): string | undefined {
  const [kind, ...others] = use?.kinds ?? [];
  if (use === undefined || others.length > 0 || use.tasks.size < tasksMin) return undefined;
  return kind === "object" || role === "secret" ? undefined : kind;
}

/** The kind that a definition tells, where no two tasks gave another: one alone may be a slip or a lie. */
function toldKind(
  { isPlain, role }: UnderstoodArgument,
  use: ArgumentUse | undefined,
): string | undefined {
  if (role === "secret" || !isPlain) return undefined;
  const isShown = use !== undefined && use.tasks.size >= tasksMin;
  const isOther = isShown && (use.kinds.has("list") || use.kinds.has("object"));
  return isOther ? undefined : "single value";
}

/**
 * Asks when a tool that acts, which no definition describes, is given an argument that no two tasks gave. With a
 * definition there is no need: others than it tells of are refused.
 */
export function knownNames(
  tool: UnderstoodTool,
  uses: ReadonlyMap<string, ArgumentUse> | undefined,
  tasks: number,
): readonly LearnedRule[] {
  if (tool.isRead || tasks < namesTasksMin) return [];
  const names = [...(uses ?? [])]
    .filter(([name, use]) => use.tasks.size >= tasksMin && !/\p{Cs}/u.test(name))
    .map(([name]) => escapedJson(JSON.stringify(name)))
    .sort();
  return [
    {
      id: "unknown-argument",
      effect: "step_up",
      when: names.length === 0 ? "args != {}" : `!args.all(name, name in [${names.join(", ")}])`,
      reason: "the call has an argument that honest runs do not give",
      support: `${counted(names.length, "argument")} in ${counted(tasks, "task")}`,
    },
  ];
}
