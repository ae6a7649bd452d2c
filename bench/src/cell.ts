import { loadavg } from "node:os";
import type { Action } from "./action-stream.ts";
import { ActionStream } from "./action-stream.ts";
import type { Candidate, Contender } from "./contender.ts";
import { nowMs } from "./history.ts";
import type { Answer } from "./oracle.ts";
import { Oracle, wrongAnswer } from "./oracle.ts";
import { RuleSource } from "./rule-source.ts";
import { conditionsOf, gridOf } from "./scenario.ts";
import type { Scenario } from "./scenario.ts";
import type { Timing } from "./timing.ts";
import { timeFast, timeFresh, timeSlow } from "./timing.ts";

/** One engine in one scenario at one size, in a process of its own. */
export interface CellTask {
  readonly scenario: Scenario;
  readonly engine: string;
  readonly rules: number;
  readonly quick: boolean;
  /** how long loading, checking and timing may take together */
  readonly capMs: number;
}

/** What a cell found; `refused` says why there are no numbers. */
export type CellOutcome =
  | { readonly ok: false; readonly refused: string }
  | {
      readonly ok: true;
      readonly timing: Timing;
      readonly loadMs: number;
      readonly compileMs: number | undefined;
      readonly rssMb: number;
      readonly rssPeakMb: number;
      readonly load1: number;
      /** share of the checked actions that were allowed */
      readonly allowed: number;
      readonly checked: number;
    };

/** A decision slower than this is timed alone, and fewer times. */
const slowMs = 0.05;
/** Actions that a slow engine is asked, in a short run and in a whole one. */
const slowActions = { quick: 64, whole: 256 };
const actionsMax = 4_096;
/** However slow an engine is, so many of its answers are held to the oracle. */
const checkedLeast = 6;

/** An engine that has loaded the rules and answered rightly: what may be timed. */
interface Opened {
  readonly ok: true;
  readonly source: RuleSource;
  readonly contender: Contender;
  readonly actions: readonly Action[];
  readonly slow: boolean;
  /** share of the checked actions that were allowed */
  readonly allowed: number;
  readonly checked: number;
}

/** Loads, holds the engine to the oracle, and only then times it. */
export async function runCell(task: CellTask, candidate: Candidate): Promise<CellOutcome> {
  const deadlineMs = performance.now() + task.capMs;
  const opened = await openCell(task, candidate, deadlineMs);
  if (!opened.ok) return opened;
  const { source, contender, actions, slow, allowed, checked } = opened;
  const inputs = actions.map((action) => contender.prepare(action));
  const at = { source, quick: task.quick, deadlineMs };
  const timing = slow
    ? await timeSlow(contender, actions, inputs, at)
    : task.scenario === "fresh"
      ? timeFresh(contender, new ActionStream(2, source.grid, task.scenario), at)
      : timeFast(contender, actions, inputs, at);
  if (timing === undefined) {
    return { ok: false, refused: `takes more than ${task.capMs / 1_000} s` };
  }
  return {
    ok: true,
    timing,
    loadMs: contender.loadMs,
    compileMs: contender.compileMs,
    ...memory(),
    load1: loadavg()[0] ?? 0,
    allowed,
    checked,
  };
}

/** Loads the rules and holds the engine's answers to the oracle's, as far as the time allows. */
export async function openCell(
  { scenario, rules, quick }: CellTask,
  candidate: Candidate,
  deadlineMs: number,
): Promise<Opened | Extract<CellOutcome, { ok: false }>> {
  const conditions = conditionsOf(scenario);
  if (!candidate.holds.includes(conditions)) {
    return { ok: false, refused: `cannot express the conditions of ${scenario}` };
  }
  const source = new RuleSource(gridOf(rules), conditions);
  const oracle = new Oracle(source);
  const contender = await candidate.load(source, oracle);
  const stream = new ActionStream(1, source.grid, scenario);
  const first = contender.prepare(stream.next());
  const slow = contender.decideLater !== undefined || (await onceMs(contender, first)) > slowMs;
  const actions = stream.take(slow ? slowActions[quick ? "quick" : "whole"] : actionsMax);
  const wanted = wantedOf(candidate, oracle);
  const checked = await checkAnswers(contender, actions, { wanted, deadlineMs, slow });
  if (!checked.ok) return checked;
  const { allowed, count } = checked;
  return {
    ok: true,
    source,
    contender,
    actions,
    slow,
    allowed: allowed / count,
    checked: count,
  };
}

/** The fastest of some decisions: the first ones compile. */
async function onceMs(contender: Contender, input: unknown): Promise<number> {
  let leastMs = Number.POSITIVE_INFINITY;
  const untilMs = performance.now() + 50;
  do {
    const before = performance.now();
    await answerOf(contender, input);
    leastMs = Math.min(leastMs, performance.now() - before);
  } while (performance.now() < untilMs);
  return leastMs;
}

function answerOf(contender: Contender, input: unknown): number | Promise<number> {
  return contender.decideLater?.(input) ?? contender.decide(input);
}

/** What a candidate must answer. */
function wantedOf({ judge }: Candidate, oracle: Oracle): (action: Action) => Answer {
  if (judge === undefined) return (action) => oracle.answer(action, nowMs);
  return (action) => ({ allowed: judge(action), rules: [] });
}

interface Check {
  readonly wanted: (action: Action) => Answer;
  readonly deadlineMs: number;
  readonly slow: boolean;
}

type Checked =
  | { readonly ok: true; readonly allowed: number; readonly count: number }
  | { readonly ok: false; readonly refused: string };

/** Holds every action's answer to the oracle's; a slow engine's as many as a third of its time allows. */
async function checkAnswers(
  contender: Contender,
  actions: readonly Action[],
  { wanted, deadlineMs, slow }: Check,
): Promise<Checked> {
  const untilMs = performance.now() + (deadlineMs - performance.now()) / 3;
  let allowed = 0;
  let count = 0;
  for (const action of actions) {
    const input = contender.prepare(action);
    const answer = await answerOf(contender, input);
    const wrong = wrongAnswer(action, wanted(action), {
      allowed: answer === 1,
      rules: contender.rulesOf?.(input),
    });
    if (wrong !== undefined) return { ok: false, refused: `answers wrongly: ${wrong}` };
    allowed += answer;
    count += 1;
    if (slow && count >= checkedLeast && performance.now() > untilMs) break;
  }
  return { ok: true, allowed, count };
}

/** The process's memory once everything that can be freed is, and the most it ever was. */
function memory(): { readonly rssMb: number; readonly rssPeakMb: number } {
  for (let count = 0; count < 3; count += 1) globalThis.gc?.();
  return {
    rssMb: Math.round(process.memoryUsage.rss() / 1e5) / 10,
    rssPeakMb: Math.round(process.resourceUsage().maxRSS / 1e2) / 10,
  };
}
