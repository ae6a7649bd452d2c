import { Command, Option } from "commander";
import { canonicalJson, printable } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { executionGraph, sessionTrail } from "@holdfast/runtime";
import type { ActionNode, SessionNode, TrailEvent } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { badArguments } from "../failure.ts";
import { needLog, sayPruned } from "../log-option.ts";
import { withLogIndex } from "../log-index.ts";
import { renderData } from "../output-format.ts";
import { renderTable } from "../table.ts";

interface SessionOptions {
  readonly data: string;
  readonly index: boolean;
  readonly payloads?: boolean;
  readonly output: "table" | "json" | "jsonl";
}

/** Longer texts of payloads are cut in a table. */
const shownUnits = 100;

/** `holdfast audit session`: what happened in a session, and what led to what. */
export function auditSessionCommand(context: CommandContext): Command {
  return new Command("session")
    .description("tell what happened in a session or below a session root, and what led to what")
    .argument("<id>", "session id or session root")
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .option("--payloads", "with prompts, arguments and results, where they are not erased")
    .option("--no-index", "read the whole log instead of the index")
    .addOption(
      new Option("-o, --output <format>", "how to print; jsonl: one line for each event")
        .choices(["table", "json", "jsonl"])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (id: string, options: SessionOptions) => {
      needLog(options.data);
      await sayPruned(context, options.data);
      const payloads = options.payloads === true;
      const events = await withLogIndex(context, options, (means) =>
        sessionTrail(options.data, id, { ...means, payloads }),
      );
      if (events.length === 0) throw badArguments(`no record of session \`${id}\``);
      const terminal = context.terminal();
      const graph = executionGraph(events);
      if (options.output === "json") terminal.data(renderData(jsonOf({ events, graph }), "json"));
      else if (options.output === "jsonl") {
        for (const event of events) terminal.data(renderData(jsonOf(event), "jsonl"));
      } else terminal.data(`${timelineOf(events)}\n\n${graph.flatMap(sessionLines).join("\n")}`);
    });
}

function timelineOf(events: readonly TrailEvent[]): string {
  return renderTable(
    ["#", "time", "what", "of", "decided", "said"],
    events.map((event) => [
      String(event.sequence),
      new Date(event.timeMs).toISOString(),
      ...eventCells(event),
    ]),
  );
}

/** What happened, to what, how it was decided, and what was said. */
function eventCells(event: TrailEvent): readonly [string, string, string, string] {
  switch (event.kind) {
    case "session":
      return ["session", `${event.agent} ${event.session}`, "", cut(event.task)];
    case "observation":
      return [event.seen, event.labels.join(" "), "", cut(event.text)];
    case "decision":
      return ["action", event.tool + taintText(event), decidedText(event), cut(event.args)];
    case "outcome":
      return [
        event.status,
        `#${event.decision}${taintText(event)}`,
        decidedText(event),
        cut(event.result),
      ];
    case "ambiguous":
      return ["ambiguous", `#${event.decision}`, "", `found at ${event.found}`];
  }
}

/** Labels of what the session had seen, or of the result that it came to see. */
function taintText({ taints = [] }: { readonly taints?: readonly string[] }): string {
  return taints.length === 0 ? "" : ` [${taints.join(" ")}]`;
}

function sessionLines({ session, agent, actions, sessions }: SessionNode): string[] {
  const who = agent === undefined ? "" : ` ${printable(agent)}`;
  const below = [...actions.map(actionLines), ...sessions.map(sessionLines)];
  return [`session ${printable(session)}${who}`, ...branches(below)];
}

function actionLines({ decision, end, children }: ActionNode): string[] {
  const { sequence, tool, delegation = [], agent } = decision;
  const chain = delegation.length === 0 ? "" : `  for ${[...delegation, agent].join(" > ")}`;
  const line = `#${sequence} ${tool}  ${decidedText(decision)}${endText(decision.granted, end)}${chain}`;
  return [printable(line), ...branches(children.map(actionLines))];
}

function endText(granted: boolean, end: ActionNode["end"]): string {
  if (end === undefined) return granted ? ", open" : "";
  if (end.kind === "ambiguous") return `, ambiguous (${end.found})`;
  const shown = end.effect === "allow" ? "" : `, result ${decidedText(end)}`;
  return `, ${end.status} in ${end.durationMs.toFixed(1)} ms${shown}`;
}

/** Each part under the one above it, drawn as a tree. */
function branches(parts: readonly (readonly string[])[]): string[] {
  return parts.flatMap((lines, place) => {
    const isLast = place === parts.length - 1;
    return lines.map((line, row) => {
      if (row === 0) return `${isLast ? "└─" : "├─"} ${line}`;
      return `${isLast ? "  " : "│ "} ${line}`;
    });
  });
}

function decidedText({
  effect,
  rules,
}: {
  readonly effect: string;
  readonly rules: readonly string[];
}) {
  return [effect, ...rules].join(" ");
}

function cut(value: Json | undefined): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : canonicalJson(value);
  return text.length <= shownUnits ? text : `${text.slice(0, shownUnits)}…`;
}

function jsonOf(value: object): Json {
  return structuredClone(value) as unknown as Json;
}

const examples = `
Examples:
  holdfast audit session session-3f... --data .holdfast
  holdfast audit session session-3f... --payloads -o json
`;
