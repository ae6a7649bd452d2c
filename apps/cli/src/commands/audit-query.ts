import { Command, InvalidArgumentError, Option } from "commander";
import { LogDamagedError } from "@holdfast/log";
import { effects, reasonCodes } from "@holdfast/model";
import type { Effect, Json, ReasonCode } from "@holdfast/model";
import { queryLog } from "@holdfast/runtime";
import type { QueryFilter, QueryMeans, QueryRow } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { needLog, sayPruned } from "../log-option.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";
import { withLogIndex } from "../log-index.ts";
import { renderTable } from "../table.ts";
import { readTime } from "../time-option.ts";

interface QueryOptions {
  readonly data: string;
  readonly agent?: string;
  readonly tool?: string;
  readonly user?: string;
  readonly effect?: Effect;
  readonly code?: ReasonCode;
  readonly rule?: string;
  readonly session?: string;
  readonly text?: string;
  readonly payloadText?: string;
  readonly since?: number;
  readonly until?: number;
  readonly limit: number;
  readonly cursor?: number;
  readonly index: boolean;
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
    .option("-u, --user <id>", "for this user; found in the payloads, where they are not erased")
    .option("-t, --tool <name>", "of this tool: `server.name` or `server.*`")
    .addOption(new Option("--effect <effect>", "with this effect").choices([...effects]))
    .addOption(new Option("--code <code>", "with this reason code").choices([...reasonCodes]))
    .option("--rule <policy/rule>", "decided by this rule")
    .option("--session <id>", "of this session or session root")
    .option(
      "--since <time>",
      "from this time on: RFC 3339, or a span back from now such as 15m, 24h, 7d",
      readTime,
    )
    .option("--until <time>", "before this time", readTime)
    .option(
      "--text <words>",
      "with these words in the record: agents, tools, rules, codes and the like",
    )
    .option(
      "--payload-text <words>",
      "with these words in arguments, results or reasons, where they are not erased",
    )
    .option("-n, --limit <count>", "at most this many", readCount, 50)
    .option("--cursor <#>", "go on behind this decision, the last that was listed", readSequence)
    .option("--oldest-first", "oldest first")
    .option("--no-index", "read the whole log instead of the index")
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
      needLog(options.data);
      await sayPruned(context, options.data);
      const terminal = context.terminal();
      const { rows, damage } = await withLogIndex(context, options, (means) =>
        foundRows(options, means, (row) => {
          if (options.output === "jsonl") terminal.data(renderData(rowData(row), "jsonl"));
        }),
      );
      if (options.output === "table") terminal.data(tableOf(rows));
      else if (options.output !== "jsonl")
        terminal.data(renderData(rows.map(rowData), options.output));
      if (damage !== undefined) throw damage;
      const last = rows.at(-1);
      if (last !== undefined && rows.length === options.limit)
        terminal.words(`there may be more: --cursor ${last.sequence}`);
    });
}

/** What is found, and the damage at which a log could not be read on: what lies before it is shown all the same. */
async function foundRows(
  options: QueryOptions,
  means: QueryMeans,
  note: (row: QueryRow) => void,
): Promise<{ readonly rows: readonly QueryRow[]; readonly damage?: LogDamagedError }> {
  const rows: QueryRow[] = [];
  try {
    for await (const row of queryLog(options.data, filterOf(options), means)) {
      note(row);
      rows.push(row);
    }
  } catch (error) {
    if (error instanceof LogDamagedError) return { rows, damage: error };
    throw error;
  }
  return { rows };
}

function filterOf(options: QueryOptions): QueryFilter {
  const { agent, user, tool, effect, code, rule, session, text, payloadText, cursor } = options;
  const { since: sinceMs, until: untilMs } = options;
  const given = { agent, user, tool, effect, code, rule, session, text, payloadText, cursor };
  return {
    ...withoutUndefined({ ...given, sinceMs, untilMs }),
    limit: options.limit,
    newestFirst: options.oldestFirst !== true,
    payloads: options.payloads === true,
  };
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Present<T> {
  const present = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(present) as Present<T>;
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

function readSequence(text: string): number {
  const sequence = Number(text);
  if (!/^\d{1,15}$/u.test(text)) throw new InvalidArgumentError("write the number of a decision");
  return sequence;
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
  holdfast audit query --data .holdfast --agent writer --text "secret deny" --limit 20 --cursor 4711
  holdfast audit query --data .holdfast --session 3f... --oldest-first --payloads -o json
`;
