import { existsSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { effects } from "@holdfast/model";
import type { Effect, Json } from "@holdfast/model";
import { queryLog } from "@holdfast/runtime";
import type { QueryFilter, QueryRow } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { badArguments } from "../failure.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";
import { renderTable } from "../table.ts";
import { readTime } from "../time-option.ts";

interface QueryOptions {
  readonly data: string;
  readonly agent?: string;
  readonly tool?: string;
  readonly effect?: Effect;
  readonly rule?: string;
  readonly session?: string;
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
  readonly oldestFirst?: boolean;
  readonly payloads?: boolean;
  readonly output: OutputFormat;
}

/** `holdfast audit query`: decisions of the log, each with what became of it. */
export function auditQueryCommand(context: CommandContext): Command {
  return new Command("query")
    .description("list decisions of the log, each with its outcome; newest first")
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .option("-a, --agent <id>", "of this agent")
    .option("-t, --tool <name>", "of this tool: `server.name` or `server.*`")
    .addOption(new Option("--effect <effect>", "with this effect").choices([...effects]))
    .option("--rule <policy/rule>", "decided by this rule")
    .option("--session <id>", "of this session or session root")
    .option(
      "--since <time>",
      "from this time on: RFC 3339, or a span back from now such as 15m, 24h, 7d",
      readTime,
    )
    .option("--until <time>", "before this time", readTime)
    .option("-n, --limit <count>", "at most this many", readCount, 50)
    .option("--oldest-first", "oldest first")
    .option(
      "--payloads",
      "with arguments and reasons, where they are not erased (json, jsonl, yaml)",
    )
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: QueryOptions) => {
      if (!existsSync(`${options.data}/log.json`))
        throw badArguments(`there is no log in \`${options.data}\``);
      const rows: QueryRow[] = [];
      for await (const row of queryLog(options.data, filterOf(options))) {
        if (options.output === "jsonl") context.terminal().data(renderData(rowData(row), "jsonl"));
        else rows.push(row);
      }
      if (options.output === "table") context.terminal().data(tableOf(rows));
      else if (options.output !== "jsonl")
        context.terminal().data(renderData(rows.map(rowData), options.output));
    });
}

function filterOf(options: QueryOptions): QueryFilter {
  const { agent, tool, effect, rule, session, since, until } = options;
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(tool === undefined ? {} : { tool }),
    ...(effect === undefined ? {} : { effect }),
    ...(rule === undefined ? {} : { rule }),
    ...(session === undefined ? {} : { session }),
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(until === undefined ? {} : { untilMs: until }),
    limit: options.limit,
    newestFirst: options.oldestFirst !== true,
    payloads: options.payloads === true,
  };
}

function tableOf(rows: readonly QueryRow[]): string {
  if (rows.length === 0) return "no decision matches";
  return renderTable(
    ["#", "time", "agent", "tool", "effect", "code", "rules", "outcome", "ms"],
    rows.map((row) => [
      String(row.sequence),
      new Date(row.decision.time).toISOString(),
      row.decision.agent.id,
      `${row.decision.tool.server}.${row.decision.tool.name}`,
      row.decision.effect,
      row.decision.code,
      row.decision.rules.join(" "),
      outcomeOf(row),
      row.outcome === undefined ? "" : row.outcome.durationMs.toFixed(1),
    ]),
  );
}

function outcomeOf({ ambiguous, decision, outcome }: QueryRow): string {
  if (outcome !== undefined) {
    const shown = outcome.effect === "allow" ? "" : `, result ${outcome.effect}`;
    return `${outcome.status}${shown}`;
  }
  if (ambiguous !== undefined) return `ambiguous (${ambiguous})`;
  return decision.granted ? "open" : "refused";
}

function rowData(row: QueryRow): Json {
  return structuredClone(row) as unknown as Json;
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new InvalidArgumentError("write a whole number from 1");
  return count;
}

const examples = `
Examples:
  holdfast audit query --data .holdfast --effect deny --since 24h
  holdfast audit query --data .holdfast --tool files.write_file -o jsonl
  holdfast audit query --data .holdfast --session 3f... --oldest-first --payloads -o json
`;
