import { Command, Option } from "commander";
import { driftOf } from "@holdfast/learn";
import type { AgentDrift, AgentIdentity, Change } from "@holdfast/learn";
import { copyJson, counted, printable } from "@holdfast/model";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { readBaselineFile } from "../learn/baseline-file.ts";
import { readSource } from "../learn/run-source.ts";
import { renderData } from "../output-format.ts";
import { renderTable } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { readTime } from "../time-option.ts";

interface DriftOptions {
  readonly baseline: string;
  readonly data: string;
  readonly since?: number;
  readonly runs?: readonly string[];
  readonly traces?: readonly string[];
  readonly agent?: string;
  readonly toolServer?: string;
  readonly output: "table" | "json";
}

/** `holdfast drift`: what agents do that they did not do when their baseline was learned. */
export function driftCommand(context: CommandContext): Command {
  return new Command("drift")
    .description(
      "say what agents do otherwise than when their baseline was learned, and since when",
    )
    .requiredOption("--baseline <file>", "the baseline, as `holdfast learn` wrote it")
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .option("--since <time>", "of the log: runs from this time on: RFC 3339, or 24h, 7d", readTime)
    .option("--runs <file...>", "compare runs instead: JSON lines, or .gz of them")
    .option("--traces <file...>", "compare OpenTelemetry GenAI spans instead")
    .option("--agent <id>", "only this agent; of runs that do not say: who acts")
    .option("--tool-server <name>", "of runs and traces that do not say: the server of the tools")
    .addOption(
      new Option("-o, --output <format>", "how to print")
        .choices(["table", "json"])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: DriftOptions) => drift(context, options));
}

async function drift(context: CommandContext, options: DriftOptions): Promise<void> {
  const terminal = context.terminal();
  const baseline = readBaselineFile(options.baseline);
  const { agent, runs, traces } = options;
  const fromLog = runs === undefined && traces === undefined;
  const sourced = await readSource(context, { ...options, ...(fromLog ? { fromLog } : {}) });
  const agents = driftOf(baseline, sourced).filter(
    (each) => agent === undefined || each.agent === agent,
  );
  if (agents.length === 0) throw badArguments(`no run is by agent \`${agent ?? ""}\``);
  const drifts = agents.some((each) => each.drifts);
  const begun = agents.filter(({ comparison }) => comparison === "new_version");
  if (options.output === "json") {
    const told = { drifts, newComparisons: begun.length, agents };
    terminal.data(renderData(copyJson(told), "json"));
  } else terminal.data(agents.map((each) => textOf(each, terminal.colors)).join("\n\n"));
  if (begun.length > 0) terminal.words(`not judged: ${printable(unjudgedText(begun))}`);
  context.exit(drifts ? exitCode.findings : exitCode.ok);
}

/** Which agents no exit code speaks of, as they are others than the baseline knows. */
function unjudgedText(begun: readonly AgentDrift[]): string {
  const names = begun.map((each) => `${nameOf(each)}, beside ${nameOf(each.against ?? each)}`);
  return `${names.join("; ")}; the baseline is of another version or model, and a new comparison begins`;
}

function textOf(each: AgentDrift, colors: Terminal["colors"]): string {
  const head = headOf(each, colors);
  const window =
    each.from === undefined || each.to === undefined
      ? ""
      : `, ${new Date(each.from).toISOString()} to ${new Date(each.to).toISOString()}`;
  const size = `${counted(each.runs, "run")}, ${counted(each.calls, "call")}${window}`;
  const lines = [`${head}  ${printable(nameOf(each))}: ${size}`, ...comparisonLines(each)];
  if (each.novelty.length > 0) {
    const rows = each.novelty.map(({ dimension, novel, of, expected, drifts }) => [
      dimension,
      String(novel),
      String(of),
      String(expected),
      drifts ? "drifts" : "",
    ]);
    lines.push("", renderTable(["what", "new", "of", "new by chance", ""], rows));
  }
  if (each.changes.length > 0) {
    const rows = each.changes.map((change) => [
      change.dimension,
      printable(change.what),
      String(change.seen),
      sinceOf(change),
      printable(exampleOf(change)),
    ]);
    lines.push("", renderTable(["what", "change", "seen", "since", "for example"], rows));
  }
  return lines.join("\n");
}

function headOf({ drifts, comparison }: AgentDrift, colors: Terminal["colors"]): string {
  if (drifts) return colors.red("DRIFTS");
  return comparison === "new_version" ? colors.yellow("NEW") : colors.green("steady");
}

function comparisonLines({ comparison, against, agent, from }: AgentDrift): readonly string[] {
  switch (comparison) {
    case "same":
      return [];
    case "new_version": {
      const since = from === undefined ? "" : ` --since ${new Date(from).toISOString()}`;
      return [
        printable(
          `  there is no baseline of this version and model: a new comparison begins. What is new beside ${nameOf(against ?? { agent })} is no drift`,
        ),
        printable(
          `  once it has worked for a while: holdfast learn --from-log${since} --agent ${agent} -o learned`,
        ),
      ];
    }
    case "unknown_agent":
      return ["  the baseline does not know this agent"];
  }
}

function nameOf({ agent, version, model }: AgentIdentity): string {
  const more = [
    ...(version === undefined ? [] : [`version ${version}`]),
    ...(model === undefined ? [] : [`model ${model}`]),
  ];
  return more.length === 0 ? agent : `${agent} (${more.join(", ")})`;
}

function sinceOf({ first }: Change): string {
  return first?.timeMs === undefined ? "" : new Date(first.timeMs).toISOString();
}

const exampleUnits = 48;

function exampleOf({ first }: Change): string {
  if (first === undefined) return "";
  const value = first.value === undefined ? "" : JSON.stringify(first.value);
  const shown = value.length > exampleUnits ? `${value.slice(0, exampleUnits)}…` : value;
  return shown === "" ? first.place : `${first.place}: ${shown}`;
}

const examples = `
Examples:
  holdfast drift --baseline learned.baseline.json --data .holdfast --since 7d
  holdfast drift --baseline learned.baseline.json --since 24h --agent support-1 -o json
  holdfast drift --baseline learned.baseline.json --runs runs.jsonl

Compared are tools, which follows on which, shapes of arguments, where their values come from, environments, and
rates, for each agent in each version and with each model. More that is new than chance explains, by what was
seen only once while learning, is drift: exit 10. So is an agent that the baseline does not know. Another version
or model begins a new comparison: what is new of it is told, and is no drift.
`;
