import { definition, specOf } from "./definition.ts";
import type { Definition, Described } from "./definition.ts";
import type { SpecOf } from "./spec.ts";

/** An Agent: its roles, who owns it, and what its credential must be. */
export function defineAgent<const Name extends string>(
  options: Described<Name> & SpecOf<"Agent">,
): Definition<"Agent", Name> {
  return definition("Agent", options, { spec: specOf(options), below: defineAgent });
}

/** A Group of people who can approve. */
export function defineGroup<const Name extends string>(
  options: Described<Name> & SpecOf<"Group">,
): Definition<"Group", Name> {
  return definition("Group", options, { spec: specOf(options), below: defineGroup });
}
