import type { Span } from "@holdfast/model";
import type { Event, Meter } from "../../document/history.ts";
import type { Boundary } from "../../document/kinds.ts";
import type { Policy } from "../../document/policy.ts";
import { documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { demandName } from "./vocabulary.ts";
import type { DemandedKind } from "./vocabulary.ts";

/** A pattern of agents is an id, or the beginning of ids and `*`. */
function demandAgents(pattern: string, span: Span, set: PolicySet): void {
  if (!pattern.endsWith("*")) {
    demandName("agent", pattern, span, set);
    return;
  }
  const start = pattern.slice(0, -1);
  const names = set.bundle.agents.map(({ name }) => name);
  if (names.some((name) => name.startsWith(start))) return;
  // A slip may have left characters out, or put some in.
  const starts = [-2, -1, 0, 1, 2].flatMap((more) =>
    names.map((name) => name.slice(0, Math.max(0, start.length + more))),
  );
  const vocabulary = new Map([["agent" as const, new Set(starts)]]);
  demandName("agent", start, span, { vocabulary, report: set.report });
}

type Matching = Policy | Event | Meter | Boundary;

/** Everything a `match` (or a Boundary's `allows`) names must exist. */
export function checkMatchNames(set: PolicySet): void {
  const { policies, events, meters, boundaries } = set.bundle;
  for (const document of [...policies, ...events, ...meters]) {
    const { match } = document;
    checkList(document, "match", { tools: match.tools, labels: match.labels }, set);
    checkList(document, "match", { agents: match.agents }, set);
    checkList(document, "match", { environments: match.environments }, set);
    checkList(document, "match", { agent_roles: match.agentRoles }, set);
  }
  for (const document of boundaries) {
    const { agents, tools, labels, environments } = document.allows;
    checkList(document, "allows", { agents, tools, labels, environments }, set);
  }
}

const kinds: Readonly<Record<string, DemandedKind>> = {
  labels: "label",
  environments: "environment",
  agent_roles: "role",
};

function checkList(
  document: Matching,
  member: "match" | "allows",
  lists: Readonly<Record<string, readonly string[] | undefined>>,
  set: PolicySet,
): void {
  for (const [key, list] of Object.entries(lists)) {
    for (const [index, name] of (list ?? []).entries()) {
      const span = documentSpan(document, ["spec", member, key, index], set);
      const kind = kinds[key];
      if (key === "agents") demandAgents(name, span, set);
      else if (kind !== undefined) demandName(kind, name, span, set);
      else if (name.endsWith(".*")) demandName("server", name.slice(0, -2), span, set);
      else if (name !== "*") demandName("tool", name, span, set);
    }
  }
}
