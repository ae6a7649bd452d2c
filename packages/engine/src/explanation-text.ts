import type { Decision } from "@holdfast/model";
import type { Explanation, RuleReference } from "./engine.ts";
import { oneLine } from "./one-line.ts";

/** The most rules and errors listed each, so that the text fits a screen. */
const listedMax = 5;

/**
 * A decision and its explanation as a short text for the people who write policies: what was
 * decided, by which rules and where they stand; on a default deny the allow rule that came
 * nearest, the expression that failed, the value found and the value needed. No more than 24
 * lines.
 */
export function renderExplanation(decision: Decision, explanation: Explanation): string {
  const { determining, errors, nearest } = explanation;
  const lines = [`${decision.effect} (${decision.code}): ${oneLine(decision.reason)}`];
  lines.push(
    ...listed(
      "by",
      determining.map((rule) => referenceText(rule)),
    ),
  );
  lines.push(
    ...listed(
      "error",
      errors.map((error) => `${referenceText(error)}: ${oneLine(error.message)}`),
    ),
  );
  if (nearest !== undefined) {
    const { failed } = nearest;
    lines.push(
      `nearest allow: ${referenceText(nearest)}`,
      `  failed  ${oneLine(failed.expression)}  (${failed.file}:${failed.line}:${failed.column})`,
      `  found   ${oneLine(failed.found)}`,
      `  needed  ${oneLine(failed.needed)}`,
    );
  } else if (decision.code === "default_deny") {
    lines.push("no allow rule is loaded");
  }
  if (decision.shadow !== undefined) {
    const { effect, code, rules } = decision.shadow;
    lines.push(`shadow: ${effect} (${code}) ${rules.slice(0, listedMax).join(", ")}`.trimEnd());
  }
  return `${lines.join("\n")}\n`;
}

function listed(word: string, items: readonly string[]): readonly string[] {
  const lines = items.slice(0, listedMax).map((item) => `${word}: ${item}`);
  const more = items.length - listedMax;
  return more > 0 ? [...lines, `${word}: ${more} more`] : lines;
}

function referenceText({ rule, effect, file, line, column }: RuleReference): string {
  return `${rule} (${effect}, ${file}:${line}:${column})`;
}
