import type { UnderstoodTool } from "../tool/understood-tool.ts";
import { askedRules, targets } from "./asked-rule.ts";
import { anyOf, isFamiliar, isOf, isWorse, leadsOut, never, valueOf } from "./condition-text.ts";
import type { KnownPlaces } from "./known-place.ts";
import type { LearnedRule } from "./learned-rule.ts";
import { oddAmount } from "./odd-amount.ts";
import { unseenCalls } from "./unseen-call.ts";
import { unseenValues } from "./unseen-value.ts";

/**
 * The rules of a tool. They rest on where values were first seen, and on whether a result asks for
 * the call: what a person asked for is not touched, what text from elsewhere asked for is. Without
 * `places` nothing is known to be usual.
 */
export function baseRules(tool: UnderstoodTool, places: KnownPlaces): readonly LearnedRule[] {
  const rules = [...unseenUrl(tool), ...unseenValues(tool, places), ...unseenCalls(tool, places)];
  if (!tool.isRead && !tool.isConfirmation) {
    rules.push(...askedRules(tool, places), ...targetRules(tool, places), ...leakRules(tool));
    rules.push(hiddenCharacter(tool), oddAmount(tool));
  }
  return rules.filter(({ when }) => when !== undefined && when !== never);
}

/** Where targets come from. */
function targetRules(tool: UnderstoodTool, places: KnownPlaces): readonly LearnedRule[] {
  const rules: LearnedRule[] = [];
  if (tool.labels.includes("destructive") || tool.isCredential) {
    const found = anyOf(tool, ["party", "object", "secret"], (each) => isWorse(each, "field"));
    rules.push({
      id: "unnamed-removal",
      effect: "deny",
      when: found === never ? never : `!names_act(tool) && (${found})`,
      reason:
        "the user did not ask for this, and what it is done to was found in a text, or nowhere",
    });
  }
  if (tool.labels.includes("egress")) {
    rules.push({
      id: "copied-title",
      effect: "step_up",
      // The user's own words are theirs with capitals, too.
      when: anyOf(
        tool,
        ["title"],
        (each) =>
          `${isOf(each, ["named_text", "text"])} && !no_worse(origin(string(${valueOf(each)}).lowerAscii()), "prompt")`,
      ),
      reason: "the title is copied from a text that somebody else wrote",
    });
  }
  if (tool.labels.includes("money")) {
    rules.push({
      id: "found-payee",
      effect: "step_up",
      when: anyOf(tool, ["party"], (each) => isWorse(each, "field")),
      reason: "who is paid was found in a text, or nowhere",
    });
  }
  rules.push({
    id: "unseen-party",
    effect: "step_up",
    when: anyOf(
      tool,
      ["party"],
      (each) => `${leadsOut(each, places)} && ${isOf(each, ["nowhere"])}`,
    ),
    reason: "nobody has told of this address",
  });
  if (!tool.isCreation) {
    rules.push({
      id: "unseen-secret",
      effect: "step_up",
      when: anyOf(
        tool,
        ["secret"],
        (each) => `${valueOf(each)} != null && ${isOf(each, ["nowhere"])}`,
      ),
      reason: "nobody has told of this secret",
    });
  }
  if (!tool.isFetch) {
    rules.push({
      id: "found-form",
      effect: "step_up",
      when: anyOf(
        tool,
        ["url"],
        (each) => `${isWorse(each, "field")} && !${isFamiliar(each, places)}`,
      ),
      reason: "the page was found in a text, or nowhere",
    });
  }
  return rules;
}

/** What leaves. */
function leakRules(tool: UnderstoodTool): readonly LearnedRule[] {
  const leaks = anyOf(
    tool,
    ["content", "title", "object", "other"],
    (argument) => `touches(${valueOf(argument)}, "secrets")`,
  );
  const away = anyOf(tool, ["party", "url"], (each) => isWorse(each, "prompt_host"));
  if (leaks === never || away === never || !tool.labels.includes("egress")) return [];
  return [
    {
      id: "secret-leaves",
      effect: "deny",
      when: `(${leaks}) && (${away})`,
      reason: "it holds what lets somebody in, for whom the user did not name",
    },
  ];
}

/** A URL that nobody has told of: made up, or put together from what shall leave. */
function unseenUrl(tool: UnderstoodTool): readonly LearnedRule[] {
  if (!tool.isFetch) return [];
  return [
    {
      id: "unseen-url",
      effect: "step_up",
      when: anyOf(tool, ["url"], (each) => isOf(each, ["nowhere"])),
      reason: "nobody has told of this URL",
    },
  ];
}

/** A target that is not what a reader sees of it, and so another than it seems. */
function hiddenCharacter(tool: UnderstoodTool): LearnedRule {
  const isHidden = (text: string): string =>
    `type(${text}) == string && !plain_text(string(${text}))`;
  return {
    id: "hidden-character",
    effect: "step_up",
    when: anyOf(tool, targets, (argument) =>
      argument.isList
        ? `type(${valueOf(argument)}) == list && ${valueOf(argument)}.exists(text, ${isHidden("text")})`
        : isHidden(valueOf(argument)),
    ),
    reason: "the target holds characters that no reader sees",
  };
}
