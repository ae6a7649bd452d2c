import { fits, unlabelled } from "../rule/coverage.ts";
import { resourcesOf } from "../rule/resource-facts.ts";
import type { ResourceFacts } from "../rule/resource-facts.ts";
import type { Situation } from "../rule/subject.ts";
import { Failure } from "../value/failure.ts";

/** Whether every hop of the delegation covers the action: its tool, all its labels or resources. */
export function isDelegated(situation: Situation): boolean {
  return situation.request.delegation.every(({ scopes }) => {
    if (coversTool(scopes, situation) || coversLabels(scopes, situation)) return true;
    const resources = situation.resources(resourcesOf);
    if (resources instanceof Failure || resources.length === 0) return false;
    return resources.every((resource) => scopes.some((scope) => coversResource(scope, resource)));
  });
}

/** Whether every hop could cover the action with some arguments or other. */
export function mayBeDelegated(situation: Situation): boolean {
  return situation.request.delegation.every(
    ({ scopes }) =>
      scopes.some((scope) => scope.startsWith("resource:")) ||
      coversTool(scopes, situation) ||
      coversLabels(scopes, situation),
  );
}

/** No wildcard reaches a tool that nobody registered. */
function coversTool(scopes: readonly string[], { plan, registered }: Situation): boolean {
  return scopes.some((scope) => {
    if (!scope.startsWith("tool:")) return false;
    const pattern = scope.slice(5);
    return (registered || !pattern.endsWith("*")) && fits(pattern, plan.name);
  });
}

/** Who was given `label:read` was not given what reads and also destroys. */
function coversLabels(scopes: readonly string[], { labels, registered }: Situation): boolean {
  if (!registered && labels.some((label) => label !== unlabelled)) return false;
  return labels.length > 0 && labels.every((label) => scopes.includes(`label:${label}`));
}

function coversResource(scope: string, { type, id }: ResourceFacts): boolean {
  if (!scope.startsWith("resource:")) return false;
  const slash = scope.indexOf("/");
  const pattern = scope.slice(slash + 1);
  if (slash < 0 || pattern === "" || scope.slice(9, slash) !== type) return false;
  if (!pattern.endsWith("*")) return id === pattern;
  // `/work/../etc` begins with `/work/` and is elsewhere.
  const climbs = id.split(/[/\\]/u).some((part) => part === "." || part === "..");
  return !climbs && id.startsWith(pattern.slice(0, -1));
}
