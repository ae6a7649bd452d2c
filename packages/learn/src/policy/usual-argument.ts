import type { ArgumentUse, ValueKind } from "../run/argument-use.ts";
import { narrowest, textForms } from "../run/text-form.ts";
import type { TextForm } from "../run/text-form.ts";
import { counted, escapedJson } from "@holdfast/model";
import type { ArgumentRole } from "../tool/argument-role.ts";
import type { UnderstoodArgument, UnderstoodTool } from "../tool/understood-tool.ts";
import { isGiven, isWorse, valueOf } from "./condition-text.ts";
import { lengthHeadroom, roundHeadroom } from "./headroom.ts";
import { isKeptBack } from "./kept-back.ts";
import type { LearnedRule } from "./learned-rule.ts";

/** Tasks that gave an argument before anything is taken for usual. */
const usualTasksMin = 5;

/** Texts that an argument chooses among, at most. */
const choicesMax = 12;

/** Arguments that hold what somebody writes: their form says nothing. */
const free: ReadonlySet<ArgumentRole> = new Set(["content", "title"]);

/** Arguments that say whom or what, whose texts hold signs as names do. */
const naming: ReadonlySet<ArgumentRole> = new Set(["party", "object"]);

/** One way in which an argument could be unlike what it was, and what it was. */
interface Unlike {
  readonly when: string;
  /** how it always was, in words */
  readonly usual: string;
}

/**
 * The rules that ask a person when an argument is unlike all that honest runs gave, with room to grow: numbers
 * four times as great and the next round number, texts four times as long and the next power of two. Only
 * for arguments of five tasks and more; a choice only when each text of it but one was given in two tasks, so that
 * little speaks for a text that was not seen.
 */
export function usualArguments(
  tool: UnderstoodTool,
  uses: ReadonlyMap<string, ArgumentUse> | undefined,
): readonly LearnedRule[] {
  const found: Record<"number" | "form" | "size" | "choice", string[]> = {
    number: [],
    form: [],
    size: [],
    choice: [],
  };
  const words: typeof found = { number: [], form: [], size: [], choice: [] };
  for (const argument of tool.arguments) {
    const use = uses?.get(argument.name);
    // A secret has whatever form whoever made it up gave it.
    if (use === undefined || use.tasks.size < usualTasksMin || argument.role === "secret") continue;
    const unlike = { number: number(argument, use), ...texts(argument, use, tool.isRead) };
    for (const [kind, each] of Object.entries(unlike) as [
      keyof typeof found,
      Unlike | undefined,
    ][]) {
      if (each === undefined) continue;
      found[kind].push(`(${isGiven(argument)} && ${valueOf(argument)} != null && ${each.when})`);
      words[kind].push(
        `\`${argument.name}\` ${each.usual} in ${counted(use.calls, "call")} of ${counted(use.tasks.size, "task")}`,
      );
    }
  }
  const rule = (kind: keyof typeof found, reason: string): readonly LearnedRule[] =>
    found[kind].length === 0
      ? []
      : [
          {
            id: `unusual-${kind}`,
            effect: "step_up",
            when: found[kind].join(" || "),
            reason,
            support: words[kind].join("; "),
          },
        ];
  return [
    ...rule("number", "an argument is not a number as honest runs give it"),
    ...rule("form", "an argument is not written as honest runs write it"),
    ...rule("size", "an argument is far longer than in honest runs"),
    ...rule(
      "choice",
      "an argument is none of what honest runs choose, and the user did not say it",
    ),
  ];
}

function number(argument: UnderstoodArgument, use: ArgumentUse): Unlike | undefined {
  if (!areAll(use, "number")) return undefined;
  const value = valueOf(argument);
  const [least, greatest] = [
    use.least < 0 ? -roundHeadroom(-use.least) : 0,
    roundHeadroom(Math.max(0, use.greatest)),
  ];
  return {
    when: `!(type(${value}) in [int, double] && double(${value}) >= ${decimal(least)} && double(${value}) <= ${decimal(greatest)})`,
    usual: use.least === use.greatest ? String(use.least) : `from ${use.least} to ${use.greatest}`,
  };
}

