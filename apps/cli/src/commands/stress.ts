import { Command, Option } from "commander";
import { nearestName } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { readRun } from "@holdfast/runtime";
import {
  agentView,
  attackClasses,
  catalogue,
  mutantsOf,
  proposals,
  scored,
  stressTools,
} from "@holdfast/stress";
import type { Mutation, Proposal, ScoredMutant, StressRun } from "@holdfast/stress";
import type { CommandContext } from "../command-context.ts";
import { exitCode } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { learnedSource } from "../learn/learned-setting.ts";
import { readSource } from "../learn/run-source.ts";
import type { RunSourceOptions } from "../learn/run-source.ts";
import { readTools } from "../learn/tool-file.ts";
import { renderData } from "../output-format.ts";
import { policyOption } from "../policy-option.ts";
import { progressLine } from "../progress.ts";
import { readRuns } from "../run-lines.ts";
import { needProposedFolder, writeProposed } from "../stress/proposed-folder.ts";
import { entryOf, stressResult } from "../stress/stress-result.ts";
import { liveProcesses, stressRunCommand } from "./stress-run.ts";
import type { StressFindings } from "../stress/stress-result.ts";
import { openStressedSet } from "../stress/stressed-set.ts";
import { catalogueTable, stressTable } from "../stress/stress-table.ts";
import { readTime } from "../time-option.ts";

interface StressOptions extends RunSourceOptions {
  readonly policy: string;
  readonly tools?: string;
  readonly environment?: string;
  readonly class?: readonly string[];
  readonly approver: readonly string[];
  readonly min?: number;
  readonly propose?: string;
  readonly proposals: boolean;
  readonly list?: boolean;
  readonly output: "table" | "json";
}

/** `holdfast stress`: attacks a policy set with what honest runs can be made into. */
export function stressCommand(context: CommandContext): Command {
  const command = new Command("stress")
    .description("make honest runs into attacks, and say which of them the policies stop")
    .addOption(policyOption())
    .option("--runs <file...>", "honest runs: JSON lines, or .gz of them")
    .option("--from-log", "honest runs: what a log says was executed and succeeded")
    .option("-d, --data <dir>", "folder of that log", ".holdfast")
    .option("--since <time>", "of the log: runs from this time on: RFC 3339, or 24h, 7d", readTime)
    .option("--tools <file>", "definitions of the tools: a JSON list, or what `tools/list` answers")
    .option("--class <id...>", "only these classes or entries of the catalogue")
    .option("--list", "show the catalogue, and do nothing else")
    .option(
      "--min <percent>",
      "exit with 10 when fewer of those that do not know the policy are killed",
      readPercent,
    )
    .option(
      "--propose <dir>",
      "folder to write the rules to that would stop what survived, all of it",
    )
    .option("--no-proposals", "look for no such rules, which takes longest")
    .option("--approver <who...>", "whom proposed rules ask", ["user:owner"])
    .option("--agent <id>", "the agent that acts (default: the log's, else `agent`)")
    .option(
      "--tool-server <name>",
      "the server of the tools of runs (default: the log's, else `local`)",
    )
    .option("--environment <name>", "where runs act that do not tell it")
    .addOption(
      new Option("-o, --output <format>", "how to print; json: everything, with every survivor")
        .choices(["table", "json"])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: StressOptions) => stress(context, options))
    .addCommand(stressRunCommand(context));
  for (const each of liveProcesses(context)) command.addCommand(each, { hidden: true });
  return command;
}

