import type { Agent } from "@holdfast/model";
import type { Match } from "../../document/policy.ts";
import { covers, coversUnregistered, keyBits } from "../rule/coverage.ts";
import type { Stance } from "../rule/coverage.ts";
import type { Situation } from "../rule/subject.ts";

/** One key of a match that does not hold, in the words of the policy text. */
export interface KeyFailure {
  readonly key: string;
  readonly expression: string;
  readonly found: string;
  readonly needed: string;
  readonly weight: number;
}

/** The keys of a match that do not hold for an action of an agent, the weightiest first. */
export function keyFailures(
  match: Match,
  situation: Situation,
  { agent, stance }: { readonly agent: Agent; readonly stance: Stance },
): readonly KeyFailure[] {
  const { request, plan } = situation;
  const { registered } = situation;
  const labels = stance === "granting" ? situation.sureLabels : situation.labels;
  const failures: KeyFailure[] = [];
  // A stance other than granting never looks at the registry, so that each key stands alone.
  const alone = stance === "granting" ? "modifying" : stance;
  const look = (
    key: string,
    bit: number,
    wanted: readonly string[] | undefined,
    found: string,
    weight: number,
  ): void => {
    const covered = { request, plan, labels, sureLabels: labels, registered };
    if (wanted === undefined || covers(match, covered, agent, alone, bit)) return;
    const list = shownList(wanted);
    failures.push({ key, expression: `${key}: ${list}`, found, needed: `one of ${list}`, weight });
  };
  look("tools", keyBits.tools, match.tools, plan.name, 100);
  look("labels", keyBits.labels, match.labels, shownList(labels), 20);
  look("kinds", keyBits.kinds, match.kinds, request.action.kind, 20);
  if (stance === "granting" && !registered && !coversUnregistered(match, situation)) {
    failures.push({
      key: "registry",
      expression: "match",
      found: `\`${plan.name}\`, which is not registered`,
      needed: "its exact name in `tools`, or the label `unlabelled`",
      weight: 10,
    });
  }
  const { user, environment } = request;
  look("agents", keyBits.agents, match.agents, agent.id, 1);
  look("agent_roles", keyBits.agentRoles, match.agentRoles, shownList(agent.roles), 1);
  const userRoles = user === null ? "no user" : shownList(user.roles);
  look("user_roles", keyBits.userRoles, match.userRoles, userRoles, 1);
  const place = environment ?? "no environment";
  look("environments", keyBits.environments, match.environments, place, 2);
  return failures;
}

function shownList(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}
