import { anyTool, inChain } from "./match.ts";
import type { Restriction } from "./reference-state.ts";
import { sessionRootOf, unlabelled } from "./situation.ts";
import type { Situation } from "./situation.ts";

/**
 * Labels that say what is read and from where, not what is done. Anything else, a label of the
 * operator's own included, may change something.
 */
const readLike: ReadonlySet<string> = new Set(["read", "pii", "secrets", "untrusted", "internal"]);

/**
 * The kinds in force that forbid this action, sorted (POLICY.md section 7). A restriction follows
 * its agent into every chain that agent delegates to; a request that names no session falls under
 * the restrictions of all the agent's sessions.
 */
export function restrictionsAgainst(situation: Situation): readonly string[] {
  const kinds = restrictionsInForce(situation).flatMap((restriction) =>
    restriction.kinds.filter((kind) => forbids(kind, restriction.agent, situation)),
  );
  return [...new Set(kinds)].sort();
}

/** Restrictions of this action's tenant, agents and session at this time, in order of id. */
export function restrictionsInForce(situation: Situation): readonly Restriction[] {
  const { request, input, state } = situation;
  const root = sessionRootOf(request);
  return state
    .restrictions()
    .filter(
      (restriction) =>
        (restriction.tenant === undefined || restriction.tenant === request.tenant) &&
        inChain(situation, restriction.agent) &&
        (restriction.sessionRoot === undefined ||
          root === undefined ||
          restriction.sessionRoot === root) &&
        (restriction.untilMs === undefined || input.nowMs < restriction.untilMs),
    )
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

function forbids(kind: string, agent: string, situation: Situation): boolean {
  const { request, labels, toolName } = situation;
  const named = /^(label|tool|server):(.+)$/su.exec(kind);
  if (named !== null) {
    const [, what, name = ""] = named;
    if (what === "label") return labels.includes(name);
    if (what === "tool") return anyTool([name], toolName);
    return request.tool.server === name;
  }
  switch (kind) {
    case "read_only":
      return !labels.includes("read") || !labels.every((label) => readLike.has(label));
    case "network":
      return (
        labels.includes("egress") ||
        labels.includes(unlabelled) ||
        request.action.kind === "http" ||
        request.action.kind === "ssh"
      );
    case "delegation":
      return (
        request.action.kind === "delegate" ||
        labels.includes("delegate") ||
        request.delegation.some((hop) => hop.agent.id === agent)
      );
    // `isolate` and `terminate` leave nothing; a kind not known here isolates.
    default:
      return true;
  }
}
