import {
  catalogue,
  killedPercent,
  runs as stillRuns,
  talliesByClass,
  talliesByMutation,
  tallyOf,
} from "@holdfast/stress";
import type { Mutants, Mutation, Proposal, ScoredMutant, Tally } from "@holdfast/stress";

/** What a stress came to, as `-o json` prints it. */
export interface StressResult {
  readonly bundle: string;
  readonly runs: number;
  readonly notAdaptive: StressTally;
  readonly adaptive: StressTally;
  readonly leftOut: Mutants["leftOut"];
  readonly classes: readonly (StressTally & { readonly class: string })[];
  readonly mutations: readonly (StressTally & CatalogueEntry)[];
  /** what each rule stopped, by its name; `learn --report --stress` reads it */
  readonly rules: readonly RuleKills[];
  readonly survivors: readonly Survivor[];
  /** survivors by what a rule would have to look at, the largest first */
  readonly survivorGroups: readonly Proposal[];
  /** rules that would stop them, each once; `holdfast learn --close` reads `policy` and `kills` */
  readonly proposals: readonly ProposedPolicy[];
}

/** Mutants that were killed by a decision that a rule determined. */
export interface RuleKills {
  /** `policy/rule` */
  readonly rule: string;
  /** those that do not know the policy */
  readonly killed: number;
  readonly killedAdaptive: number;
  /** of both, where no other rule determined any decision that stopped a marked call */
  readonly alone: number;
}

/** A rule that would stop survivors of one group or several. */
export interface ProposedPolicy {
  readonly path: string;
  /** documents of the policy language */
  readonly policy: string;
  /** ids of mutants that it was seen to stop */
  readonly kills: readonly string[];
  readonly honestRuns: number;
  readonly honestTouched: number;
}

/** A tally with the share that it is about. */
export interface StressTally extends Tally {
  /** in percent, two decimals; null where there was no mutant */
  readonly killedPercent: number | null;
}

/** An entry of the catalogue, for people and programs. */
export interface CatalogueEntry {
  readonly id: string;
  readonly class: string;
  readonly owasp: string;
  readonly atlas: string;
  readonly isAdaptive: boolean;
  readonly description: string;
}

/** A mutant that came through, with its path. */
interface Survivor {
  readonly id: string;
  readonly run: string;
  readonly mutation: string;
  readonly class: string;
  readonly calls: readonly {
    readonly at: number;
    readonly tool: string;
    readonly args: object;
    readonly effect: string;
    readonly code: string;
    readonly rules: readonly string[];
  }[];
}

/** Marked calls of one survivor that are told. */
const callsMax = 10;

/** Adds up what became of mutants, with all that is worth telling. */
export function stressResult(
  bundle: string,
  runs: number,
  { all, leftOut, proposals }: StressFindings,
): StressResult {
  const made = new Set(all.map(({ mutation }) => mutation));
  return {
    bundle,
    runs,
    notAdaptive: withShare(tallyOf(all.filter(({ mutation }) => !mutation.isAdaptive))),
    adaptive: withShare(tallyOf(all.filter(({ mutation }) => mutation.isAdaptive))),
    leftOut,
    classes: talliesByClass(all).map(({ class: name, tally }) =>
      Object.assign({ class: name }, withShare(tally)),
    ),
    mutations: talliesByMutation(
      all,
      catalogue.filter((mutation) => made.has(mutation)),
    ).map(({ mutation, tally }) => Object.assign(entryOf(mutation), withShare(tally))),
    rules: killsByRule(all),
    survivors: all.filter(({ fate }) => fate === "survived").map((each) => survivorOf(each)),
    survivorGroups: proposals,
    proposals: policiesOf(proposals),
  };
}

function killsByRule(all: readonly ScoredMutant[]): readonly RuleKills[] {
  const found = new Map<string, { killed: number; killedAdaptive: number; alone: number }>();
  for (const { fate, mutation, attacks } of all) {
    if (fate !== "denied" && fate !== "stepped_up") continue;
    const stopped = attacks.filter(({ verdict }) => !stillRuns(verdict));
    const names = new Set(stopped.flatMap(({ verdict }) => verdict.rules));
    for (const name of names) {
      const kills = found.get(name) ?? { killed: 0, killedAdaptive: 0, alone: 0 };
      found.set(name, kills);
      if (mutation.isAdaptive) kills.killedAdaptive += 1;
      else kills.killed += 1;
      if (names.size === 1) kills.alone += 1;
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([rule, kills]) => Object.assign({ rule }, kills));
}

function policiesOf(groups: readonly Proposal[]): readonly ProposedPolicy[] {
  const policies = new Map<string, ProposedPolicy>();
  for (const { rule } of groups) {
    if (rule === undefined) continue;
    const { file, honestRuns, honestTouched } = rule;
    const known = policies.get(file.path)?.kills ?? [];
    const kills = [...new Set([...known, ...rule.kills])].sort();
    policies.set(file.path, {
      path: file.path,
      policy: file.text,
      kills,
      honestRuns,
      honestTouched,
    });
  }
  return [...policies.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What was found out. */
export interface StressFindings {
  readonly all: readonly ScoredMutant[];
  readonly leftOut: Mutants["leftOut"];
  readonly proposals: readonly Proposal[];
}

/** What is known of a mutation without a run. */
export function entryOf({
  id,
  class: name,
  owasp,
  atlas,
  isAdaptive,
  description,
}: Mutation): CatalogueEntry {
  return { id, class: name, owasp, atlas, isAdaptive, description };
}

function withShare(tally: Tally): StressTally {
  const share = killedPercent(tally);
  return { ...tally, killedPercent: share === undefined ? null : Math.round(share * 100) / 100 };
}

function survivorOf({ mutant, mutation, attacks }: ScoredMutant): Survivor {
  return {
    id: mutant.id,
    run: mutant.origin,
    mutation: mutation.id,
    class: mutation.class,
    calls: attacks.slice(0, callsMax).map(({ at, tool, verdict: { effect, code, rules } }) => ({
      at,
      tool,
      args: mutant.run.calls[at]?.args ?? {},
      effect,
      code,
      rules,
    })),
  };
}
