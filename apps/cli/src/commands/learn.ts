import { dirname, join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { baselineText, learnPolicy, noveltyRules } from "@holdfast/learn";
import type { Baseline, JudgedCall, LearnedRun } from "@holdfast/learn";
import { makeFolder } from "@holdfast/log";
import { counted, HoldfastError } from "@holdfast/model";
import { replayRun } from "@holdfast/runtime";
import type { RunSetting } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { badArguments } from "../failure.ts";
import { putFiles } from "../file-replacement.ts";
import { replaceFolder } from "../folder-replacement.ts";
import { filesMarked } from "../printed-folder.ts";
import { baselineOf, baselinePath, needBaselinePlace } from "../learn/baseline-file.ts";
import { readStressedRules } from "../learn-report/stressed-rules.ts";
import { needBesideFolder, needReportPlace, reportOn } from "../learn-report/written-report.ts";
import { refinePolicies } from "../learn/refine.ts";
import type { RefineOptions } from "../learn/refine.ts";
import { learnedSource } from "../learn/learned-setting.ts";
import { explanationOf, summaryOf } from "../learn/learned-summary.ts";
import { readSource } from "../learn/run-source.ts";
import type { RunSourceOptions } from "../learn/run-source.ts";
import { readTools } from "../learn/tool-file.ts";
import type { FolderOwner } from "../printed-folder.ts";
import { readTime } from "../time-option.ts";

interface LearnCommandOptions extends RunSourceOptions, Omit<RefineOptions, "policy" | "out"> {
  readonly tools?: string;
  readonly policy?: string;
  readonly out?: string;
  readonly environment?: readonly string[];
  readonly approver: readonly string[];
  readonly role?: readonly string[];
  readonly explain?: boolean;
  readonly baseline?: string;
  readonly baselineRules?: number;
  readonly report?: string;
  readonly stress?: string;
}

/** `holdfast learn`: writes a policy folder from honest runs. */
export function learnCommand(context: CommandContext): Command {
  return new Command("learn")
    .description("write least-privilege policies from runs that did what they should")
    .option("--runs <file...>", "honest runs: JSON lines, or .gz of them")
    .option("--traces <file...>", "honest runs: OpenTelemetry GenAI spans, OTLP/JSON or JSON lines")
    .option("--from-log", "honest runs: what a log says was executed and succeeded")
    .option("-d, --data <dir>", "folder of that log", ".holdfast")
    .option("--since <time>", "of the log: runs from this time on: RFC 3339, or 24h, 7d", readTime)
    .option("--tools <file>", "definitions of the tools: a JSON list, or what `tools/list` answers")
    .option("-o, --out <dir>", "folder to write, all of it")
    .option("-p, --policy <dir>", "with --from-log: refine these policies by what was recorded")
    .option("--approved <file>", "refine: refused actions that people approved, a line each")
    .option("--denied <file>", "refine: actions that people denied, a line each")
    .option("--close <file>", "refine: take in what `holdfast stress -o json` proposes")
    .option("--diff", "refine: print the change instead of writing a folder")
    .option("--tests <dir>", "refine: write PolicyTests of what people said")
    .option("--fail-on-widening", "refine: exit with 10 when anything is less narrow, or unknown")
    .option(
      "--agent <id>",
      "the agent that the policies are for: where runs tell whose they are, only its calls",
    )
    .option("--role <name...>", "roles of agents that the policies are for, instead of any")
    .option("--tool-server <name>", "the server of the tools: where runs tell it, only its calls")
    .option(
      "--environment <name...>",
      "environments that there are, besides those that runs tell (default: production, where none is told)",
    )
    .option("--approver <who...>", "who is asked: user:NAME or group:NAME", ["user:owner"])
    .option("--baseline <file>", "where to write how agents behave (default: beside the folder)")
    .option(
      "--baseline-rules <count>",
      "ask a person of what is new beside the baseline, from so many new things in a session on",
      countOf,
    )
    .option("--explain", "show what each tool is taken for, and why")
    .option("--report <file>", "write an HTML page: graph, coverage, and what each rule rests on")
    .option("--stress <file>", "report: what each rule stopped, by `holdfast stress -o json`")
    .addHelpText("after", examples)
    .action(async ({ policy, out, ...options }: LearnCommandOptions) => {
      if (policy !== undefined) {
        if (options.report !== undefined || options.stress !== undefined) {
          throw badArguments(
            "`--report` and `--stress` tell of what is learned, not of what is refined",
          );
        }
        if (options.fromLog !== true) throw badArguments("`--policy` is refined `--from-log`");
        const folder = out === undefined ? {} : { out };
        return refinePolicies(context, { ...options, ...folder, policy });
      }
      if (options.stress !== undefined && options.report === undefined) {
        throw badArguments("`--stress` goes into a report; name its file with `--report`");
      }
      if (out === undefined) throw badArguments("name the folder to write with `-o DIR`");
      refuseAlone(options);
      return learn(context, { ...options, out });
    });
}

/** @throws CommandFailure exit 2 for options that only a refinement takes */
function refuseAlone({ approved, denied, close, diff, tests }: LearnCommandOptions): void {
  if ([approved, denied, close, diff, tests].every((each) => each === undefined)) return;
  throw badArguments("that refines policies; name them with `--policy`");
}

async function learn(
  context: CommandContext,
  options: LearnCommandOptions & { readonly out: string },
): Promise<void> {
  const terminal = context.terminal();
  const place = options.baseline ?? baselinePath(options.out);
  filesMarked(options.out, owner);
  needPlaces(place, options);
  const stressed = options.stress === undefined ? undefined : readStressedRules(options.stress);
  const definitions = options.tools === undefined ? [] : readTools(options.tools);
  const sourced = await readSource(context, options);
  const { runs, setting, environments, aside } = learnedSource(sourced, options);
  if (aside !== "") terminal.words(aside);
  const learned = learnPolicy({
    definitions,
    runs,
    server: setting.server,
    environments,
    approvers: options.approver,
    agents: options.agent === undefined ? undefined : [options.agent],
    roles: options.role,
    judge: (files) => judgeBy(files, setting),
  });
  const baseline = baselineOf(sourced, options.agent);
  const header = `# ${mark} from ${counted(runs.length, "run")}; read it before you enforce it\n`;
  const files = [...learned.files, ...noveltyFiles(baseline, options)].map(({ path, text }) => ({
    path: join(options.out, path),
    text: `${header}${text}`,
  }));
  const told: PolicyFileText[] = [{ path: place, text: baselineText(baseline) }];
  if (options.report !== undefined) {
    const defined = new Set(definitions.map(({ name }) => name));
    const report = await reportOn({ learned, runs, defined, stressed }, files);
    told.push({ path: options.report, text: report.page });
    if (report.told !== "") terminal.words(report.told);
  }
  // Learning takes its time, in which others may have written.
  needPlaces(place, options);
  makeFolder(dirname(resolve(options.out)));
  putFiles(told, () => {
    filesMarked(options.out, owner);
    replaceFolder(options.out, files);
  });
  const inWords = options.explain === true ? explanationOf : summaryOf;
  terminal.data(inWords(learned, environments));
  terminal.words(
    `wrote ${counted(files.length, "file")} to \`${options.out}\` and the baseline \`${place}\`; labels and act words are guesses from names: confirm them, then ` +
      `\`holdfast lint ${options.out}\` and \`holdfast replay --policy ${options.out} --runs …\``,
  );
}

/**
 * Makes sure that what is told of the policies can be written, and takes the place of nothing else.
 *
 * @throws CommandFailure exit 2
 */
function needPlaces(
  baseline: string,
  { out, report }: { readonly out: string; readonly report?: string },
): void {
  needBesideFolder(out, baseline, "baseline");
  needBaselinePlace(baseline);
  if (report === undefined) return;
  needBesideFolder(out, report, "report");
  needReportPlace(report);
  if (resolve(report) !== resolve(baseline)) return;
  throw badArguments("`--report` and `--baseline` name one file; give each its own");
}

/** What steps up what is new, where it is asked for. */
function noveltyFiles(
  baseline: Baseline,
  { baselineRules: most, approver: approvers }: LearnCommandOptions,
): readonly PolicyFileText[] {
  if (most === undefined) return [];
  return [{ path: "novelty.yaml", text: noveltyRules(baseline, { most, approvers }) }];
}

function countOf(text: string): number {
  if (/^\d{1,6}$/u.test(text)) return Number(text);
  throw new InvalidArgumentError("it is a count, such as 3.");
}

/** The first words of every learned file. */
const mark = "learned by `holdfast learn`";

/** A folder is replaced whole, so it holds nothing that was not learned. */
const owner: FolderOwner = {
  mark,
  refusal: (path) => `\`${path}\` was not learned; choose another folder`,
};

function judgeBy(
  files: readonly PolicyFileText[],
  setting: RunSetting,
): (run: LearnedRun) => readonly JudgedCall[] {
  const loaded = loadPolicySet(files, { root: "" });
  if (!loaded.ok) {
    const first = loaded.diagnostics[0]?.message ?? "no reason";
    throw new HoldfastError("learned_invalid", `what was learned does not compile: ${first}`);
  }
  const engine = createEngine(loaded.bundle);
  return ({ id, user_prompt, calls }) =>
    replayRun(engine, { id, user_prompt, calls: [...calls] }, setting).map(
      ({ decision: { effect, rules } }) => ({ effect, rules }),
    );
}

const examples = `
Examples:
  holdfast learn --runs runs.jsonl --tools tools.json -o learned
  holdfast learn --runs runs.jsonl.gz -o learned --approver group:leads --explain
  holdfast learn --from-log --since 7d --data .holdfast -o learned --agent support-1
  holdfast learn --from-log --agent support-1 -o learned --baseline-rules 3
  holdfast learn --runs runs.jsonl -o learned --report learned.html --stress stress.json
  holdfast learn --traces spans.json --tool-server crm -o learned
  holdfast learn --from-log --policy policies --approved approved.txt --diff
  holdfast learn --from-log --policy policies --close stress.json -o refined --tests refined/tests
  holdfast replay --policy learned --runs runs.jsonl.gz

A run is a line {"id", "user_prompt", "environment", "calls": [{"tool", "args", "result"}]}; of them
\`environment\` may be left out. Only runs that did what their user asked for belong here: what they do is what
will be granted. Of a log and of traces, calls that were refused or failed are left out, and so is what is
erased or redacted.
`;
