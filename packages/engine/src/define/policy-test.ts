import { definition, isDefinition, nameOf } from "./definition.ts";
import type { Definition, Described, Reference } from "./definition.ts";
import type { SpecOf } from "./spec.ts";

type Case = SpecOf<"PolicyTest">["cases"][number];

/** One case, as it is written down; the tool of its request may be a definition. */
export type TestCase = Omit<Case, "request"> & {
  readonly request: Omit<Case["request"], "tool"> & {
    readonly tool: Case["request"]["tool"] | Reference<"Tool">;
  };
};

/** A PolicyTest: what must be decided of these requests. It is no part of the bundle digest. */
export function definePolicyTest<const Name extends string>(
  options: Described<Name> & { readonly cases: readonly TestCase[] },
): Definition<"PolicyTest", Name> {
  const cases = options.cases.map((each) => {
    const { tool } = each.request;
    // The keys stay in the author's order.
    const request = { ...each.request, tool: isDefinition(tool) ? nameOf(tool) : tool };
    return { ...each, request };
  });
  return definition("PolicyTest", options, { spec: { cases }, below: definePolicyTest });
}
