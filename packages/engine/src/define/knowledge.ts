import { conditionText } from "./condition-text.ts";
import { definition, specOf } from "./definition.ts";
import type { Definition, Described } from "./definition.ts";
import { inScope } from "./scope.ts";
import type { Scope } from "./scope.ts";
import type { SpecOf } from "./spec.ts";
import type { Literal } from "./term.ts";

/** A List of texts, domains, address blocks or digests. */
export function defineList<const Name extends string>(
  options: Described<Name> & SpecOf<"List">,
): Definition<"List", Name> {
  return definition("List", options, { spec: specOf(options), below: defineList });
}

type Inputs = Readonly<Record<string, Literal>>;

/** An External: a question asked before the decision, whose answer conditions read. */
export function defineExternal<const Name extends string>(
  options: Described<Name> &
    WithoutInput<SpecOf<"External">> & {
      /** what is sent along, as values or terms */
      readonly input?: Inputs | ((scope: Scope) => Inputs);
    },
): Definition<"External", Name> {
  const { input, ...rest } = options;
  const spec = {
    ...specOf(rest),
    input: input === undefined ? undefined : inScope(input, {}, textsOf),
  };
  return definition("External", options, { spec, below: defineExternal });
}

/** Of each of the forms. */
type WithoutInput<Spec> = Spec extends unknown ? Omit<Spec, "input"> : never;

function textsOf(inputs: Inputs): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [name, conditionText(value)]),
  );
}

/** The Settings of a policy set: its environments, classifications and labels. */
export function defineSettings(
  options: Partial<Described> & SpecOf<"Settings">,
): Definition<"Settings"> {
  const named = { ...options, name: options.name ?? "settings" };
  return definition("Settings", named, { spec: specOf(options), below: defineSettings });
}