function texts(
  argument: UnderstoodArgument,
  use: ArgumentUse,
  isRead: boolean,
): { readonly form?: Unlike; readonly size?: Unlike; readonly choice?: Unlike } {
  const isText = areAll(use, "text");
  const isList = areAll(use, "list");
  if (!isText && !isList) return {};
  const value = valueOf(argument);
  const units = lengthHeadroom(Math.max(16, use.longestUnits));
  const elements = lengthHeadroom(Math.max(2, use.longestList));
  const isLong = (text: string): string =>
    `type(${text}) == string && size(string(${text})) > ${units}`;
  const size: Unlike = isText
    ? { when: isLong(value), usual: `up to ${counted(use.longestUnits, "character")}` }
    : {
        when: `(type(${value}) == list ? size(${value}) > ${elements} || ${value}.exists(each, ${isLong("each")}) : ${isLong(value)})`,
        usual: `up to ${counted(use.longestList, "element")} of up to ${counted(use.longestUnits, "character")}`,
      };
  if (!isText) return { size };
  const form = free.has(argument.role) ? undefined : formOf(argument, use, isRead);
  // Whom and what a call is about is as many as there are; what is neither may be a mode or a kind.
  const choice = argument.role === "other" ? choiceOf(argument, use) : undefined;
  return {
    size,
    ...(form === undefined ? {} : { form }),
    ...(choice === undefined ? {} : { choice }),
  };
}

function formOf(
  argument: UnderstoodArgument,
  use: ArgumentUse,
  isRead: boolean,
): Unlike | undefined {
  const name = narrowest(use.forms);
  if (name === undefined) return undefined;
  const value = valueOf(argument);
  const isOf = (expression: string): string =>
    `type(${value}) == string && string(${value}).matches(${JSON.stringify(expression)})`;
  const isUnlike = `!(${isOf(textForms[name])})`;
  const usual = `of the form ${name}`;
  if (!wide.has(name)) return { when: isUnlike, usual };
  // What one looks for may have other characters, and so may what is no name.
  const isFree = name !== "path" && (isRead || !naming.has(argument.role));
  return isFree ? undefined : { when: isUnlike, usual };
}

/** Forms that nearly any text has. */
const wide: ReadonlySet<TextForm> = new Set(["path", "label", "ascii"]);

/** What an argument chooses among: few texts, at most one of which a single task brought. */
function choiceOf(argument: UnderstoodArgument, { texts: seen }: ArgumentUse): Unlike | undefined {
  const chosen = [...(seen ?? [])].filter(([, tasks]) => tasks.size >= 2).map(([text]) => text);
  if (seen === undefined || chosen.length === 0 || chosen.length > choicesMax) return undefined;
  // One that a single task gave says nothing; more of them say that any may come.
  if (seen.size > chosen.length + 1) return undefined;
  // Of a short text nobody can tell whether the user said it (POLICY.md section 3).
  if (chosen.some((text) => text.length < 4) || isKeptBack(argument.name, seen.keys())) {
    return undefined;
  }
  const value = valueOf(argument);
  const list = chosen.sort().map((each) => escapedJson(JSON.stringify(each)));
  return {
    when: `!(${value} in [${list.join(", ")}]) && ${isWorse(argument, "prompt")}`,
    usual: `one of ${chosen.length}`,
  };
}

function areAll({ kinds }: ArgumentUse, kind: ValueKind): boolean {
  return kinds.size === 1 && kinds.has(kind);
}

/** A number as CEL writes one with a fraction. */
function decimal(value: number): string {
  const text = String(value);
  return /[.e]/u.test(text) ? text : `${text}.0`;
}
