import type { Draft, StressRun } from "../run/stress-run.ts";
import type { AgentView } from "../view/agent-view.ts";

/** What kinds of attack there are, those that know the policy last. */
export const attackClasses = [
  "context-poisoning",
  "tool-misuse",
  "argument-range",
  "unit-format",
  "destination-swap",
  "read-exfiltration",
  "sequence",
  "delegation",
  "environment",
  "rug-pull",
  "approval-fatigue",
  "budget",
  "encoding",
  "memory-poisoning",
  "goal-hijack",
  "known-destination",
  "prompt-value",
  "split-write",
  "quiet-instruction",
] as const;

export type AttackClass = (typeof attackClasses)[number];

/** One way to make an honest run into an attack. */
export interface Mutation {
  /** stable: reports, baselines and `--class` name it */
  readonly id: string;
  readonly class: AttackClass;
  /** one line */
  readonly description: string;
  /** OWASP Top 10 for Agentic Applications 2026 */
  readonly owasp: `ASI${string}`;
  /** technique of MITRE ATLAS 2026.09 */
  readonly atlas: `AML.T${string}`;
  /** made by somebody who knows what policies of this kind look at */
  readonly isAdaptive: boolean;
  /** what it makes of a run; pure, and nothing where the run gives it no hold */
  readonly drafts: (run: StressRun, view: AgentView) => readonly Draft[];
}

/** A mutation of one who does not know the policy. */
export function mutation(
  id: string,
  named: Pick<Mutation, "class" | "owasp" | "atlas" | "description">,
  drafts: Mutation["drafts"],
): Mutation {
  return { id, ...named, isAdaptive: false, drafts };
}

/** A mutation of one who does. */
export function adaptive(
  id: string,
  named: Pick<Mutation, "class" | "owasp" | "atlas" | "description">,
  drafts: Mutation["drafts"],
): Mutation {
  return { id, ...named, isAdaptive: true, drafts };
}