async function stress(context: CommandContext, options: StressOptions): Promise<void> {
  const terminal = context.terminal();
  const mutations = chosenMutations(options.class);
  if (options.list === true) {
    const entries = mutations.map((each) => entryOf(each));
    terminal.data(
      options.output === "json"
        ? renderData(entries as unknown as Json, "json")
        : catalogueTable(entries),
    );
    return;
  }
  if (options.propose !== undefined) needProposedFolder(options.propose);
  const { runs, agent, server } = await honestRuns(context, options);
  const { environment } = options;
  const asked = { agent, server, environment };
  const set = await openStressedSet(options.policy, asked, runs, terminal);
  const definitions = options.tools === undefined ? [] : readTools(options.tools);
  const tools = stressTools({ bundle: set.bundle, definitions, runs, server });
  const view = agentView(runs, tools, set.bundle.settings.environments);
  const { mutants, leftOut } = mutantsOf(runs, view, mutations);
  if (mutants.length === 0) throw badArguments("these runs give no hold to any of these attacks");
  const progress = progressLine(context, `of ${mutants.length} mutants`);
  const all: ScoredMutant[] = [];
  for (const each of scored(mutants, mutations, runs, set.judge)) {
    all.push(each);
    progress(all.length);
  }
  const proposed: Proposal[] = [];
  if (options.proposals || options.propose !== undefined) {
    const searched = progressLine(context, "groups of survivors looked at");
    const described = new Set(set.bundle.tools.map(({ name }) => name));
    const survivors = all.filter(({ fate }) => fate === "survived");
    const search = { ...set, server, described, approvers: options.approver, honest: runs, view };
    for (const each of proposals(survivors, search)) {
      proposed.push(each);
      searched(proposed.length);
    }
  }
  report(context, options, {
    bundle: set.bundle.digest,
    runs: runs.length,
    all,
    leftOut,
    proposals: proposed,
  });
}

function report(
  context: CommandContext,
  { output, min, propose }: StressOptions,
  found: StressFindings & { readonly bundle: string; readonly runs: number },
): void {
  const terminal = context.terminal();
  const result = stressResult(found.bundle, found.runs, found);
  terminal.data(
    output === "json" ? renderData(result as unknown as Json, "json") : stressTable(result),
  );
  if (propose !== undefined) writeProposed(propose, found.proposals, terminal);
  const { killedPercent } = result.notAdaptive;
  if (min === undefined) return;
  if (killedPercent === null || killedPercent < min) {
    const killed = killedPercent === null ? "none" : `${killedPercent} %`;
    terminal.words(
      `below \`--min ${min}\`: ${killed} of the attacks that do not know the policy are killed`,
    );
    context.exit(exitCode.findings);
  }
}

/** Honest runs, with who acts in them and whose the tools are. */
interface HonestRuns {
  readonly runs: readonly StressRun[];
  readonly agent: string;
  readonly server: string;
}

async function honestRuns(context: CommandContext, options: StressOptions): Promise<HonestRuns> {
  const { runs: files, agent = "agent", toolServer: server = "local" } = options;
  if (options.fromLog === true) {
    const sourced = await readSource(context, options);
    const { runs, setting, aside } = learnedSource(sourced, { ...options, environment: undefined });
    if (aside !== "") context.terminal().words(aside);
    return { runs, agent: setting.agent, server: setting.server };
  }
  if (files === undefined) throw badArguments("name the honest runs: `--runs`, or `--from-log`");
  const runs: StressRun[] = [];
  const progress = progressLine(context, "runs");
  for (const file of files) {
    for await (const { json, place } of readRuns(file)) {
      runs.push(readRun(json, place));
      progress(runs.length);
    }
  }
  if (runs.length === 0) throw badArguments("there is no run to make attacks of");
  return { runs, agent, server };
}

/** The entries that are named, by their own id or by their class; all without names. */
function chosenMutations(names: readonly string[] | undefined): readonly Mutation[] {
  if (names === undefined) return catalogue;
  const known = [...attackClasses, ...catalogue.map(({ id }) => id)];
  for (const name of names) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const hint = nearest === undefined ? "" : `; do you mean \`${nearest}\`?`;
    throw badArguments(
      `no class or entry \`${name}\` in the catalogue${hint} (\`--list\` shows it)`,
    );
  }
  return catalogue.filter((each) => names.includes(each.class) || names.includes(each.id));
}

function readPercent(text: string): number {
  const percent = Number(text);
  if (text.trim() === "" || !(percent >= 0 && percent <= 100)) {
    throw badArguments(`\`--min ${text}\` is no percentage; give 0 to 100`);
  }
  return percent;
}

const examples = `
Examples:
  holdfast stress --policy policies --runs runs.jsonl
  holdfast stress --policy learned --runs runs.jsonl.gz --tools tools.json --min 95 --propose proposed
  holdfast stress --policy learned --from-log --since 7d --data .holdfast
  holdfast stress --policy policies --runs runs.jsonl --class rug-pull encode-homoglyph -o json
  holdfast stress --list

Each mutant is an honest run with an attack in it. It is killed when the engine denies one of its marked calls, or
asks a person; what the honest run is refused for, too, does not count. Nothing is executed. What is
not counted is told.
`;
