import { printForm } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import type { AttackClass } from "../catalogue/mutation.ts";
import type { StressRun } from "../run/stress-run.ts";
import type { AgentView } from "../view/agent-view.ts";
import { chosenMany } from "../view/choice.ts";
import { candidatesFor } from "./candidate.ts";
import type { Candidate, ProposalSetting } from "./candidate.ts";
import type { ScoredMutant } from "./score.ts";
import { runs } from "./verdict.ts";
import type { StressJudge, StressVerdict } from "./verdict.ts";

/** Mutants that survived for one reason, and the rule that would have stopped them. */
export interface Proposal {
  readonly class: AttackClass;
  readonly tool: string;
  /** arguments that a rule has to look at; empty: the call as a whole */
  readonly arguments: readonly string[];
  /** how many mutants survived, and ids of a few */
  readonly survivors: number;
  readonly examples: readonly string[];
  /** the rule that was tried and stops most of them; absent: none that was tried stops any */
  readonly rule?: ProposedRule;
}

/** A rule with what it buys and costs. */
export interface ProposedRule {
  /** what it looks at */
  readonly id: string;
  /** documents of the policy language, to be added to the set */
  readonly file: PolicyFileText;
  /** how many survivors it was tried on */
  readonly tried: number;
  /** ids of those it stops */
  readonly kills: readonly string[];
  /** honest runs in which the tool is used, and how many of them it newly refuses or asks about */
  readonly honestRuns: number;
  readonly honestTouched: number;
}

/** What proposing needs besides the mutants. */
export interface ProposalOptions extends ProposalSetting {
  readonly honest: readonly StressRun[];
  readonly view: AgentView;
  readonly judge: StressJudge;
  /** decides by the policy set with these documents added; `undefined`: they do not go with it */
  readonly judgeWith: (file: PolicyFileText) => StressJudge | undefined;
}

/** Groups for which rules are tried; the rest is told without one. */
export const proposalsMax = 40;

/** Survivors of a group that each rule is tried on. */
const triedMax = 24;

/** Honest runs that use the tool and that each rule is tried on. */
const honestMax = 200;

/**
 * Groups survivors by class, tool and arguments, the largest first, and tries rules on each of the first
 * `proposalsMax`: the one that stops most is proposed, of those the one that touches fewest honest runs, of
 * those the most telling. Pure but for the judges.
 */
export function* proposals(
  survivors: readonly ScoredMutant[],
  options: ProposalOptions,
): Generator<Proposal> {
  const groups = new Map<string, ScoredMutant[]>();
  for (const each of survivors) {
    const { tool, arguments: names } = each.mutant.focus;
    const key = JSON.stringify([each.mutation.class, tool, [...names].sort()]);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const sorted = [...groups].sort(
    ([a, one], [b, two]) => two.length - one.length || (a < b ? -1 : 1),
  );
  for (const [number, [, group]] of sorted.entries()) {
    const [first] = group;
    if (first === undefined) continue;
    const { focus } = first.mutant;
    const rule = number < proposalsMax ? bestRule(group, options) : undefined;
    yield {
      class: first.mutation.class,
      tool: focus.tool,
      arguments: [...focus.arguments].sort(),
      survivors: group.length,
      examples: group.slice(0, 3).map(({ mutant }) => mutant.id),
      ...(rule === undefined ? {} : { rule }),
    };
  }
}

function bestRule(
  group: readonly ScoredMutant[],
  options: ProposalOptions,
): ProposedRule | undefined {
  const { honest, view } = options;
  const [first] = group;
  if (first === undefined) return undefined;
  const { focus } = first.mutant;
  const tried = chosenMany(group, triedMax, focus.tool, first.mutation.class);
  const using = chosenMany(
    honest.filter(({ calls }) => calls.some(({ tool }) => tool === focus.tool)),
    honestMax,
    focus.tool,
  );
  const before = using.map((run) => options.judge(run));
  let best: ProposedRule | undefined;
  for (const candidate of candidatesFor(first.mutation.class, focus, view, options)) {
    const file = fileOf(candidate);
    const judge = options.judgeWith(file);
    if (judge === undefined) continue;
    const kills = tried
      .filter(({ mutant }) => stops(judge(mutant.run), mutant.attacks))
      .map(({ mutant }) => mutant.id);
    if (kills.length === 0 || (best !== undefined && kills.length < best.kills.length)) continue;
    const touched = using.filter((run, at) => isNewlyTouched(judge(run), before[at] ?? [])).length;
    if (kills.length === best?.kills.length && touched >= best.honestTouched) continue;
    best = {
      id: candidate.id,
      file,
      tried: tried.length,
      kills,
      honestRuns: using.length,
      honestTouched: touched,
    };
    if (kills.length === tried.length && touched === 0) break;
  }
  return best;
}

function stops(
  verdicts: readonly StressVerdict[],
  attacks: readonly { readonly at: number }[],
): boolean {
  return attacks.some(({ at }) => {
    const verdict = verdicts[at];
    return verdict !== undefined && !runs(verdict);
  });
}

function isNewlyTouched(now: readonly StressVerdict[], before: readonly StressVerdict[]): boolean {
  return now.some((verdict, at) => {
    const was = before[at];
    return !runs(verdict) && was !== undefined && runs(was);
  });
}

function fileOf({ documents }: Candidate): PolicyFileText {
  const [policy] = documents.slice(-1);
  const metadata = policy?.["metadata"];
  const name =
    typeof metadata === "object" && metadata !== null && "name" in metadata ? metadata["name"] : "";
  return {
    path: `${typeof name === "string" ? name : "stress"}.yaml`,
    text: documents.map((each) => printForm(each)).join("---\n"),
  };
}
