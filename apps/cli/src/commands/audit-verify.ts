import { existsSync } from "node:fs";
import { Command, Option } from "commander";
import { damageText, verifyLog } from "@holdfast/log";
import type { LogHead, VerifyReport } from "@holdfast/log";
import type { Json } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";
import type { Terminal } from "../terminal.ts";

interface VerifyCommandOptions {
  readonly data: string;
  readonly held?: string;
  readonly output: OutputFormat;
}

/** `holdfast audit verify`: answers for every byte of the log. */
export function auditVerifyCommand(context: CommandContext): Command {
  return new Command("verify")
    .description("check every byte of the log; exit 7 when it is not whole")
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .option("--held <size:root>", "a head you kept earlier: the log must contain it")
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: VerifyCommandOptions) => {
      if (!existsSync(`${options.data}/log.json`))
        throw badArguments(`there is no log in \`${options.data}\``);
      const held = options.held === undefined ? undefined : parseHead(options.held);
      const report = await verifyLog(options.data, held === undefined ? {} : { held });
      const terminal = context.terminal();
      if (options.output === "table") printReport(terminal, report);
      else terminal.data(renderData(reportData(report), options.output));
      context.exit(report.ok ? exitCode.ok : exitCode.logVerificationFailed);
    });
}

function parseHead(text: string): LogHead {
  const parts = /^(\d{1,15}):([0-9a-f]{64})$/u.exec(text);
  if (parts?.[1] === undefined || parts[2] === undefined) {
    throw badArguments(
      `\`${text}\` is not a head: write <size>:<64 hex digits>, as verify prints it`,
    );
  }
  return { size: Number(parts[1]), root: parts[2] };
}

function headText({ size, root }: LogHead): string {
  return `${size}:${root}`;
}

function printReport(terminal: Terminal, report: VerifyReport): void {
  const { green, red, yellow } = terminal.colors;
  const color = report.state === "intact" ? green : report.state === "torn" ? yellow : red;
  terminal.data(
    `${color(report.state)}  ${counted(report.head.size, "record")} in ${counted(report.segments, "segment")}, ${counted(report.groups, "group")}`,
  );
  terminal.data(`head      ${headText(report.head)}`);
  terminal.data(`covered   ${report.covered}`);
  terminal.data(`anchor    ${report.anchor}`);
  const { erased, missing } = report.payloads;
  if (erased + missing > 0) terminal.data(`payloads  ${erased} erased, ${missing} missing`);
  for (const problem of report.problems) terminal.data(red(`problem   ${damageText(problem)}`));
  if (report.more !== undefined) terminal.data(red(`problem   ${report.more} more`));
  if (report.state === "torn") {
    terminal.data(
      "An unfinished group at the end was never acknowledged; the next start cuts it off and records that.",
    );
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function reportData(report: VerifyReport): Json {
  return {
    state: report.state,
    ok: report.ok,
    head: { ...report.head },
    groups: report.groups,
    segments: report.segments,
    tail: report.tail,
    payloads: report.payloads,
    problems: report.problems.map((problem) => ({ ...problem })),
    covered: report.covered,
    anchor: report.anchor,
    ...(report.more === undefined ? {} : { more: report.more }),
  };
}

const examples = `
Examples:
  holdfast audit verify --data .holdfast
  holdfast audit verify --data .holdfast --held 120:9f2c...   (a head printed and kept earlier)

Keep a head somewhere the log's machine cannot write: it shows any later change or cut below it.
`;
