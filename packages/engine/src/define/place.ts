import { definition, specOf } from "./definition.ts";
import type { Definition, Described } from "./definition.ts";
import { matchForm } from "./match.ts";
import type { ActionMatch } from "./match.ts";
import type { Tools } from "./scope.ts";
import type { SpecOf } from "./spec.ts";

/** A Resource: how sensitive things of a type are, by the pattern of their id. */
export function defineResource<const Name extends string>(
  options: Described<Name> & SpecOf<"Resource">,
): Definition<"Resource", Name> {
  return definition("Resource", options, { spec: specOf(options), below: defineResource });
}

/** A Sandbox: one entry for each kind of action that it covers. */
export function defineSandbox<const Name extends string>(
  options: Described<Name> & SpecOf<"Sandbox">,
): Definition<"Sandbox", Name> {
  return definition("Sandbox", options, { spec: specOf(options), below: defineSandbox });
}

/** A Boundary: what allow rules in a folder can match at most; `inFolder` puts them there. */
export function defineBoundary<const Name extends string>(
  options: Described<Name> & {
    readonly folder: string;
    readonly allows: Omit<ActionMatch<Tools>, "agent_roles" | "user_roles">;
  },
): Definition<"Boundary", Name> {
  const { folder, allows } = options;
  const spec = { folder, allows: matchForm(allows) };
  return definition("Boundary", options, { spec, below: defineBoundary });
}
