import { taskOf, tasksMin } from "../run/learned-run.ts";
import type { LearnedRun } from "../run/learned-run.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";
import type { RuleId } from "./learned-rule.ts";

/** What was decided of one call: its effect, and the rules that determined it, `policy/rule`. */
export interface JudgedCall {
  readonly effect: string;
  readonly rules: readonly string[];
}

/** A rule that is left out for a tool, as honest work breaks it. */
export interface Exemption {
  readonly tool: string;
  readonly rule: RuleId;
  /** how many different honest tasks broke it */
  readonly tasks: number;
}

/** Rules that honest work may show to be too narrow for a tool. The others stay, whatever breaks them. */
const exemptible: ReadonlySet<string> = new Set<RuleId>([
  "copied-request",
  "copied-title",
  "dictated",
  "found-object",
  "laden-url",
  "misplaced-code",
  "odd-amount",
  "unseen-call",
  "unseen-name",
  "unseen-object",
  "unseen-url",
  "unusual-origin",
]);

/** The share of the tasks with a tool that a rule has to ask about, so that few tasks of many void none. */
const shareMin = 0.05;

/**
 * Which rules are left out for which tools: those that ask a person, and did so in at least two different
 * honest tasks. Never for what moves money, removes something or lets somebody in.
 */
export function exemptions(
  runs: readonly LearnedRun[],
  judge: (run: LearnedRun) => readonly JudgedCall[],
  tools: ReadonlyMap<string, UnderstoodTool>,
): readonly Exemption[] {
  const broken = new Map<string, { tool: string; rule: string; tasks: Set<string> }>();
  const used = new Map<string, Set<string>>();
  for (const run of runs) {
    for (const { tool } of run.calls) {
      const tasks = used.get(tool) ?? new Set();
      used.set(tool, tasks.add(taskOf(run)));
    }
    for (const [at, { effect, rules }] of judge(run).entries()) {
      const tool = tools.get(run.calls[at]?.tool ?? "");
      if (effect !== "step_up" || tool === undefined) continue;
      for (const name of rules) {
        const rule = name.slice(name.indexOf("/") + 1);
        if (!exemptible.has(rule) || !mayBeExempt(tool, rule)) continue;
        const key = `${tool.name} ${rule}`;
        const seen = broken.get(key) ?? { tool: tool.name, rule, tasks: new Set() };
        seen.tasks.add(taskOf(run));
        broken.set(key, seen);
      }
    }
  }
  return [...broken.values()]
    .filter(({ tool, tasks }) => {
      const all = used.get(tool)?.size ?? 0;
      return tasks.size >= tasksMin && tasks.size >= all * shareMin;
    })
    .map(({ tool, rule, tasks }) => ({ tool, rule: rule as RuleId, tasks: tasks.size }))
    .sort((a, b) => (`${a.tool} ${a.rule}` < `${b.tool} ${b.rule}` ? -1 : 1));
}

function mayBeExempt({ labels, isCredential }: UnderstoodTool, rule: string): boolean {
  // Of codes it asks alone, and honest work tells whence they come.
  if (rule === "misplaced-code") return true;
  return !labels.includes("money") && !labels.includes("destructive") && !isCredential;
}
