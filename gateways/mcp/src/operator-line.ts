import type { Decision } from "@holdfast/model";
import type { Permit } from "@holdfast/runtime";

/** One decision, for the operator's eyes. Holds no argument, result or condition. */
export interface DecisionReport {
  readonly phase: "call" | "result";
  /** `server.tool` */
  readonly tool: string;
  readonly decision: Decision;
  readonly explanation: Permit["explanation"];
  /** deciding and recording, together */
  readonly latencyMs: number;
  /** index of the record; undefined when nothing could be recorded */
  readonly record: number | undefined;
}

/**
 * `deny fs.write_file code=default_deny rule=fs/read at=policies/fs.yaml:9:9 latency=1.2ms
 * record=4`: one line, whatever names it holds. On a default deny the rule is the nearest
 * allow, and marked so; `at` is absent unless the guard explains its decisions.
 */
export function decisionLine(report: DecisionReport): string {
  const { decision, explanation, latencyMs, phase, record, tool } = report;
  const { nearest } = explanation ?? {};
  const determining = explanation?.determining ?? [];
  const words: string[] = [phase === "result" ? `result:${decision.effect}` : decision.effect];
  words.push(printable(tool), `code=${decision.code}`);
  if (determining.length > 0) {
    for (const { rule, file, line, column } of determining) {
      words.push(`rule=${rule}`, `at=${file}:${line}:${column}`);
    }
  } else if (decision.rules.length > 0) {
    words.push(...decision.rules.map((rule) => `rule=${rule}`));
  } else if (nearest !== undefined) {
    const { rule, file, line, column } = nearest;
    words.push(`nearest=${rule}`, `at=${file}:${line}:${column}`);
  }
  if (decision.shadow !== undefined) {
    words.push(
      `shadow=${decision.shadow.effect}`,
      ...decision.shadow.rules.map((rule) => `shadow-rule=${rule}`),
    );
  }
  words.push(`latency=${latencyMs.toFixed(1)}ms`);
  if (record !== undefined) words.push(`record=${record}`);
  return words.join(" ");
}

/** Names come from agents and servers: nothing in them may start a line or move the cursor. */
export function printable(name: string): string {
  const plain = name.replace(/[^\x21-\x7e]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
  return plain.length > 160 ? `${plain.slice(0, 160)}...` : plain;
}
