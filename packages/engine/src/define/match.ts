import type { ActionKind } from "@holdfast/model";
import { isDefinition } from "./definition.ts";
import type { Definition } from "./definition.ts";
import type { Tools } from "./scope.ts";

/** Which actions are meant: all given keys must hold, each is any-of. */
export interface ActionMatch<Matched extends Tools> {
  /** ids, or prefixes that end in `*` */
  readonly agents?: readonly (string | Definition<"Agent">)[];
  readonly agent_roles?: readonly string[];
  readonly user_roles?: readonly string[];
  /** Tools, `server.name`, or `server.*` and `*`, which cover registered tools only */
  readonly tools?: Matched;
  readonly labels?: readonly string[];
  readonly kinds?: readonly ActionKind[];
  readonly environments?: readonly string[];
}

/** The match with every definition by its name. */
export function matchForm(match: object | undefined): object | undefined {
  if (match === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(match).map(([key, value]: [string, unknown]) => [
      key,
      Array.isArray(value) ? value.map((each: unknown) => asName(each)) : value,
    ]),
  );
}

function asName(value: unknown): unknown {
  return isDefinition(value) ? value.metadata.name : value;
}
