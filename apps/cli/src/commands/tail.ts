import { setTimeout as pause } from "node:timers/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { LogTail } from "@holdfast/log";
import type { TailEntry } from "@holdfast/log";
import { counted, decodeRecord, printable } from "@holdfast/model";
import type { LogRecord } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { needLog } from "../log-option.ts";

interface TailOptions {
  readonly data: string;
  readonly follow?: boolean;
  readonly lines: number;
  readonly output: "table" | "jsonl";
}

/** How often a log is asked for more. */
const pollMs = 100;

/** `holdfast tail`: the newest records, and those to come. */
export function tailCommand(context: CommandContext): Command {
  return new Command("tail")
    .description("show the newest records, and with -f those to come, whoever writes the log")
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .option("-f, --follow", "go on until interrupted")
    .option("-n, --lines <count>", "begin with so many records", readCount, 10)
    .addOption(
      new Option("-o, --output <format>", "how to print; jsonl: each record as it is in the log")
        .choices(["table", "jsonl"])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: TailOptions) => {
      const { data, lines } = options;
      needLog(data);
      const terminal = context.terminal();
      const print = (entry: TailEntry): void =>
        terminal.data(options.output === "jsonl" ? jsonLine(entry) : textLine(entry));
      const tail = await LogTail.open(data, { from: Math.max(0, (await sizeOf(data)) - lines) });
      try {
        for (;;) {
          const entries = await tail.next();
          if (entries !== undefined) for (const entry of entries) print(entry);
          else if (options.follow === true && context.host.stdout.writable) await pause(pollMs);
          else return;
        }
      } finally {
        await tail.close();
      }
    });
}

async function sizeOf(data: string): Promise<number> {
  const tail = await LogTail.open(data, { from: Number.MAX_SAFE_INTEGER });
  try {
    await tail.next();
    return tail.size;
  } finally {
    await tail.close();
  }
}

function jsonLine({ index, body }: TailEntry): string {
  return `{"sequence":${index},"record":${new TextDecoder().decode(body)}}`;
}

function textLine({ index, body }: TailEntry): string {
  const record = decodeRecord(body);
  const time = new Date(record.time).toISOString();
  return printable([time, `#${index}`, record.kind, ...wordsOf(record)].join("  "));
}

function wordsOf(record: LogRecord): readonly string[] {
  switch (record.kind) {
    case "decision": {
      const { agent, tool, effect, code, rules } = record;
      const decided = [effect, ...(rules.length === 0 ? [code] : rules)].join(" ");
      return [agent.id, `${tool.server}.${tool.name}`, decided];
    }
    case "outcome": {
      const { decision, status, durationMs, effect, rules } = record;
      const shown = effect === "allow" ? [] : [`result ${[effect, ...rules].join(" ")}`];
      return [`of #${decision}`, `${status} in ${durationMs.toFixed(1)} ms`, ...shown];
    }
    case "ambiguous":
      return [`of #${record.decision}`, `found at ${record.found}`];
    case "policy":
      return [record.refused === undefined ? record.bundle : `refused ${record.refused.code}`];
    case "registry":
      return [`${record.tool.server}.${record.tool.name}`, record.change];
    case "observation":
      return [record.session.id, record.seen, ...record.labels];
    case "restriction":
      return [record.agent, record.kinds.join(" ")];
    case "release":
      return [record.id];
    case "session":
      return [record.agent, record.id];
    case "recovery":
      return [`${record.truncatedBytes} bytes cut`];
    case "pruned":
      return [`before #${record.minimum}`];
    case "hold":
      return [record.name, record.change];
    case "erasure":
      return [`by ${record.by}`, `${counted(record.erased.length, "run")} of records`];
    case "key":
      return [];
  }
}

function readCount(text: string): number {
  if (!/^\d{1,7}$/u.test(text)) throw new InvalidArgumentError("write a whole number");
  return Number(text);
}

const examples = `
Examples:
  holdfast tail -f --data .holdfast
  holdfast tail -n 100 -o jsonl | jq .record.effect
`;
