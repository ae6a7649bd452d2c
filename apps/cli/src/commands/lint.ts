import { Command, Option } from "commander";
import { fixPolicySet, lintPolicySet } from "@holdfast/engine";
import type { Finding, FindingLevel, LintResult, PolicyFileText } from "@holdfast/engine";
import { readPolicyFolder } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { replaceChanged } from "../file-replacement.ts";
import { findingData, findingsData, findingsOf, reaches } from "../finding/finding-data.ts";
import { githubAnnotation } from "../finding/finding-github.ts";
import { sarifLog } from "../finding/finding-sarif.ts";
import { printFindings, summaryOf } from "../finding/finding-table.ts";
import { outputFormats, renderData } from "../output-format.ts";
import { policyFolderOf, withPolicyFolder } from "../policy-option.ts";
import type { Terminal } from "../terminal.ts";

const formats = [...outputFormats, "github", "sarif"] as const;

interface LintOptions {
  readonly output: (typeof formats)[number];
  readonly level: FindingLevel;
  readonly fix?: boolean;
  readonly unknown?: boolean;
  readonly policy?: string;
}

/** `holdfast lint`: what the compiler and the analysis have to say of a policy folder. */
export function lintCommand(context: CommandContext): Command {
  const command = new Command("lint").description(
    "find what a policy set does not do, does in vain, or does by accident",
  );
  return withPolicyFolder(command)
    .addOption(
      new Option("-o, --output <format>", "how to print").choices([...formats]).default("table"),
    )
    .addOption(
      new Option("-l, --level <level>", "exit with 10 when there is a finding this bad or worse")
        .choices(["error", "warning", "note"])
        .default("warning"),
    )
    .option("--fix", "mend what can be mended without changing any decision")
    .option("--unknown", "list every question that could not be decided")
    .addHelpText("after", examples)
    .action((folder: string | undefined, options: LintOptions) =>
      lint(policyFolderOf(folder, options), options, context),
    );
}

function lint(folder: string, options: LintOptions, context: CommandContext): void {
  const terminal = context.terminal();
  const root = folder.replaceAll("\\", "/").replace(/(?<=.)\/+$/u, "");
  let files: readonly PolicyFileText[] = readPolicyFolder(folder);
  // A check that looked at nothing must not look like one that found nothing.
  if (files.length === 0) throw badArguments(`there is no policy file in \`${folder}\``);
  const fixed: string[] = [];
  if (options.fix === true) {
    const outcome = fixPolicySet(files, { root });
    if (outcome.refused !== undefined) terminal.words(`nothing was mended: ${outcome.refused}`);
    replaceChanged(files, outcome.files);
    files = outcome.files;
    for (const { finding, title } of outcome.applied) {
      const { file, start } = finding.span;
      fixed.push(title);
      terminal.words(`mended ${file}:${start.line} ${finding.code}: ${title}`);
    }
  }
  const result = lintPolicySet(files, { root });
  print(result, { options, files, fixed }, context);
  context.exit(exitOf(result, options.level));
}

function exitOf(result: LintResult, level: FindingLevel): number {
  if (!result.ok) return exitCode.policyDoesNotCompile;
  return result.findings.some((finding) => reaches(finding.level, level))
    ? exitCode.findings
    : exitCode.ok;
}

interface Printing {
  readonly options: LintOptions;
  readonly files: readonly PolicyFileText[];
  readonly fixed: readonly string[];
}

function print(
  result: LintResult,
  { options, files, fixed }: Printing,
  context: CommandContext,
): void {
  const terminal = context.terminal();
  const findings = findingsOf(result);
  const shown = findings.filter(({ level }) => level !== "unknown" || options.unknown === true);
  switch (options.output) {
    case "table":
      printFindings(shown, { terminal, width: widthOf(context), sources: sourcesOf(files) });
      if (findings.length === 0) terminal.data(nothing(result, terminal));
      else terminal.data(summaryOf(findings, options.unknown === true));
      break;
    case "json":
    case "yaml":
      terminal.data(renderData(findingsData(result, fixed), options.output));
      break;
    case "jsonl":
      for (const finding of findings) terminal.data(renderData(findingData(finding), "jsonl"));
      break;
    case "github":
      for (const finding of shown) terminal.data(githubAnnotation(finding));
      break;
    case "sarif":
      terminal.data(renderData(sarifLog(shown), "json"));
      break;
  }
  if (options.output !== "table") tellRest(result, findings, terminal);
}

/** Words for whoever watches a run whose data goes into a file. */
function tellRest(result: LintResult, findings: readonly Finding[], terminal: Terminal): void {
  if (!result.ok) terminal.words("the policies do not compile");
  const [counts = ""] = summaryOf(findings, true).split("\n");
  const open = findings.filter(({ level }) => level === "unknown").length;
  terminal.words(open === 0 ? counts : `${counts}, ${open} undecided`);
}

function nothing(result: LintResult, { colors }: Terminal): string {
  const rules = result.ok
    ? result.bundle.policies.reduce((sum, policy) => sum + policy.rules.length, 0)
    : 0;
  return colors.green(`nothing found in ${rules} ${rules === 1 ? "rule" : "rules"}`);
}

function sourcesOf(files: readonly PolicyFileText[]): ReadonlyMap<string, string> {
  return new Map(files.map(({ path, text }) => [path, text]));
}

/** As wide as the terminal, and readable in a file. */
function widthOf({ host }: CommandContext): number {
  const columns = "columns" in host.stdout ? host.stdout.columns : undefined;
  return typeof columns === "number" && columns >= 60 ? Math.min(columns, 120) : 100;
}

const examples = `
Examples:
  holdfast lint policies
  holdfast lint policies --fix                 take away what no decision depends on
  holdfast lint policies --level note          in CI, when nothing at all shall be found
  holdfast lint policies -o sarif > lint.sarif
  holdfast lint policies -o github             annotations in a workflow of GitHub Actions
  holdfast explain wildcard_allow              what a code means, with an example and its mend

To keep what was found, say why, on the line or above the rule:
  # holdfast: allow wildcard_allow because this agent tests every tool of the lab

Exits with 10 when there is a finding of --level or worse, 3 when the policies do not compile.
What could not be decided is counted and never fails a run.
`;
