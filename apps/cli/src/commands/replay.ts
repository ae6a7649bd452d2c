import { Command, Option } from "commander";
import type { CommandContext } from "../command-context.ts";
import { badArguments } from "../failure.ts";
import { needLog, sayPruned } from "../log-option.ts";
import { replayUnderPolicies } from "../replay/replay-changed.ts";
import { replayAsRecorded } from "../replay/replay-same.ts";
import { replayRuns } from "../replay/replay-runs.ts";
import { readTime } from "../time-option.ts";

/** What `holdfast replay` was told. */
export interface ReplayCommandOptions {
  readonly data: string;
  readonly policy?: string;
  readonly since?: number;
  readonly runs?: readonly string[];
  readonly agent: string;
  readonly toolServer: string;
  readonly environment?: string;
  readonly failOnChange?: boolean;
  readonly output: "table" | "json" | "jsonl";
}

/** `holdfast replay`: decides again what is recorded. */
export function replayCommand(context: CommandContext): Command {
  return new Command("replay")
    .description("decide again what is recorded: by the bundles that decided, or by other policies")
    .option("-d, --data <dir>", "folder of the log", ".holdfast")
    .option("-p, --policy <dir>", "decide by these policies, and say what they change")
    .option("--since <time>", "from this time on: RFC 3339, or 15m, 24h, 7d", readTime)
    .option("--fail-on-change", "with --policy: exit with 9 when any decision changes")
    .option("--runs <file...>", "decide runs of other systems instead: JSON lines, or .gz of them")
    .option("--agent <id>", "of runs: the agent that acts", "agent")
    .option("--tool-server <name>", "of runs: the server of their tools", "local")
    .option("--environment <name>", "of runs: where those act that do not tell it")
    .addOption(
      new Option("-o, --output <format>", "how to print; jsonl: one line for each run")
        .choices(["table", "json", "jsonl"])
        .default("table"),
    )
    .addHelpText("after", examples)
    .action(async (options: ReplayCommandOptions) => {
      if (options.runs !== undefined) return replayRuns(context, options);
      if (options.output === "jsonl") throw badArguments("`-o jsonl` is for `--runs`");
      needLog(options.data);
      await sayPruned(context, options.data);
      if (options.policy !== undefined) return replayUnderPolicies(context, options);
      if (options.failOnChange === true) {
        throw badArguments("`--fail-on-change` compares with policies; name them with `--policy`");
      }
      return replayAsRecorded(context, options);
    });
}

const examples = `
Examples:
  holdfast replay --data .holdfast
  holdfast replay --data .holdfast --policy policies --since 24h --fail-on-change
  holdfast replay --policy policies --runs runs.jsonl.gz --agent assistant --tool-server bank

By the bundles that decided, every decision must recompute to the bytes that are recorded: exit 9
and the first difference when one does not. By other policies, changed decisions are grouped by the
rules that made and would make them. Runs are decided call by call: the prompt counts as typed by
the user, what is granted happened as recorded, and of what is refused nothing is seen.
`;
