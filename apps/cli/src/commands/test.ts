import { Command, Option } from "commander";
import { createEngine, runPolicyTests } from "@holdfast/engine";
import type { PolicyTestResult, PolicyTestRun } from "@holdfast/engine";
import type { Json } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments, CommandFailure } from "../failure.ts";
import { outputFormats, renderData } from "../output-format.ts";
import type { OutputFormat } from "../output-format.ts";
import { loadPolicies } from "../policies.ts";
import type { Terminal } from "../terminal.ts";

interface TestOptions {
  readonly policy: string;
  readonly output: OutputFormat;
  readonly filter?: string;
}

/** `holdfast test`: runs the PolicyTest documents of a policy folder. */
export function testCommand(context: CommandContext): Command {
  return new Command("test")
    .description("run the PolicyTest documents of a policy folder")
    .requiredOption("-p, --policy <dir>", "policy folder")
    .option("-f, --filter <text>", "only cases whose `test/name` contains this text")
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices([...outputFormats])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action((options: TestOptions) => {
      const terminal = context.terminal();
      const engine = createEngine(loadPolicies(options.policy, terminal));
      const { coverage, results } = runPolicyTests(engine);
      if (results.length === 0) {
        throw nothingTested(options.policy);
      }
      const chosen = results.filter(({ test, name }) =>
        `${test}/${name}`.includes(options.filter ?? ""),
      );
      if (options.filter !== undefined && chosen.length === 0) {
        throw badArguments(`no case matches \`${options.filter}\``);
      }
      if (options.output === "table") printTable(terminal, { coverage, results: chosen });
      else
        terminal.data(
          renderData(
            { cases: chosen.map(caseData), coverage: coverage.map(coverageData) },
            options.output,
          ),
        );
      const failed = chosen.some(({ passed }) => !passed);
      context.exit(failed ? exitCode.policyTestsFailed : exitCode.ok);
    });
}

/** A gate that tests nothing must not look like one that passed. */
function nothingTested(policy: string): CommandFailure {
  return new CommandFailure(
    `there is no case of a PolicyTest in \`${policy}\`, so nothing was tested; add a document of kind PolicyTest`,
    exitCode.policyTestsFailed,
  );
}

function printTable(terminal: Terminal, { coverage, results }: PolicyTestRun): void {
  const { green, red, dim } = terminal.colors;
  for (const result of results) {
    const verdict = result.passed ? green("pass") : red("FAIL");
    terminal.data(`${verdict}  ${result.test}: ${result.name}`);
    if (result.passed) continue;
    const { file, start } = result.source;
    terminal.data(`      ${file}:${start.line}:${start.column}`);
    for (const mismatch of result.mismatches) terminal.data(`      ${mismatchText(mismatch)}`);
    for (const line of (result.explanation ?? "").trimEnd().split("\n"))
      terminal.data(dim(`      ${line}`));
  }
  const failed = results.filter(({ passed }) => !passed).length;
  const uncovered = coverage.filter(({ cases }) => cases === 0);
  terminal.data(`\n${results.length - failed} passed, ${failed} failed`);
  terminal.data(
    `${coverage.length - uncovered.length} of ${coverage.length} rules held in some case`,
  );
  for (const { rule, source } of uncovered) {
    terminal.data(dim(`  never held: ${rule} (${source.file}:${source.start.line})`));
  }
}

function mismatchText({ field, expected, found }: PolicyTestResult["mismatches"][number]): string {
  return `${field}: expected ${expected}, found ${found}`;
}

function caseData({ test, name, passed, mismatches, source }: PolicyTestResult): Json {
  return {
    test,
    name,
    passed,
    file: source.file,
    line: source.start.line,
    mismatches: mismatches.map((mismatch) => mismatchText(mismatch)),
  };
}

function coverageData({ rule, effect, cases, source }: PolicyTestRun["coverage"][number]): Json {
  return { rule, effect, cases, file: source.file, line: source.start.line };
}

const examples = `
Examples:
  holdfast test --policy policies
  holdfast test --policy policies --filter refunds -o json

Exits with 4 when a case fails, or when there is none.
`;
