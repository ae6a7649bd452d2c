import { createEngine } from "@holdfast/engine";
import { counted } from "@holdfast/model";
import type { Effect, Json } from "@holdfast/model";
import { readRun, replayRun } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import type { ReplayCommandOptions } from "../commands/replay.ts";
import { renderData } from "../output-format.ts";
import { loadPolicies } from "../policies.ts";
import { renderTable } from "../table.ts";
import { progressLine } from "../progress.ts";
import { runEnvironment } from "../run-environment.ts";
import { readRuns } from "../run-lines.ts";
import { RunCount } from "./run-count.ts";
import type { RunSummary, RunTotals } from "./run-count.ts";
import { UndeclaredEnvironments } from "./undeclared-environment.ts";

/** `holdfast replay --runs`: decides runs of other systems, call by call. */
export async function replayRuns(
  context: CommandContext,
  {
    runs: files = [],
    policy = "policies",
    agent,
    toolServer,
    environment,
    output,
  }: ReplayCommandOptions,
): Promise<void> {
  const terminal = context.terminal();
  const engine = createEngine(loadPolicies(policy, terminal));
  const count = new RunCount();
  const undeclared = new UndeclaredEnvironments(engine.bundle);
  const summaries: RunSummary[] = [];
  const progress = progressLine(context, "runs");
  for (const file of files) {
    for await (const value of readRuns(file)) {
      const run = readRun(value.json, value.place);
      const where = runEnvironment(environment, engine.bundle, run.calls);
      const setting = { agent, server: toolServer, environment: where };
      undeclared.add(run);
      const summary = count.add(run, replayRun(engine, run, setting));
      if (output === "jsonl") terminal.data(renderData(jsonOf(summary), "jsonl"));
      else if (output === "json") summaries.push(summary);
      progress(count.totals.runs);
    }
  }
  if (output === "json")
    terminal.data(renderData(jsonOf({ totals: count.totals, runs: summaries }), "json"));
  else if (output === "table") terminal.data(tableOf(count.totals));
  else terminal.words(firstLine(count.totals));
  if (undeclared.words !== undefined) terminal.words(undeclared.words);
}

function firstLine({ runs, calls, stoppedRuns, changedResults, effects }: RunTotals): string {
  const counts = Object.entries(effects).map(([effect, count]) => `${count} ${effect}`);
  const stopped = stoppedRuns === 1 ? "1 run has" : `${stoppedRuns} runs have`;
  const changed = changedResults === 1 ? "1 result is" : `${changedResults} results are`;
  return `${counted(runs, "run")} with ${counted(calls, "call")}: ${counts.join(", ")}; ${stopped} a call that would not have run; ${changed} changed or withheld`;
}

function tableOf(totals: RunTotals): string {
  if (totals.rules.length === 0) return firstLine(totals);
  const rows = totals.rules.map(({ rule, effect, calls }): [string, Effect, string] => [
    String(calls),
    effect,
    rule,
  ]);
  return `${firstLine(totals)}\n\n${renderTable(["calls", "effect", "rule or code"], rows)}`;
}

function jsonOf(value: object): Json {
  return structuredClone(value) as unknown as Json;
}
