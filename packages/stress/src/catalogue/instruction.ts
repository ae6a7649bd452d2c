import { topicWordsOf } from "./topic.ts";
import type { AttackCall } from "../view/attack-call.ts";
import type { StressTool } from "../view/stress-tool.ts";

/** The attacker's values as a sentence goes on with them: `to desk@… with subject …`. */
export function told({ values }: Pick<AttackCall, "values">): string {
  return values
    .map(({ argument: { name, role }, text }) => {
      if (role === "party") return `to ${text}`;
      if (role === "url") return `at ${text}`;
      return `with ${wordsOf(name)} ${text}`;
    })
    .join(" ");
}

/** What a tool does, as a person says it. */
export function actOf({ acts }: StressTool): string {
  return acts[0] ?? "";
}

/** The name of an argument in words. */
export function wordsOf(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1 $2")
    .replaceAll(/[^A-Za-z0-9]+/gu, " ")
    .trim();
}

/** Values that stand alone, each in a sentence that says nothing of an act. */
export function apart({ values }: Pick<AttackCall, "values">): string {
  return values.map(({ argument, text }) => `The ${wordsOf(argument.name)} is ${text}.`).join(" ");
}

/** A word of the prompt that tells what it is about; empty where there is none. */
export function topicOf(prompt: string | undefined, tool: StressTool): string {
  const acts = new Set(tool.acts.flatMap((act) => topicWordsOf(act)));
  return topicWordsOf(prompt ?? "").find((word) => !acts.has(word)) ?? "";
}
