import { policyNames, taskOf } from "@holdfast/learn";
import type { LearnedPolicy, LearnedRule, LearnedRun, ToolTrack } from "@holdfast/learn";
import type { StressedRules } from "./stressed-rules.ts";

/** What a report tells of. */
export interface LearnReport {
  readonly learned: LearnedPolicy;
  readonly runs: readonly LearnedRun[];
  /** tools that a definition tells the arguments of */
  readonly defined: ReadonlySet<string>;
  /** what each rule stopped of attacks; absent: nobody attacked the policy yet */
  readonly stressed?: StressedRules | undefined;
}

/** A rule of a tool, with what honest calls and attacks say of it. */
export interface ReportedRule {
  readonly tool: string;
  readonly rule: LearnedRule;
  readonly track: ToolTrack | undefined;
  /** attacks that it stopped; `undefined`: not known */
  readonly kills: RuleKillCount | undefined;
}

/** Attacks that a rule stopped, and those of them that no other rule did. */
export interface RuleKillCount {
  readonly all: number;
  readonly alone: number;
}

/** Every rule, by tool as these are sorted, then as its policy holds it. */
export function reportedRules({ learned, stressed }: LearnReport): readonly ReportedRule[] {
  const names = policyNames(learned.tools);
  return learned.tools.flatMap(({ name: tool }) =>
    (learned.rules.get(tool) ?? []).map((rule) => ({
      tool,
      rule,
      track: learned.track?.get(tool),
      kills:
        stressed === undefined
          ? undefined
          : (stressed.rules.get(`${names.get(tool)}/${rule.id}`) ?? { all: 0, alone: 0 }),
    })),
  );
}

/** How many tasks there are: prompts that differ. */
export function taskCount(runs: readonly LearnedRun[]): number {
  return new Set(runs.map((run) => taskOf(run))).size;
}

/** A share in percent for people, `0 %` of nothing. */
export function percent(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((1000 * part) / whole) / 10} %`;
}
