import type { JsonObject } from "@holdfast/model";
import type { Bundle } from "../document/bundle.ts";
import { CelError } from "./cel-error.ts";
import { indexPolicies } from "./policy-index.ts";
import type { RecordedInput } from "./recorded-input.ts";
import { ReferenceState } from "./reference-state.ts";
import { situate } from "./situation.ts";

/** Names the resources an action with these arguments touches. */
export type ResourceReader = (
  input: RecordedInput,
  args: JsonObject,
) => readonly { readonly type: string; readonly id: string }[] | undefined;

/**
 * Reads what a decision takes an action to touch: the resources of the request and those its
 * Tool document derives from the arguments. The reader gives undefined when an expression for
 * one fails, and never throws.
 */
export function createResourceReader(bundle: Bundle): ResourceReader {
  const index = indexPolicies(bundle);
  const nothing = new ReferenceState();
  return (input, args) => {
    const { tool, resources: attested } = input.request;
    const derived = index.tools.get(`${tool.server}.${tool.name}`)?.resources ?? [];
    if (attested.length === 0 && derived.length === 0) return [];
    const stage = { args, original: input.request.args, result: undefined };
    const { resources } = situate(index, input, nothing, stage);
    if (resources instanceof CelError) return undefined;
    return resources.map(({ type, id }) => ({ type, id }));
  };
}
