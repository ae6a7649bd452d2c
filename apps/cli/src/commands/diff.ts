import { Command, Option } from "commander";
import { comparePolicies } from "@holdfast/engine";
import { changeData, changeMarkdown, changeTable, isWidening } from "../change-report.ts";
import type { ChangeReport } from "../change-report.ts";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { renderData } from "../output-format.ts";
import { loadPolicies } from "../policies.ts";
import { recordedChanges } from "../replay/recorded-change.ts";
import type { Terminal } from "../terminal.ts";
import { readTime } from "../time-option.ts";

const formats = ["table", "json", "markdown"] as const;

interface DiffOptions {
  readonly data?: string;
  readonly since?: number;
  readonly failOnWidening?: boolean;
  readonly output: (typeof formats)[number];
}

/** How often progress is told, in places. */
const progressEvery = 25;

/** `holdfast diff`: what a change of policies allows, denies and asks for otherwise. */
export function diffCommand(context: CommandContext): Command {
  return new Command("diff")
    .description("say what a change of policies does, each with a request that shows it")
    .argument("<old>", "policy folder as it was")
    .argument("<new>", "policy folder as it is to be")
    .option("-d, --data <dir>", "also decide the actions of this log under both")
    .option("--since <time>", "of the log from this time on: RFC 3339, or 15m, 24h, 7d", readTime)
    .option("--fail-on-widening", "exit with 10 when anything is less narrow, or unknown")
    .addOption(
      new Option("-o, --output <format>", "how to print").choices([...formats]).default("table"),
    )
    .addHelpText("after", examples)
    .action(async (oldFolder: string, newFolder: string, options: DiffOptions) => {
      const terminal = context.terminal();
      if (options.since !== undefined && options.data === undefined) {
        throw badArguments("`--since` says which part of a log; name it with `--data`");
      }
      const old = loadPolicies(oldFolder, terminal);
      const now = loadPolicies(newFolder, terminal);
      const change = comparePolicies(old, now, { progress: progressOf(context, terminal) });
      const recorded =
        options.data === undefined
          ? undefined
          : await recordedChanges(old, now, { ...options, data: options.data });
      const report: ChangeReport = { change, ...(recorded === undefined ? {} : { recorded }) };
      print(terminal, report, options.output);
      const findings = options.failOnWidening === true && isWidening(report);
      context.exit(findings ? exitCode.findings : exitCode.ok);
    });
}

function print(terminal: Terminal, report: ChangeReport, output: DiffOptions["output"]): void {
  switch (output) {
    case "table":
      return terminal.data(changeTable(report, terminal.colors));
    case "json":
      return terminal.data(renderData(changeData(report), "json"));
    case "markdown":
      return terminal.data(changeMarkdown(report));
  }
}

function progressOf(
  { host }: CommandContext,
  terminal: Terminal,
): (done: number, of: number) => void {
  if (host.stderr.isTTY !== true) return () => undefined;
  return (done, of) => {
    if (done % progressEvery === 0 && of > progressEvery) terminal.words(`${done} of ${of} tools`);
  };
}

const examples = `
Examples:
  holdfast diff policies-main policies
  holdfast diff policies-main policies --fail-on-widening -o markdown > comment.md
  holdfast diff policies-main policies --data .holdfast --since 24h

What is listed was decided otherwise by the engine, on the request that is shown. What could not be
proven either way is listed as unknown. With --fail-on-widening exits with 10 when anything is newly
allowed, less narrow, changed in a way that is neither, or unknown.
`;
