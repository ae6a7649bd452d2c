import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { Engine, PolicyFileText } from "@holdfast/engine";
import { learnPolicy } from "@holdfast/learn";
import type { JudgedCall, LearnedRun, RuleFamily, ToolDefinition } from "@holdfast/learn";
import { replayRun } from "@holdfast/runtime";

/** What is measured: what definitions alone give, what honest runs add, and asking people besides. */
export const arms = ["rules", "learned", "learned+step_up"] as const;

export type Arm = (typeof arms)[number];

/** Who acts in recorded runs, and where. */
export const setting = { agent: "agent", server: "local", environment: "production" };

/** How often a decision is made to be measured. */
const timedPasses = 3;

/** Decides runs by one policy set. */
export class Judge {
  /** how long each decision on a call took that `time` was asked to measure */
  readonly decisionUs: number[] = [];
  #pass: number[] = [];
  readonly files: readonly PolicyFileText[];
  readonly #engine: Engine;
  #isTimed = false;

  constructor(files: readonly PolicyFileText[]) {
    this.files = files;
    const loaded = loadPolicySet(files, { root: "learned" });
    if (!loaded.ok) {
      const [first] = loaded.diagnostics;
      throw new Error(`the learned policy does not compile: ${first?.message ?? "no reason"}`);
    }
    this.#engine = this.#timed(createEngine(loaded.bundle));
  }

  /** Each call, in order, as an enforcement point would have decided it. */
  judge(run: LearnedRun): readonly JudgedCall[] {
    const { id, user_prompt, calls } = run;
    return replayRun(this.#engine, { id, user_prompt, calls: [...calls] }, setting).map(
      ({ decision: { effect, rules } }) => ({ effect, rules }),
    );
  }

  /**
   * Decides a run again and measures it: by now the policy is compiled and its rules have run once, as those of a
   * guard that stays up have. The fastest of three counts, as what else a machine does is not the policy's.
   */
  time(run: LearnedRun): void {
    const fastest: number[] = [];
    this.#isTimed = true;
    for (let pass = 0; pass < timedPasses; pass += 1) {
      this.#pass = [];
      this.judge(run);
      for (const [at, time] of this.#pass.entries()) {
        fastest[at] = Math.min(fastest[at] ?? time, time);
      }
    }
    this.#isTimed = false;
    for (const time of fastest) this.decisionUs.push(time);
  }

  #timed(engine: Engine): Engine {
    return {
      ...engine,
      decide: (input) => {
        const begun = performance.now();
        const decision = engine.decide(input);
        if (this.#isTimed && input.request.action.phase === "call") {
          this.#pass.push((performance.now() - begun) * 1000);
        }
        return decision;
      },
    };
  }
}

/** What a policy is made from, for one suite. */
export interface Lesson<Run extends LearnedRun = LearnedRun> {
  readonly definitions: readonly ToolDefinition[];
  readonly runs: readonly Run[];
}

/** The policy of an arm, as it is written to files. Results are data already where they are known to be. */
export function judgeOf(
  arm: Arm,
  { definitions, runs }: Lesson,
  without: readonly RuleFamily[] = [],
): Judge {
  const shared = {
    definitions,
    runs: arm === "rules" ? [] : runs,
    server: setting.server,
    environments: [setting.environment],
    approvers: ["user:owner"],
    withoutStepUp: arm === "learned",
    without,
  };
  if (arm !== "learned+step_up") return new Judge(learnPolicy(shared).files);
  const judge = (
    files: readonly PolicyFileText[],
  ): ((run: LearnedRun) => readonly JudgedCall[]) => {
    const first = new Judge(files);
    return (run) => first.judge(run);
  };
  return new Judge(learnPolicy({ ...shared, judge }).files);
}
