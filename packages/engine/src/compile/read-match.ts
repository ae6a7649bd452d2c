import type { Phase } from "@holdfast/model";
import type { Match } from "../document/policy.ts";
import type { MatchSpec } from "./schema/match.ts";

/** The typed form of a `match`; an absent key stays absent, the phase defaults to `call`. */
export function readMatch(spec: MatchSpec | undefined): Match {
  const phase: Phase = spec?.phase ?? "call";
  if (spec === undefined) return { phase };
  return {
    ...(spec.agents === undefined ? {} : { agents: spec.agents }),
    ...(spec.agent_roles === undefined ? {} : { agentRoles: spec.agent_roles }),
    ...(spec.user_roles === undefined ? {} : { userRoles: spec.user_roles }),
    ...(spec.tools === undefined ? {} : { tools: spec.tools }),
    ...(spec.labels === undefined ? {} : { labels: spec.labels }),
    ...(spec.kinds === undefined ? {} : { kinds: spec.kinds }),
    ...(spec.environments === undefined ? {} : { environments: spec.environments }),
    phase,
  };
}
