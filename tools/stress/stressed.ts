import { createEngine, loadPolicySet } from "@holdfast/engine";
import type { FactReader, PolicyFileText } from "@holdfast/engine";
import { learnPolicy, structuredTools, withStructuredResults } from "@holdfast/learn";
import type { LearnedRun, ToolDefinition } from "@holdfast/learn";
import { replayRun } from "@holdfast/runtime";
import { agentView, catalogue, mutantsOf, scored, stressTools } from "@holdfast/stress";
import type { Mutants, ScoredMutant, StressJudge, StressRun } from "@holdfast/stress";
import type { Corpus } from "../protection/corpus.ts";

/** What became of the mutants of one policy set. */
export interface Stressed {
  readonly kind: "learned" | "reference";
  /** data set and suite, or the pack */
  readonly name: string;
  readonly runs: number;
  readonly leftOut: Mutants["leftOut"];
  readonly all: readonly ScoredMutant[];
}

const setting = { agent: "agent", server: "local", environment: "production" };

/** Learns a policy of each suite from its honest runs, and attacks it with mutants of these. */
export function* stressedSuites(corpus: Corpus): Generator<Stressed> {
  const suites = [...new Set(corpus.runs.map(({ suite }) => suite))].sort();
  for (const suite of suites) {
    const honest: readonly LearnedRun[] = corpus.runs.filter(
      (run) =>
        run.suite === suite && !run.isAttacked && run.isSolved && !run.task.startsWith("injection"),
    );
    if (honest.length === 0) continue;
    const structured = structuredTools(honest);
    const runs = honest
      .map((run) => withStructuredResults(run, structured))
      .map(({ id, user_prompt, calls }): StressRun => ({ id, user_prompt, calls }));
    const definitions = corpus.definitions.get(suite) ?? [];
    const shared = { server: setting.server, environments: [setting.environment] };
    const { files } = learnPolicy({
      definitions,
      runs,
      ...shared,
      approvers: ["user:owner"],
      judge: (learned) => setOf(learned, undefined).judge,
    });
    const name = `${corpus.dataset} ${suite}`;
    yield stressed({ kind: "learned", name, runs, definitions, files, factReader: undefined });
  }
}

/** A policy set and the honest runs that it is attacked with. */
export interface StressedSet {
  readonly kind: Stressed["kind"];
  readonly name: string;
  readonly runs: readonly StressRun[];
  readonly definitions: readonly ToolDefinition[];
  readonly files: readonly PolicyFileText[];
  readonly factReader: FactReader | undefined;
}

/** Attacks a policy set with the whole catalogue. */
export function stressed({
  kind,
  name,
  runs,
  definitions,
  files,
  factReader,
}: StressedSet): Stressed {
  const { bundle, judge } = setOf(files, factReader);
  const tools = stressTools({ bundle, definitions, runs, server: setting.server });
  const { mutants, leftOut } = mutantsOf(runs, agentView(runs, tools), catalogue);
  return {
    kind,
    name,
    runs: runs.length,
    leftOut,
    all: [...scored(mutants, catalogue, runs, judge)],
  };
}

function setOf(files: readonly PolicyFileText[], factReader: FactReader | undefined) {
  const loaded = loadPolicySet(files, { root: "policies" });
  if (!loaded.ok) {
    throw new Error(
      `the policy does not compile: ${loaded.diagnostics[0]?.message ?? "no reason"}`,
    );
  }
  const engine = createEngine(loaded.bundle);
  const place = factReader === undefined ? setting : { ...setting, factReader };
  const judge: StressJudge = (run) =>
    replayRun(engine, run, place).map(({ decision: { effect, code, rules } }) => ({
      effect,
      code,
      rules,
    }));
  return { bundle: loaded.bundle, judge };
}
