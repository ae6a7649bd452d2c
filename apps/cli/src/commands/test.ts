import { Command, InvalidArgumentError, Option } from "commander";
import { createEngine, runPolicyTests } from "@holdfast/engine";
import type { LoadedPolicies } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { emptyDisk, factReaderFor } from "../fact-reader.ts";
import { badArguments, CommandFailure, describeFailure } from "../failure.ts";
import { outputFormats, renderData } from "../output-format.ts";
import { loadPolicySource } from "../policies.ts";
import { policyFolderOf, withPolicyFolder } from "../policy-option.ts";
import { githubAnnotations } from "../policy-test/case-github.ts";
import { printCases } from "../policy-test/case-table.ts";
import { printCoverage, printUncovered } from "../policy-test/coverage-table.ts";
import { junitReport } from "../policy-test/junit.ts";
import { reportData, reportOf } from "../policy-test/test-report.ts";
import type { TestReport } from "../policy-test/test-report.ts";
import { suggestTests } from "../policy-test/suggest.ts";
import { updateTests } from "../policy-test/update.ts";
import { watchFolder } from "../policy-test/watch.ts";

const formats = [...outputFormats, "junit", "github"] as const;

interface TestOptions {
  readonly policy: string;
  readonly output: (typeof formats)[number];
  readonly filter?: string;
  readonly coverage?: boolean;
  readonly coverageMin?: number;
  readonly update?: boolean;
  readonly watch?: boolean;
  readonly suggest?: string | true;
}

/** As they are written; the folder may be the argument. */
type WrittenOptions = Omit<TestOptions, "policy"> & { readonly policy?: string };

/** `holdfast test`: runs the PolicyTest documents of a policy folder. */
export function testCommand(context: CommandContext): Command {
  const command = new Command("test").description(
    "run the PolicyTest documents of a policy folder",
  );
  return withPolicyFolder(command)
    .option(
      "-f, --filter <text>",
      "only cases whose `test/name`, or a rule of theirs, contains this",
    )
    .option("-c, --coverage", "show each rule, and each outcome of a condition that no case shows")
    .option("--coverage-min <percent>", "exit with 4 below this coverage", percentOf)
    .option("-u, --update", "write what was decided into the expectations of failing cases")
    .option(
      "--suggest [file]",
      "make cases for what no case shows: print them, or write a new file",
    )
    .option("-w, --watch", "run again whenever policy files change")
    .addOption(
      new Option("-o, --output <format>", "how to print").choices([...formats]).default("table"),
    )
    .addHelpText("after", examples)
    .action(async (folder: string | undefined, written: WrittenOptions) => {
      const options: TestOptions = { ...written, policy: policyFolderOf(folder, written) };
      if (options.suggest !== undefined) {
        if (options.watch === true || options.update === true) {
          throw badArguments("`--suggest` stands alone: it runs no case and changes none");
        }
        const terminal = context.terminal();
        suggestTests(loadPolicySource(options.policy, terminal), options.suggest, terminal);
        return;
      }
      if (options.watch !== true) {
        context.exit(await runOnce(options, context));
        return;
      }
      if (options.update === true) {
        throw badArguments("`--watch` and `--update` exclude each other: an update is read first");
      }
      context.exit(await runWatching(options, context));
    });
}

function percentOf(text: string): number {
  const percent = Number(text);
  if (text.trim() !== "" && percent >= 0 && percent <= 100) return percent;
  throw new InvalidArgumentError("it is a number from 0 to 100.");
}

/** Runs all cases once and says how to exit. */
async function runOnce(options: TestOptions, context: CommandContext): Promise<number> {
  const terminal = context.terminal();
  let loaded = loadPolicySource(options.policy, terminal);
  // What a test says must not depend on whose disk it runs on: it states what links lead to.
  const factReader = await factReaderFor(loaded.bundle, emptyDisk);
  if (options.update === true) {
    updateTests(loaded, { filter: options.filter, factReader }, terminal);
    loaded = loadPolicySource(options.policy, terminal);
  }
  const report = reportOf(
    runPolicyTests(createEngine(loaded.bundle), { factReader }),
    options.filter,
  );
  if (report.run.results.length === 0) throw nothingTested(options.policy);
  if (report.chosen.length === 0) throw badArguments(`no case matches \`${options.filter ?? ""}\``);
  print(report, loaded, options, context);
  const low = report.coverage.percent < (options.coverageMin ?? 0);
  if (low) {
    const { percent } = report.coverage;
    terminal.words(`coverage is ${percent} %, and ${options.coverageMin ?? 0} % is asked for`);
  }
  const failed = low || report.chosen.some(({ passed }) => !passed);
  return failed ? exitCode.policyTestsFailed : exitCode.ok;
}

/** Runs until it is interrupted, and exits as the last run would. */
async function runWatching(options: TestOptions, context: CommandContext): Promise<number> {
  const { host } = context;
  const terminal = context.terminal();
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  let code: number = exitCode.ok;
  const run = async (): Promise<void> => {
    if (host.stdout.isTTY === true) host.stdout.write(clearScreen);
    try {
      code = await runOnce(options, context);
    } catch (error) {
      // A file may be half written, or half thought out: the next change is waited for all the same.
      const failure = describeFailure(error);
      terminal.words(failure.message);
      code = failure.exitCode;
    }
    terminal.words(`watching \`${options.policy}\`; Ctrl+C ends`);
  };
  try {
    await watchFolder({ folder: options.policy, run, signal: ending.signal });
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
  }
  return code;
}

/** Screen and what was scrolled away, then home. */
const clearScreen = "\u001B[2J\u001B[3J\u001B[H";

/** A gate that tests nothing must not look like one that passed. */
function nothingTested(policy: string): CommandFailure {
  return new CommandFailure(
    `there is no case of a PolicyTest in \`${policy}\`, so nothing was tested; add a document of kind PolicyTest`,
    exitCode.policyTestsFailed,
  );
}

function print(
  report: TestReport,
  { files }: LoadedPolicies,
  { output, coverage }: TestOptions,
  context: CommandContext,
): void {
  const terminal = context.terminal();
  switch (output) {
    case "table":
      printCases(report, terminal);
      if (coverage === true) {
        printCoverage(report, new Map(files.map(({ path, text }) => [path, text])), terminal);
      } else printUncovered(report, terminal);
      break;
    case "json":
    case "jsonl":
    case "yaml":
      terminal.data(renderData(reportData(report), output));
      break;
    case "junit":
      terminal.data(junitReport(report));
      break;
    case "github":
      for (const line of githubAnnotations(report, coverage === true)) terminal.data(line);
      break;
  }
}

const examples = `
Examples:
  holdfast test policies
  holdfast test policies --filter refunds/grant    what is about one rule
  holdfast test policies --watch                   while you write
  holdfast test policies --coverage                what no case shows, and where
  holdfast test policies --coverage-min 90         a gate for CI
  holdfast test policies --suggest                 cases for what is not covered
  holdfast test policies --update                  expect what is decided now; read the diff
  holdfast test policies -o junit > junit.xml

Exits with 4 when a case fails, when coverage is too low, or when there is no case.
`;
