import { anyTool } from "./match.ts";
import { isRegistered, unlabelled } from "./situation.ts";
import type { Situation } from "./situation.ts";
import type { ResourceView } from "./resource.ts";
import { CelError } from "./cel-error.ts";

/**
 * The first agent of the chain, from the outside in, whose delegation does not cover the action;
 * `undefined` when all do (POLICY.md section 6). A hop covers it by a tool it names, by naming
 * every label of the action, or by naming every resource it touches. Anything else in a scope
 * grants nothing.
 */
export function uncoveredBy(situation: Situation): string | undefined {
  return situation.request.delegation.find((hop) => !coversAction(hop.scopes, situation))?.agent.id;
}

function coversAction(scopes: readonly string[], situation: Situation): boolean {
  return (
    scopes.some((scope) => coversTool(scope, situation)) ||
    coversLabels(scopes, situation) ||
    coversResources(scopes, situation.resources)
  );
}

/** Whether some scope of every hop could cover the action with some arguments or other. */
export function mayBeInScope(situation: Situation): boolean {
  return situation.request.delegation.every(
    ({ scopes }) =>
      coversLabels(scopes, situation) ||
      scopes.some((scope) => coversTool(scope, situation) || scope.startsWith("resource:")),
  );
}

/** As in an allow's match, a wildcard does not reach tools that nobody registered. */
function coversTool(scope: string, situation: Situation): boolean {
  if (!scope.startsWith("tool:")) return false;
  const pattern = scope.slice("tool:".length);
  if (pattern.endsWith("*") && !isRegistered(situation)) return false;
  return anyTool([pattern], situation.toolName);
}

/**
 * WHY: all labels, not one of them: who was given `label:read` was not given what reads and also
 * destroys.
 */
function coversLabels(scopes: readonly string[], situation: Situation): boolean {
  const { labels } = situation;
  if (!isRegistered(situation) && labels.some((label) => label !== unlabelled)) return false;
  return labels.length > 0 && labels.every((label) => scopes.includes(`label:${label}`));
}

function coversResources(
  scopes: readonly string[],
  resources: readonly ResourceView[] | CelError,
): boolean {
  if (resources instanceof CelError || resources.length === 0) return false;
  return resources.every((resource) => scopes.some((scope) => coversResource(scope, resource)));
}

/** `resource:TYPE/PATTERN`, the pattern an id or a prefix and `*`. */
function coversResource(scope: string, { type, id }: ResourceView): boolean {
  const parts = /^resource:([^/]+)\/(.+)$/su.exec(scope);
  if (parts === null) return false;
  const [, scopeType, pattern = ""] = parts;
  if (scopeType !== type) return false;
  if (!pattern.endsWith("*")) return id === pattern;
  return !climbs(id) && id.startsWith(pattern.slice(0, -1));
}

/** WHY: `/work/../etc` begins with `/work/` and is elsewhere. */
function climbs(id: string): boolean {
  return id.split(/[/\\]/u).some((segment) => segment === ".." || segment === ".");
}
