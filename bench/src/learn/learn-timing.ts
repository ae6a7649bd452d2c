import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { Engine, PolicyFileText } from "@holdfast/engine";
import { learnPolicy } from "@holdfast/learn";
import type { LearnedRun } from "@holdfast/learn";
import { replayRun } from "@holdfast/runtime";
import type { BenchLesson } from "./recorded-lesson.ts";

/** How long learning took, and deciding by what was learned. */
export interface LearnRow {
  readonly name: string;
  readonly runs: number;
  /** of all runs */
  readonly calls: number;
  readonly learnS: number;
  readonly compileMs: number;
  /** of a decision on a call, the fastest of all times that it was made */
  readonly p50Us: number;
  readonly p99Us: number;
  /** of every time that one was made, with what else the machine did then */
  readonly p99OfAllUs: number;
}

const setting = { agent: "agent", server: "local", environment: "production" };

/** Passes over all runs before and while it is measured. */
const warmPasses = 3;
const passes = 9;

/** Decisions that are measured at most. */
const decisionsMax = 4_000;

/** Learns, keeps the policy, and decides the runs by it again and again. */
export function timeLearning({ name, definitions, runs }: BenchLesson): LearnRow {
  const shared = {
    definitions,
    server: setting.server,
    environments: [setting.environment],
    approvers: ["user:owner"],
  };
  const begun = performance.now();
  const { files } = learnPolicy({
    ...shared,
    runs,
    judge: (policy) => {
      const engine = engineOf(policy);
      return (run) => decided(engine, run);
    },
  });
  const learned = performance.now();
  const engine = engineOf(files);
  const compiled = performance.now();
  const { fastest, all } = timeDecisions(engine, runs);
  const at = (sorted: readonly number[], part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return {
    name,
    runs: runs.length,
    calls: runs.reduce((sum, { calls }) => sum + calls.length, 0),
    learnS: (learned - begun) / 1000,
    compileMs: compiled - learned,
    p50Us: at(fastest, 0.5),
    p99Us: at(fastest, 0.99),
    p99OfAllUs: at(all, 0.99),
  };
}

function engineOf(files: readonly PolicyFileText[]): Engine {
  const loaded = loadPolicySet(files, { root: "" });
  if (loaded.ok) return createEngine(loaded.bundle);
  throw new Error(loaded.diagnostics.map(({ message }) => message).join("; "));
}

function decided(
  engine: Engine,
  { id, user_prompt, calls }: LearnedRun,
): readonly { readonly effect: string; readonly rules: readonly string[] }[] {
  return replayRun(engine, { id, user_prompt, calls: [...calls] }, setting).map(
    ({ decision: { effect, rules } }) => ({ effect, rules }),
  );
}

function timeDecisions(
  engine: Engine,
  runs: readonly LearnedRun[],
): { readonly fastest: readonly number[]; readonly all: readonly number[] } {
  let times: number[] = [];
  const timed: Engine = {
    ...engine,
    decide: (input) => {
      const begun = performance.now();
      const decision = engine.decide(input);
      if (input.request.action.phase === "call") times.push((performance.now() - begun) * 1000);
      return decision;
    },
  };
  let count = 0;
  const chosen = runs.filter((run) => (count += run.calls.length) <= decisionsMax);
  const all: number[] = [];
  const fastest: number[] = [];
  for (let pass = 0; pass < warmPasses + passes; pass += 1) {
    times = [];
    for (const run of chosen) decided(timed, run);
    if (pass < warmPasses) continue;
    for (const [at, time] of times.entries()) {
      all.push(time);
      fastest[at] = Math.min(fastest[at] ?? Number.POSITIVE_INFINITY, time);
    }
  }
  const sorted = (each: number[]): readonly number[] => each.sort((a, b) => a - b);
  return { fastest: sorted(fastest), all: sorted(all) };
}
