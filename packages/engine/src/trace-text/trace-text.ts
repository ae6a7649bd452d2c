import type { DecisionTrace } from "@holdfast/model";
import { oneLine, visibleLine } from "../one-line.ts";
import { listedRule } from "./rule-lines.ts";
import type { ListedRule } from "./rule-lines.ts";

/** What is shown: `all` rules and parts, or what fits a screen of 40 lines. */
export interface TraceTextOptions {
  readonly all?: boolean;
}

const linesMax = 40;
const widthMax = 100;
const column = 14;

/**
 * A trace as text for the people who write policies: every stage, the rules found for the request
 * with the values their conditions read (those that decided first, then errors, then those that
 * hold, then those that came nearest), what was joined, and the decision. At most 40 lines of at most
 * 100 units, unless all is asked for; what is left out is counted.
 */
export function renderTrace(trace: DecisionTrace, { all = false }: TraceTextOptions = {}): string {
  const head = [...requestLines(trace), ...stageLines(trace)];
  const tail = [...nearestLines(trace), ...joinLines(trace), ...decisionLines(trace)];
  const rules = trace.rules
    .filter(({ verdict }) => all || verdict !== "skipped")
    .map((rule) => listedRule(rule, trace, { all }))
    .toSorted(byRank);
  const room = all ? Number.POSITIVE_INFINITY : linesMax - head.length - tail.length - 3;
  const body = fitting(rules, room);
  const lines = [...head, ...(body.length === 0 ? [] : ["", ...body]), "", ...tail];
  const width = all ? Number.POSITIVE_INFINITY : widthMax;
  return `${lines.map((one) => visibleLine(one, width)).join("\n")}\n`;
}

function byRank({ rank: a }: ListedRule, { rank: b }: ListedRule): number {
  for (const [index, own] of a.entries()) {
    const other = b[index] ?? 0;
    if (own !== other) return own - other;
  }
  return 0;
}

/** Whole rules as long as there is room, then how many of which kind there are besides. */
function fitting(rules: readonly ListedRule[], room: number): readonly string[] {
  const lines: string[] = [];
  const left = new Map<string, number>();
  let full = false;
  for (const { lines: own, word } of rules) {
    full ||= lines.length + own.length > room;
    if (full) left.set(word, (left.get(word) ?? 0) + 1);
    else lines.push(...own);
  }
  if (left.size === 0) return lines;
  const counted = [...left].map(([word, count]) => `${count} ${word}`);
  return [...lines, `  and besides: ${counted.join(", ")} (--all shows each)`];
}

function requestLines({ request }: DecisionTrace): readonly string[] {
  if (request === undefined) return [];
  const { agent, agentRoles, user, tool, labels, kind, phase, environment, delegation } = request;
  const from = delegation.length === 0 ? "" : ` delegated by ${delegation.join(", ")}`;
  const who = `${agent} [${agentRoles.join(", ")}]${user === null ? "" : ` for ${user}`}${from}`;
  const where = [kind, phase, ...(environment === undefined ? [] : [environment])].join(", ");
  return [row("request", `${who} calls ${tool} [${labels.join(", ")}] (${where})`)];
}

function stageLines({ stages }: DecisionTrace): readonly string[] {
  const reached = stages.filter(({ outcome }) => outcome !== "skipped");
  const missed = stages.filter(
    ({ outcome, detail }) => outcome === "skipped" && detail === "not reached",
  );
  return [
    ...reached.map(({ stage, outcome, detail }) =>
      row(stage, `${outcome === "refused" ? "NO" : "ok"}  ${oneLine(detail)}`),
    ),
    ...(missed.length === 0
      ? []
      : [row("not reached", missed.map(({ stage }) => stage).join(", "))]),
  ];
}

/** The nearest allow rule where it is not among those that were found. */
function nearestLines({ nearest, rules }: DecisionTrace): readonly string[] {
  if (nearest === undefined || rules.some(({ rule }) => rule === nearest.rule)) return [];
  const { rule, expression, file, line, column, found, needed } = nearest;
  const failed = `${oneLine(expression, 70)} (${file}:${line}:${column}): ${found}, needed ${needed}`;
  return [row("nearest allow", `${rule}, for other actions`), row("", failed)];
}

function joinLines({ joins }: DecisionTrace): readonly string[] {
  return joins.map(({ of, rules, result }) =>
    row(of === "retryAfterMs" ? "retry after" : of, `${result}  (${rules.join(", ")})`),
  );
}

function decisionLines({ decision, rulesTotal, request }: DecisionTrace): readonly string[] {
  const { effect, code, reason, rules, shadow, fallback } = decision;
  const none = code === "default_deny" && rulesTotal === 0 ? "; no rule is loaded" : "";
  const lines: string[] = [];
  if (rules.length > 0) lines.push(row("by", rules.join(", ")));
  if (fallback !== undefined) lines.push(row("fallback", fallback.tool));
  if (shadow !== undefined && request !== undefined) {
    const named = shadow.rules.length === 0 ? "" : ` by ${shadow.rules.join(", ")}`;
    const what = `${shadow.effect} (${shadow.code})${named}`;
    lines.push(row("shadow", `${what}: ${oneLine(shadow.reason)}`));
  }
  lines.push(row("decision", `${effect} (${code}): ${oneLine(reason)}${none}`));
  return lines;
}

function row(word: string, text: string): string {
  return `${word.padEnd(column)}${text}`.trimEnd();
}
