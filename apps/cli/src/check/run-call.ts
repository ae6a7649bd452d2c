import { createEngine } from "@holdfast/engine";
import { callOfRun, readRun } from "@holdfast/runtime";
import type { RecordedRun, RunSetting } from "@holdfast/runtime";
import type { CommandContext } from "../command-context.ts";
import { exitCode, exitCodeOfEffect } from "../exit-code.ts";
import { badArguments } from "../failure.ts";
import { loadPolicies } from "../policies.ts";
import { runEnvironment } from "../run-environment.ts";
import { readRuns } from "../run-lines.ts";
import { AnswerPrinter, print } from "./answer.ts";
import type { Answer, AnswerOptions } from "./answer.ts";

/** Which call of which run, and who made it. */
export interface RunCallOptions extends AnswerOptions {
  readonly policy: string;
  readonly runs: string;
  readonly run?: string;
  readonly call?: number;
  readonly agent: string;
  readonly toolServer: string;
  readonly environment?: string;
}

/**
 * `holdfast check --runs`: decides one call of a run, or each of them, by what came before it in the run. The
 * decision is the one that `replay --runs` comes to.
 */
export async function checkRun(context: CommandContext, options: RunCallOptions): Promise<void> {
  const engine = createEngine(loadPolicies(options.policy, context.terminal()));
  const run = await findRun(options);
  const environment = runEnvironment(options.environment, engine.bundle, run.calls);
  const setting: RunSetting = { agent: options.agent, server: options.toolServer, environment };
  const answerAt = (place: number): Answer => {
    const found = callOfRun(engine, run, { ...setting, place });
    if ("refused" in found) return { engine, checked: { decision: found.refused } };
    return { engine, checked: { decision: engine.decide(found.input), input: found.input } };
  };
  if (options.call !== undefined) {
    if (options.call >= run.calls.length) throw badArguments(noSuchCall(run, options.call));
    const answer = answerAt(options.call);
    print(context, options, answer);
    context.exit(exitCodeOfEffect(answer.checked.decision.effect));
    return;
  }
  const printer = new AnswerPrinter(context, options);
  for (const [place, { tool }] of run.calls.entries()) {
    printer.add({ ...answerAt(place), title: `call ${place}: ${tool}` });
  }
  printer.end();
  context.exit(exitCode.ok);
}

function noSuchCall({ id, calls }: RecordedRun, call: number): string {
  return calls.length === 0
    ? `run \`${id}\` has no call`
    : `run \`${id}\` has no call ${call}; they are 0 to ${calls.length - 1}`;
}

/** The run of that id; without one, the only run that there is. */
async function findRun({ runs: file, run: id }: RunCallOptions): Promise<RecordedRun> {
  let found: RecordedRun | undefined;
  for await (const { json, place } of readRuns(file)) {
    const run = readRun(json, place);
    if (id !== undefined && run.id !== id) continue;
    if (found !== undefined) {
      throw badArguments(
        id === undefined
          ? `\`${file}\` holds several runs; name one with \`--run\``
          : `\`${file}\` holds several runs \`${id}\``,
      );
    }
    found = run;
  }
  if (found !== undefined) return found;
  throw badArguments(
    id === undefined ? `\`${file}\` holds no run` : `\`${file}\` holds no run \`${id}\``,
  );
}
