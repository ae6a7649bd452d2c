import type { UnderstoodTool } from "../tool/understood-tool.ts";
import { anyOf, valueOf } from "./condition-text.ts";
import type { LearnedRule } from "./learned-rule.ts";

/**
 * A text that some read as another number than others: below zero, whatever stands before the sign, with an exponent,
 * in another base.
 */
const odd =
  "^([A-Z]{3})?[^0-9A-Za-z]*[-(\u2212\uff0d]|[0-9.][eExX][-+]?[0-9a-fA-F]|^[^0-9]*0[bBoO][0-9]";

/** Asks about amounts that nobody would write: below nothing, or a text with an exponent. */
export function oddAmount(tool: UnderstoodTool): LearnedRule {
  return {
    id: "odd-amount",
    effect: "step_up",
    when: anyOf(tool, ["amount"], (argument) => {
      const value = valueOf(argument);
      const isOdd = `type(${value}) == string && string(${value}).matches(${JSON.stringify(odd)})`;
      return `(type(${value}) in [int, double] ? double(${value}) < 0.0 : ${isOdd})`;
    }),
    reason: "the amount is below nothing, or written as nobody writes one",
  };
}
