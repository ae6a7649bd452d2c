import { counted } from "@holdfast/model";
import { readRun } from "@holdfast/runtime";
import { runsOfLog, runsOfSpans } from "@holdfast/runtime/source";
import type { LeftOutReason, SourcedRun, SourcedRuns } from "@holdfast/runtime/source";
import type { CommandContext } from "../command-context.ts";
import { badArguments } from "../failure.ts";
import { needLog } from "../log-option.ts";
import { progressLine } from "../progress.ts";
import { readRuns } from "../run-lines.ts";
import { readTraceFile } from "./trace-file.ts";

/** Where runs come from, as options say: exactly one of a log, traces and files of runs. */
export interface RunSourceOptions {
  readonly runs?: readonly string[];
  readonly traces?: readonly string[];
  readonly fromLog?: boolean;
  readonly data: string;
  /** of a log; Unix ms */
  readonly since?: number;
  /** who acts where the source does not say; default `agent` */
  readonly agent?: string;
  /** of the tools of traces and runs, where they do not say; default `local` */
  readonly toolServer?: string;
}

/**
 * Reads runs, and says on stderr what was recorded and is in none of them.
 *
 * @throws CommandFailure exit 2 when the options name no source or several, or there is no run
 */
export async function readSource(
  context: CommandContext,
  options: RunSourceOptions,
): Promise<readonly SourcedRun[]> {
  const named = [options.runs, options.traces, options.fromLog === true || undefined];
  if (named.filter((each) => each !== undefined).length !== 1) {
    throw badArguments("name one source of runs: `--runs`, `--traces` or `--from-log`");
  }
  if (options.since !== undefined && options.fromLog !== true) {
    throw badArguments("`--since` says which part of a log; read one with `--from-log`");
  }
  const { runs, leftOut } = await sourceOf(context, options);
  if (leftOut.size > 0) context.terminal().words(leftOutText(leftOut));
  if (runs.length === 0) throw badArguments("there is no run to learn from");
  const silent = runs.filter(({ prompt }) => prompt === undefined).length;
  if (silent > 0 && options.runs === undefined) {
    context
      .terminal()
      .words(
        `${counted(silent, "run")} of ${runs.length} tell no prompt: where their values come from is not known`,
      );
  }
  return runs;
}

async function sourceOf(context: CommandContext, options: RunSourceOptions): Promise<SourcedRuns> {
  const { agent = "agent", toolServer: server = "local", since } = options;
  if (options.fromLog === true) {
    needLog(options.data);
    return runsOfLog(options.data, {
      ...(since === undefined ? {} : { sinceMs: since }),
      progress: progressLine(context, "records"),
      pruned: (first) =>
        context
          .terminal()
          .words(`records before ${first} are pruned, and nothing is known of them`),
    });
  }
  if (options.traces !== undefined) {
    const spans = options.traces.flatMap((file) => readTraceFile(file));
    return runsOfSpans(spans, { agent, server });
  }
  return lineRuns(context, options);
}

async function lineRuns(
  context: CommandContext,
  { runs: files = [], agent = "agent", toolServer: server = "local" }: RunSourceOptions,
): Promise<SourcedRuns> {
  const runs: SourcedRun[] = [];
  let failed = 0;
  const progress = progressLine(context, "runs");
  for (const file of files) {
    for await (const { json, place } of readRuns(file)) {
      const { id, user_prompt: prompt, calls } = readRun(json, place);
      runs.push({
        id,
        ...(prompt === undefined ? {} : { prompt }),
        calls: calls.flatMap(({ tool, args, result, error, environment }) => {
          if (error !== undefined && error !== null) {
            failed += 1;
            return [];
          }
          const shown = result === undefined || result === null ? {} : { result };
          const where = environment === undefined ? {} : { environment };
          const call = { server, tool, args, ...shown, ...where };
          return [{ ...call, agent: { id: agent }, place: `run ${id}` }];
        }),
      });
      progress(runs.length);
    }
  }
  return { runs, leftOut: new Map(failed === 0 ? [] : [["failed", failed]]) };
}

const callWords: Readonly<Partial<Record<LeftOutReason, string>>> = {
  refused: "refused",
  failed: "failed",
  simulated: "run in a sandbox",
  unfinished: "without a known end",
  sessionless: "outside of any session",
  erased: "erased",
  redacted: "redacted",
  unreadable_arguments: "without arguments",
};

function leftOutText(leftOut: ReadonlyMap<LeftOutReason, number>): string {
  const calls = [...leftOut].flatMap(([reason, count]) => {
    const words = callWords[reason];
    return words === undefined ? [] : [`${count} ${words}`];
  });
  const [prompts = 0, results = 0] = [leftOut.get("prompt_erased"), leftOut.get("result_not_kept")];
  return [
    ...(calls.length === 0 ? [] : [`calls left out: ${calls.join(", ")}`]),
    ...(prompts === 0 ? [] : [`${counted(prompts, "prompt")} erased`]),
    ...(results === 0 ? [] : [`${counted(results, "result")} erased or redacted`]),
  ].join("; ");
}
