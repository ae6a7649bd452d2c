import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { learnPolicy, readToolDefinition } from "@holdfast/learn";
import type { JudgedCall, LearnedPolicy, LearnedRun, ToolDefinition } from "@holdfast/learn";
import { counted, HoldfastError, parseJson, printable } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { readRun, replayRun } from "@holdfast/runtime";
import type { RunSetting } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { badArguments } from "../failure.ts";
import { filesMarked, replaceFolder } from "../printed-folder.ts";
import type { FolderOwner } from "../printed-folder.ts";
import { progressLine } from "../progress.ts";
import { readRuns } from "../run-lines.ts";
import { renderTable } from "../table.ts";

interface LearnCommandOptions {
  readonly runs: readonly string[];
  readonly tools?: string;
  readonly out: string;
  readonly agent: string;
  readonly toolServer: string;
  readonly environment: readonly string[];
  readonly approver: readonly string[];
  readonly explain?: boolean;
}

/** `holdfast learn`: writes a policy folder from honest runs. */
export function learnCommand(context: CommandContext): Command {
  return new Command("learn")
    .description("write least-privilege policies from runs that did what they should")
    .requiredOption("--runs <file...>", "honest runs: JSON lines, or .gz of them")
    .option("--tools <file>", "definitions of the tools: a JSON list, or what `tools/list` answers")
    .requiredOption("-o, --out <dir>", "folder to write, all of it")
    .option("--agent <id>", "the agent that acts", "agent")
    .option("--tool-server <name>", "the server of the tools", "local")
    .option("--environment <name...>", "environments that there are", ["production"])
    .option("--approver <who...>", "who is asked: user:NAME or group:NAME", ["user:owner"])
    .option("--explain", "show what each tool is taken for, and why")
    .addHelpText("after", examples)
    .action(async (options: LearnCommandOptions) => learn(context, options));
}

async function learn(context: CommandContext, options: LearnCommandOptions): Promise<void> {
  const terminal = context.terminal();
  const runs: LearnedRun[] = [];
  const progress = progressLine(context, "runs");
  for (const file of options.runs) {
    for await (const { json, place } of readRuns(file)) {
      runs.push(readRun(json, place));
      progress(runs.length);
    }
  }
  if (runs.length === 0) throw badArguments("there is no run to learn from");
  filesMarked(options.out, owner);
  const learned = learnPolicy({
    definitions: options.tools === undefined ? [] : readTools(options.tools),
    runs,
    server: options.toolServer,
    environments: options.environment,
    approvers: options.approver,
    judge: (files) => judgeBy(files, options),
  });
  const header = `# ${mark} from ${counted(runs.length, "run")}; read it before you enforce it\n`;
  const files = learned.files.map(({ path, text }) => ({
    path: join(options.out, path),
    text: `${header}${text}`,
  }));
  replaceFolder(options.out, files);
  terminal.data(options.explain === true ? explanationOf(learned) : summaryOf(learned));
  terminal.words(
    `wrote ${counted(files.length, "file")} to \`${options.out}\`; labels and act words are guesses from names: confirm them, then ` +
      `\`holdfast lint ${options.out}\` and \`holdfast replay --policy ${options.out} --runs …\``,
  );
}

/** The first words of every learned file. */
const mark = "learned by `holdfast learn`";

/** A folder is replaced whole, so it holds nothing that was not learned. */
const owner: FolderOwner = {
  mark,
  refusal: (path) => `\`${path}\` was not learned; choose another folder`,
};

function readTools(path: string): readonly ToolDefinition[] {
  let json: Json;
  try {
    json = parseJson(readFileSync(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unreadable";
    throw badArguments(`cannot read tools \`${path}\`: ${reason}`);
  }
  const listed =
    typeof json === "object" && json !== null && "tools" in json ? json["tools"] : json;
  if (!Array.isArray(listed)) throw badArguments(`\`${path}\` holds no list of tools`);
  return (listed as readonly Json[]).map((each) => readToolDefinition(each));
}

function judgeBy(
  files: readonly PolicyFileText[],
  { agent, toolServer, environment }: LearnCommandOptions,
): (run: LearnedRun) => readonly JudgedCall[] {
  const loaded = loadPolicySet(files, { root: "" });
  if (!loaded.ok) {
    const first = loaded.diagnostics[0]?.message ?? "no reason";
    throw new HoldfastError("learned_invalid", `what was learned does not compile: ${first}`);
  }
  const engine = createEngine(loaded.bundle);
  const setting: RunSetting = {
    agent,
    server: toolServer,
    environment: environment[0] ?? "production",
  };
  return ({ id, user_prompt, calls }) =>
    replayRun(engine, { id, user_prompt, calls: [...calls] }, setting).map(
      ({ decision: { effect, rules } }) => ({ effect, rules }),
    );
}

function summaryOf({ tools, uses, places, exemptions }: LearnedPolicy): string {
  const reads = tools.filter(({ isRead }) => isRead).length;
  const lines = [
    `${counted(tools.length, "tool")}: ${reads} only look, ${tools.length - reads} do more; ${counted(uses.size, "tool")} used in the runs`,
    `known domains: ${places.domains.join(", ") || "none"}; known hosts: ${places.hosts.join(", ") || "none"}`,
    ...exemptions.map(
      ({ tool, rule, tasks }) => `left out: ${rule} of ${tool}, as ${tasks} honest tasks broke it`,
    ),
  ];
  return lines.map((line) => printable(line)).join("\n");
}

function explanationOf(learned: LearnedPolicy): string {
  const rows = learned.tools.map(({ name, labels, acts, evidence }): string[] => [
    name,
    String(learned.uses.get(name)?.calls ?? 0),
    labels.join(" "),
    acts.slice(0, 6).join(" "),
    evidence.join("; "),
  ]);
  const head = ["tool", "calls", "labels", "act words", "because of"];
  return `${renderTable(head, rows)}\n\n${summaryOf(learned)}`;
}

const examples = `
Examples:
  holdfast learn --runs runs.jsonl --tools tools.json -o learned
  holdfast learn --runs runs.jsonl.gz -o learned --approver group:leads --explain
  holdfast replay --policy learned --runs runs.jsonl.gz

A run is a line {"id", "user_prompt", "calls": [{"tool", "args", "result"}]}. Only runs that
did what their user asked for belong here: what they do is what will be granted.
`;
