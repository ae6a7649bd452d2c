import type { Agent } from "@holdfast/model";
import type { Match } from "../../document/policy.ts";
import { chainOf } from "./subject.ts";
import type { Situation } from "./subject.ts";

/** The label of every tool that no Tool document describes. */
export const unlabelled = "unlabelled";

/** Which way a match may err where the request does not say. */
export type Stance = "granting" | "modifying" | "narrowing";

/** Keys of a match as bits: those that finding a rule has not settled yet. */
export const keyBits = {
  tools: 1,
  labels: 2,
  kinds: 4,
  agents: 8,
  agentRoles: 16,
  userRoles: 32,
  environments: 64,
} as const;

const allKeys = 127;

/** The keys that a match has, as bits. */
export function keysOf(match: Match): number {
  let bits = 0;
  if (match.tools !== undefined) bits |= keyBits.tools;
  if (match.labels !== undefined) bits |= keyBits.labels;
  if (match.kinds !== undefined) bits |= keyBits.kinds;
  if (match.agents !== undefined) bits |= keyBits.agents;
  if (match.agentRoles !== undefined) bits |= keyBits.agentRoles;
  if (match.userRoles !== undefined) bits |= keyBits.userRoles;
  if (match.environments !== undefined) bits |= keyBits.environments;
  return bits;
}

/** What a match is held against. */
export interface Covered {
  readonly request: Situation["request"];
  readonly plan: Situation["plan"];
  /** what a match that narrows or modifies asks for */
  readonly labels: readonly string[];
  /** what a match that grants asks for */
  readonly sureLabels: readonly string[];
  /** whether a Tool document registers the tool, and nobody says otherwise */
  readonly registered: boolean;
}

/** Whether a match covers an action of an agent; `keys` limits what is looked at, but for phase. */
export function covers(
  match: Match,
  situation: Covered,
  agent: Agent,
  stance: Stance,
  keys: number = allKeys,
): boolean {
  const { request, plan } = situation;
  if ((keys & keyBits.tools) !== 0 && match.tools !== undefined) {
    if (!match.tools.some((pattern) => fits(pattern, plan.name))) return false;
  }
  if ((keys & keyBits.labels) !== 0 && match.labels !== undefined) {
    const labels = stance === "granting" ? situation.sureLabels : situation.labels;
    if (!share(match.labels, labels)) return false;
  }
  if ((keys & keyBits.kinds) !== 0 && match.kinds !== undefined) {
    if (!match.kinds.includes(request.action.kind)) return false;
  }
  if (stance === "granting" && !situation.registered) {
    if (!coversUnregistered(match, situation)) return false;
  }
  if ((keys & keyBits.agents) !== 0 && match.agents !== undefined) {
    if (!match.agents.some((pattern) => fits(pattern, agent.id))) return false;
  }
  if ((keys & keyBits.agentRoles) !== 0 && match.agentRoles !== undefined) {
    if (!share(match.agentRoles, agent.roles)) return false;
  }
  if ((keys & keyBits.userRoles) !== 0 && match.userRoles !== undefined) {
    if (request.user === null || !share(match.userRoles, request.user.roles)) return false;
  }
  if ((keys & keyBits.environments) === 0 || match.environments === undefined) return true;
  const { environment } = request;
  if (environment === undefined) return stance === "narrowing";
  return match.environments.includes(environment);
}

/** An unregistered tool is covered by its exact name or the label `unlabelled` alone. */
export function coversUnregistered(match: Match, { plan }: Covered): boolean {
  // A server may call its tool `*`, which must not fit the pattern `server.*`.
  if (match.tools?.includes(plan.name) === true && !plan.name.endsWith("*")) return true;
  return match.labels?.includes(unlabelled) === true && plan.labels.includes(unlabelled);
}

/** Whether a text is a pattern, or begins with what stands before its final `*`. */
export function fits(pattern: string, text: string): boolean {
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** Whether an agent with this id acts or delegates. */
export function inChain(situation: Situation, id: string): boolean {
  return chainOf(situation.request).some((agent) => agent.id === id);
}

function share(wanted: readonly string[], found: readonly string[]): boolean {
  for (const item of found) if (wanted.includes(item)) return true;
  return false;
}
