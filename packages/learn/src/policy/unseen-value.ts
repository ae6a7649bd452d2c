import { snakeName } from "../tool/snake-name.ts";
import { isId } from "../tool/understood-tool.ts";
import type { UnderstoodArgument, UnderstoodTool } from "../tool/understood-tool.ts";
import {
  anyOf,
  eachLong,
  isFamiliar,
  isWorse,
  leadingOut,
  leavesFolder,
  never,
  valueOf,
} from "./condition-text.ts";
import type { KnownPlaces } from "./known-place.ts";
import type { LearnedRule } from "./learned-rule.ts";

/** Arguments that say by a number or a name which of things that exist is meant; a path may be new. */
const things =
  /(?:^|_)(?:repo|repo_name|order|hotel|company|restaurant|product|item|event|issue|table|document)$/u;

/** What goes along in a URL: signs in code, words that are joined, or a long text behind its path. */
const laden = "[?#].*(%[0-9A-Fa-f]{2}|[+]|.{64})";

/**
 * The rules on values that nobody has told of: an agent that works for its user has what it names from somewhere.
 * Of texts of less than four characters nobody can tell where they are from (POLICY.md section 3).
 */
export function unseenValues(tool: UnderstoodTool, places: KnownPlaces): readonly LearnedRule[] {
  const rules = [climbingPath(tool), ladenUrl(tool, places)];
  if (!tool.isRead) {
    rules.push(unseenObject(tool, places), foundObject(tool), unseenName(tool, places));
  }
  return rules.filter(({ when }) => when !== undefined && when !== never);
}

function unseenObject(tool: UnderstoodTool, { values }: KnownPlaces): LearnedRule {
  const isMeant = (argument: UnderstoodArgument): boolean =>
    isId(argument) || (!tool.isCreation && things.test(snakeName(argument.name)));
  return {
    id: "unseen-object",
    effect: "step_up",
    when: anyOf(only(tool, isMeant), ["object"], (argument) =>
      eachLong(
        argument,
        (text) => `origin(dyn(${text})).tier == "nowhere"`,
        values.get(tool.name)?.get(argument.name),
      ),
    ),
    reason: "nobody has told of what this is done to",
  };
}

function foundObject(tool: UnderstoodTool): LearnedRule {
  return {
    id: "found-object",
    effect: "step_up",
    when: anyOf(only(tool, isId), ["object"], (argument) =>
      eachLong(argument, (text) => `!no_worse(origin(dyn(${text})), "field")`),
    ),
    reason: "the id of what this is done to was found in a text, or nowhere",
  };
}

/** Names, which lead nowhere by themselves; of addresses `unseen-party` asks. */
function unseenName(tool: UnderstoodTool, { values }: KnownPlaces): LearnedRule {
  return {
    id: "unseen-name",
    effect: "step_up",
    when: anyOf(tool, ["party"], (argument) =>
      eachLong(
        argument,
        (text) =>
          `!string(${text}).matches("${leadingOut}") && origin(dyn(${text})).tier == "nowhere"`,
        values.get(tool.name)?.get(argument.name),
      ),
    ),
    reason: "nobody has told of this name",
  };
}

function ladenUrl(tool: UnderstoodTool, places: KnownPlaces): LearnedRule {
  return {
    id: "laden-url",
    effect: "step_up",
    when: tool.isFetch
      ? anyOf(
          tool,
          ["url"],
          (each) =>
            `${isWorse(each, "field")} && (type(${valueOf(each)}) == string ? !${isFamiliar(each, places)} && string(${valueOf(each)}).matches("${laden}") : true)`,
        )
      : never,
    reason: "the URL was found in a text, or nowhere, and much goes along in it",
  };
}

/** Reads are asked about, too: what lies outside of a folder was never meant to be read. */
function climbingPath(tool: UnderstoodTool): LearnedRule {
  return {
    id: "climbing-path",
    effect: "step_up",
    when: anyOf(tool, ["object", "title", "url", "other"], (argument) => leavesFolder(argument)),
    reason: "the path leaves the folder that it begins in",
  };
}

function only(
  tool: UnderstoodTool,
  isWanted: (argument: UnderstoodArgument) => boolean,
): UnderstoodTool {
  return { ...tool, arguments: tool.arguments.filter(isWanted) };
}
