import type { JsonObject } from "@holdfast/model";
import { member, objectIn, objectsIn, textIn, textsIn, Unclear } from "./manifest-object.ts";

/** What roles and bindings give to whom they are for. */
export interface AccessPowers {
  readonly rbac_verbs: string[];
  readonly roles: string[];
  rbac_escalation: boolean;
}

/** Verbs by which one gets more than one has (Kubernetes, RBAC good practices). */
const raisingVerbs: ReadonlySet<string> = new Set([
  "*",
  "approve",
  "bind",
  "escalate",
  "impersonate",
  "sign",
]);

/** Resources by which one gets at what others hold, or runs as them. */
const raisingResources =
  /^(?:\*|\*\/(?:\*|exec|attach|ephemeralcontainers|proxy|token|approval)|secrets|pods\/(?:exec|attach|ephemeralcontainers|\*)|nodes\/proxy|serviceaccounts\/token|(?:mutating|validating)webhookconfigurations|(?:cluster)?role(?:binding)?s|persistentvolumes|certificatesigningrequests(?:\/approval)?)$/;

/** Roles that every cluster has and that hold nearly all there is. */
const wideRoles = /^(?:cluster-admin|admin|edit|system:.*)$/;

/** Adds what an object of `rbac.authorization.k8s.io` gives. @throws Unclear where it cannot be told */
export function readAccess(kind: string, object: JsonObject, powers: AccessPowers): void {
  if (kind.endsWith("Binding")) {
    const role = textIn(objectIn(object, "roleRef"), "name");
    if (role === "") throw new Unclear();
    powers.roles.push(role);
    powers.rbac_escalation ||= wideRoles.test(role);
    return;
  }
  // What it holds is gathered from other roles.
  if (member(object, "aggregationRule") !== undefined) throw new Unclear();
  for (const rule of objectsIn(object, "rules")) {
    const verbs = textsIn(rule, "verbs");
    const resources = textsIn(rule, "resources");
    powers.rbac_verbs.push(...verbs);
    powers.rbac_escalation ||=
      verbs.some((verb) => raisingVerbs.has(verb)) ||
      resources.some((resource) => raisingResources.test(resource)) ||
      (textsIn(rule, "apiGroups").includes("*") && resources.length > 0);
  }
}
