import type { Restriction } from "../history/compiled-state.ts";
import { fits, inChain, unlabelled } from "../rule/coverage.ts";
import { sessionRootOf } from "../rule/subject.ts";
import type { Situation } from "../rule/subject.ts";
import { byUnit } from "../value/map.ts";

const readLike: ReadonlySet<string> = new Set(["read", "pii", "secrets", "untrusted", "internal"]);

/** The kinds in force that forbid this action, sorted, each once. */
export function forbiddenBy(situation: Situation): readonly string[] {
  if (situation.state.restrictions.length === 0) return [];
  const kinds = new Set<string>();
  for (const restriction of inForce(situation)) {
    for (const kind of restriction.kinds) {
      if (forbids(kind, restriction.agent, situation)) kinds.add(kind);
    }
  }
  return [...kinds].sort(byUnit);
}

/** Restrictions of this tenant, chain and session at this time, in order of id. */
export function inForce(situation: Situation): readonly Restriction[] {
  const { request, recorded, state } = situation;
  const root = sessionRootOf(request);
  return state.restrictions
    .filter(({ tenant, agent, sessionRoot, untilMs }) => {
      if (tenant !== undefined && tenant !== request.tenant) return false;
      if (untilMs !== undefined && recorded.nowMs >= untilMs) return false;
      // A request that names no session falls under those of all the agent's sessions.
      if (sessionRoot !== undefined && root !== undefined && sessionRoot !== root) return false;
      return inChain(situation, agent);
    })
    .toSorted((a, b) => byUnit(a.id, b.id));
}

function forbids(kind: string, agent: string, { request, plan, labels }: Situation): boolean {
  const colon = kind.indexOf(":");
  const name = kind.slice(colon + 1);
  if (colon > 0 && name !== "") {
    switch (kind.slice(0, colon)) {
      case "label":
        return labels.includes(name);
      case "tool":
        return fits(name, plan.name);
      case "server":
        return request.tool.server === name;
      default:
        break;
    }
  }
  switch (kind) {
    case "read_only":
      return !labels.includes("read") || labels.some((label) => !readLike.has(label));
    case "network": {
      const speaks = request.action.kind === "http" || request.action.kind === "ssh";
      return speaks || labels.includes("egress") || labels.includes(unlabelled);
    }
    case "delegation":
      if (request.action.kind === "delegate" || labels.includes("delegate")) return true;
      return request.delegation.some((hop) => hop.agent.id === agent);
    // `isolate` and `terminate` leave nothing; a kind not known here isolates.
    default:
      return true;
  }
}
