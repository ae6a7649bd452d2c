import type { Bundle } from "../../document/bundle.ts";
import type { List, Tool } from "../../document/kinds.ts";
import type { Policy } from "../../document/policy.ts";
import { factTypes } from "../check/variable-types.ts";
import { estimateCost } from "./estimate.ts";
import {
  either,
  factExtent,
  listExtent,
  recordExtent,
  scalar,
  textOf,
  unknownJson,
  urlsExtent,
} from "./extent.ts";
import type { Extent } from "./extent.ts";
import { knownExtent, schemaExtent } from "./known-extent.ts";

/** Sizes of what expressions can name, by name. What is absent is as large as a request can be. */
export type Extents = ReadonlyMap<string, Extent>;

/** As `packages/model/src/request.ts` has it: names, and lists of them. */
const name = textOf(256);
const names = listExtent(64, name);
/** A List that comes from elsewhere counts as so many items of so many units, or as those it has. */
const remoteItems = 1_000;
const itemUnitsMax = 4_096;

const agent = recordExtent(
  new Map([
    ["id", name],
    ["roles", names],
    ["version", name],
    ["owner", name],
    ["created", scalar],
    ["attributes", unknownJson],
  ]),
);

const user = recordExtent(
  new Map([
    ["id", name],
    ["roles", names],
    ["attributes", unknownJson],
  ]),
);

/** The sizes of what every expression of a set sees but arguments, `params` and `variables`. */
export function baseExtents(bundle: Bundle): Extents {
  const labels = listExtent(bundle.settings.labels.length + 16, name);
  return new Map<string, Extent>([
    ["tenant", name],
    ["environment", name],
    ["now", scalar],
    ["agent", agent],
    ["user", user],
    [
      "delegation",
      listExtent(
        8,
        recordExtent(
          new Map([
            ["agent", agent],
            ["scopes", names],
          ]),
        ),
      ),
    ],
    ["session", recordExtent(new Map(["id", "root", "task", "started"].map((key) => [key, name])))],
    [
      "action",
      recordExtent(
        new Map([
          ["kind", name],
          ["operation", name],
          ["phase", name],
          ["labels", labels],
        ]),
      ),
    ],
    ...[...factTypes.keys()].map((fact) => [fact, factExtent] as const),
    ["urls", urlsExtent],
    ["outcome", recordExtent(new Map([["status", name]]))],
    ["lists", recordExtent(new Map(bundle.lists.map((list) => [list.name, itemsOf(list)])))],
  ]);
}

function itemsOf({ items, remote }: List): Extent {
  const known = knownExtent(items);
  if (remote === undefined) return known;
  const usual = listExtent(remoteItems, textOf(itemUnitsMax), remoteItems * itemUnitsMax);
  return either(known, usual);
}

/** The sizes of a tool's arguments, as its schema promises; of those of any tool, none. */
export function argumentExtents(tool: Tool | undefined): Extents {
  if (tool?.schema === undefined) return new Map();
  const args = schemaExtent({ type: "object", ...tool.schema });
  return new Map([
    ["args", args],
    ["original", args],
  ]);
}

/** The sizes of what a policy's expressions see, given those of the arguments. */
export function policyExtents(policy: Policy, base: Extents): (args: Extents) => Extents {
  const params = knownExtent(policy.params);
  return (args) => {
    const sizes = new Map<string, Extent>([...base, ...args, ["params", params]]);
    const known = new Map<string, Extent>();
    const variable = (wanted: string): Extent => {
      const before = known.get(wanted);
      if (before !== undefined) return before;
      // Stands while it is looked at, so that one that reads itself has an end.
      known.set(wanted, unknownJson);
      const found = policy.variables.find((each) => each.name === wanted);
      if (found === undefined) return unknownJson;
      const { extent } = estimateCost(found.expression.ast, sizes, Number.POSITIVE_INFINITY);
      known.set(wanted, extent);
      return extent;
    };
    sizes.set("variables", { ...scalar, part: () => unknownJson, field: variable });
    return sizes;
  };
}
