import { counted } from "@holdfast/model";
import { Command, InvalidArgumentError, Option } from "commander";
import type { ExportFormat, ExportSink } from "@holdfast/runtime/export";
import type { CommandContext } from "../command-context.ts";
import { badArguments } from "../failure.ts";
import { needLog, sayPruned } from "../log-option.ts";
import { progressLine } from "../progress.ts";
import { version } from "../version.ts";

interface ExportCommandOptions {
  readonly data: string;
  readonly format: ExportFormat;
  readonly to: string;
  readonly cursorFile?: string;
  readonly payloads?: boolean;
  readonly header?: readonly string[];
  readonly retries: number;
}

const firstWaitMs = 500;

/** `holdfast audit export`: sends the records on to where others look. */
export function auditExportCommand(context: CommandContext): Command {
  return new Command("export")
    .description(
      "write the records as JSON lines, CSV or OpenTelemetry spans, from where it ended last",
    )
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .addOption(
      new Option(
        "-f, --format <format>",
        "jsonl: all records; csv: decisions and ends; otel: a span for each action",
      )
        .choices(["jsonl", "csv", "otel"])
        .default("jsonl"),
    )
    .option(
      "--to <file|url>",
      "file to add to, http(s) URL to post to, or - for standard output",
      "-",
    )
    .option("--cursor-file <file>", "keep here how far it came, and go on from there")
    .option("--payloads", "with arguments, results, reasons and users, where they are not erased")
    .option(
      "--header <name: value...>",
      "of each request; `$NAME` as the value is read from the environment",
    )
    .option("--retries <count>", "ask a receiver that is away so often again", readCount, 8)
    .addHelpText("after", examples)
    .action(async (options: ExportCommandOptions) => {
      needLog(options.data);
      await sayPruned(context, options.data);
      const { exportLog } = await import("@holdfast/runtime/export");
      const { data, format, payloads = false, cursorFile } = options;
      const report = await exportLog(data, (formatter) => sinkOf(context, options, formatter), {
        format,
        version,
        payloads,
        progress: progressLine(context, "records exported"),
        ...(cursorFile === undefined ? {} : { cursor: cursorFile }),
      });
      context
        .terminal()
        .words(
          `${counted(report.records, "record")} exported; the next is record ${report.position}`,
        );
    });
}

async function sinkOf(
  context: CommandContext,
  { to, header = [], retries }: ExportCommandOptions,
  { contentType, opening }: { readonly contentType: string; readonly opening: string },
): Promise<ExportSink> {
  if (to === "-") return outputSink(context, opening);
  const { fileSink, httpSink } = await import("@holdfast/runtime/export");
  if (!/^[a-z][a-z0-9+.-]*:\/\//iu.test(to)) return fileSink(to, opening);
  const url = URL.canParse(to) ? new URL(to) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw badArguments(`cannot post to \`${to}\`; write an http or https URL`);
  }
  const headers = Object.fromEntries(header.map((text) => readHeader(text, context.host.env)));
  return httpSink(to, contentType, { headers, retry: { retries, firstWaitMs } });
}

function outputSink({ host }: CommandContext, opening: string): ExportSink {
  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      host.stdout.write(text, (error) => (error ? reject(error) : resolve()));
    });
  let opened = opening === "" ? Promise.resolve() : write(opening);
  return {
    write: (text) => (opened = opened.then(() => write(text))),
    close: () => opened,
  };
}

/** Secrets stay out of the command line, where every process of the machine can read them. */
function readHeader(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): readonly [string, string] {
  const [, name, value] = /^([A-Za-z0-9-]+):\s*(.+)$/u.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw badArguments(`\`${text}\` is no header; write \`Name: value\``);
  }
  if (!value.startsWith("$")) return [name, value];
  const secret = env[value.slice(1)];
  if (secret === undefined) throw badArguments(`\`${value}\` is not set in the environment`);
  return [name, secret];
}

function readCount(text: string): number {
  if (!/^\d{1,4}$/u.test(text)) throw new InvalidArgumentError("write a whole number");
  return Number(text);
}

const examples = `
Examples:
  holdfast audit export --format csv --to decisions.csv --cursor-file decisions.cursor
  holdfast audit export --format otel --to http://localhost:4318/v1/traces --cursor-file otel.cursor
  holdfast audit export --to https://siem.example/ingest --header 'Authorization: $SIEM_TOKEN'

Each run goes on where the cursor file says; what a receiver took without its answer arriving is sent
again. Spans have the same identifiers each time.
`;
