import type { Agent } from "@holdfast/model";
import type { Match } from "../document/policy.ts";
import { chainOf, isRegistered, unlabelled } from "./situation.ts";
import type { Situation } from "./situation.ts";

/**
 * Which way a match may err where the request does not say: what grants must be sure that it
 * covers the action, what narrows covers it unless it surely does not; `modify` does neither.
 */
export type Stance = "granting" | "modifying" | "narrowing";

/** Keys as the policy text writes them; `registry` stands for what no key says. */
export type MatchKey =
  | "tools"
  | "labels"
  | "kinds"
  | "agents"
  | "agent_roles"
  | "user_roles"
  | "environments"
  | "registry";

/** One key of a match that does not hold, in the words of the policy text. */
export interface MatchFailure {
  readonly key: MatchKey;
  readonly expression: string;
  readonly found: string;
  readonly needed: string;
}

/** Whether every given key holds, each being any-of (POLICY.md section 2). */
export function covers(match: Match, situation: Situation, agent: Agent, stance: Stance): boolean {
  return (
    match.phase === situation.request.action.phase &&
    coversAnyPhase(match, situation, agent, stance)
  );
}

/** `covers` for Events and Meters, whose moment says the phase. */
export function coversAnyPhase(
  match: Match,
  situation: Situation,
  agent: Agent,
  stance: Stance,
): boolean {
  return matchFailures(match, situation, agent, stance).length === 0;
}

/** The keys that do not hold, the most telling first; the phase is not among them. */
export function matchFailures(
  match: Match,
  situation: Situation,
  agent: Agent,
  stance: Stance,
): readonly MatchFailure[] {
  const { request, toolName } = situation;
  const labels = stance === "granting" ? situation.sureLabels : situation.labels;
  const failures: MatchFailure[] = [];
  const demand = (
    key: MatchKey,
    wanted: readonly string[] | undefined,
    holds: (wanted: readonly string[]) => boolean,
    found: string,
  ): void => {
    if (wanted === undefined || holds(wanted)) return;
    const list = `[${wanted.join(", ")}]`;
    failures.push({ key, expression: `${key}: ${list}`, found, needed: `one of ${list}` });
  };
  demand("tools", match.tools, (tools) => anyTool(tools, toolName), toolName);
  demand("labels", match.labels, (wanted) => overlap(wanted, labels), listed(labels));
  demand("kinds", match.kinds, (kinds) => kinds.includes(request.action.kind), request.action.kind);
  if (stance === "granting" && !coversUnregistered(match, situation)) {
    failures.push({
      key: "registry",
      expression: "match",
      found: `\`${toolName}\`, which is not registered`,
      needed: "its exact name in `tools`, or the label `unlabelled`",
    });
  }
  demand(
    "agents",
    match.agents,
    (agents) => agents.some((pattern) => fitsPrefix(pattern, agent.id)),
    agent.id,
  );
  demand(
    "agent_roles",
    match.agentRoles,
    (roles) => overlap(roles, agent.roles),
    listed(agent.roles),
  );
  demand(
    "user_roles",
    match.userRoles,
    (roles) => overlap(roles, request.user?.roles ?? []),
    request.user === null ? "no user" : listed(request.user.roles),
  );
  const { environment } = request;
  demand(
    "environments",
    match.environments,
    (names) => (environment === undefined ? stance === "narrowing" : names.includes(environment)),
    environment ?? "no environment",
  );
  return failures;
}

/** Whether a tool fits one of `server.name`, `server.*` and `*`. */
export function anyTool(patterns: readonly string[], toolName: string): boolean {
  return patterns.some((pattern) => fitsPrefix(pattern, toolName));
}

/** Whether the action's agents include one with this id, acting or delegating. */
export function inChain(situation: Situation, agentId: string): boolean {
  return chainOf(situation.request).some((agent) => agent.id === agentId);
}

/** Section 5: an unregistered tool is covered by its exact name or the label `unlabelled` alone. */
function coversUnregistered(match: Match, situation: Situation): boolean {
  if (isRegistered(situation)) return true;
  // WHY the second half: a server may call its tool `*`, which must not fit the pattern `server.*`.
  const { toolName } = situation;
  const byName = (match.tools?.includes(toolName) ?? false) && !toolName.endsWith("*");
  const byLabel =
    (match.labels?.includes(unlabelled) ?? false) && situation.labels.includes(unlabelled);
  return byName || byLabel;
}

function fitsPrefix(pattern: string, text: string): boolean {
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

function overlap(wanted: readonly string[], found: readonly string[]): boolean {
  return found.some((item) => wanted.includes(item));
}

function listed(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}
