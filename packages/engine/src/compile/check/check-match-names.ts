import type { Event, Meter } from "../../document/history.ts";
import type { Boundary } from "../../document/kinds.ts";
import type { Policy } from "../../document/policy.ts";
import { documentSpan } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { demandName } from "./vocabulary.ts";
import type { DemandedKind } from "./vocabulary.ts";

type Matching = Policy | Event | Meter | Boundary;

/** Everything a `match` (or a Boundary's `allows`) names must exist. */
export function checkMatchNames(set: PolicySet): void {
  const { policies, events, meters, boundaries } = set.bundle;
  for (const document of [...policies, ...events, ...meters]) {
    const { match } = document;
    checkList(document, "match", { tools: match.tools, labels: match.labels }, set);
    checkList(document, "match", { environments: match.environments }, set);
    checkList(document, "match", { agent_roles: match.agentRoles }, set);
  }
  for (const document of boundaries) {
    const { tools, labels, environments } = document.allows;
    checkList(document, "allows", { tools, labels, environments }, set);
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
      if (kind !== undefined) demandName(kind, name, span, set);
      else if (name.endsWith(".*")) demandName("server", name.slice(0, -2), span, set);
      else if (name !== "*") demandName("tool", name, span, set);
    }
  }
}
