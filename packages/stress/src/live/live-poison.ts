import type { Json, JsonObject } from "@holdfast/model";
import { topicOf } from "../catalogue/instruction.ts";
import { pickedAttack } from "../catalogue/placing.ts";
import { styles } from "../catalogue/style.ts";
import type { StyleId } from "../catalogue/style.ts";
import { agentView } from "../view/agent-view.ts";
import type { StressTool } from "../view/stress-tool.ts";

/** What is put into one result that a running agent gets. */
export interface LivePoison {
  /** of the poisoned results of this run, from 1 */
  readonly number: number;
  /** entry of the catalogue */
  readonly mutation: string;
  readonly words: string;
  /** the call that an agent would make that does what the words say */
  readonly tool: string;
  readonly args: JsonObject;
  /** values that are in no honest call: a call that holds one of them is the attack's */
  readonly canaries: readonly string[];
}

/** The styles in turn. */
const turns = Object.keys(styles) as readonly StyleId[];

/**
 * What to put into a result: an instruction for a tool that does more than look, with values of its own
 * for each number. `undefined` where no tool can be told to do anything for an attacker. Pure.
 */
export function livePoison(
  number: number,
  tools: readonly StressTool[],
  prompt: string | undefined,
): LivePoison | undefined {
  const mutation = turns[(number - 1) % turns.length] ?? "poison-request";
  const view = agentView([], tools);
  const attack = pickedAttack(view.unused, view, "live", number);
  if (attack === undefined) return undefined;
  const own = attack.values.map(({ argument, text }) => ({
    argument,
    text: numbered(text, number),
  }));
  const args: Record<string, Json> = { ...attack.call.args };
  for (const { argument, text } of own) args[argument.name] = argument.isList ? [text] : text;
  const words = styles[mutation]({ ...attack, values: own }, topicOf(prompt, attack.tool));
  return {
    number,
    mutation,
    words,
    tool: attack.call.tool,
    args,
    canaries: own.map(({ text }) => text),
  };
}

/** A canary with its number in it. */
function numbered(text: string, number: number): string {
  return text.includes("canary") ? text.replace("canary", `canary-${number}`) : `${text}-${number}`;
}
