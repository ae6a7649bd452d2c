import { actionKinds } from "@holdfast/model";
import { wholeBetween, numbersAbove } from "../domain/number-set.ts";
import {
  everything,
  mapSet,
  numberSet,
  numbersIn,
  setOf,
  textsIn,
  textSet,
} from "../domain/value-set.ts";
import type { Held, ValueSet } from "../domain/value-set.ts";
import { otherTexts, someTexts } from "../text/text-set.ts";
import type { SlotTable } from "../formula/slot.ts";
import type { Surroundings } from "./surroundings.ts";

/** The last moment a decision can be asked about, in Unix ms. */
const nowMsMax = 4_102_444_799_999;
/** The time of a PolicyTest that states none. */
const plainNowMs = 1_767_225_600_000;

const names = textsIn(otherTexts(someTexts([""])));
const optionalNames: ValueSet = { ...names, absent: true };
const roles = { universe: setOf({ list: true }), items: names };

interface Description {
  readonly universe: ValueSet;
  readonly plain?: Held;
  readonly items?: ValueSet;
}

const principal: Readonly<Record<string, Description>> = {
  id: { universe: names, plain: "agent-1" },
  roles,
  version: { universe: optionalNames },
  owner: { universe: optionalNames },
  attributes: { universe: mapSet },
};

const known: Readonly<Record<string, Readonly<Record<string, Description>>>> = {
  agent: principal,
  user: { id: { universe: names, plain: "user-1" }, roles, attributes: { universe: mapSet } },
  session: {
    id: { universe: names, plain: "session-1" },
    root: { universe: names, plain: "session-1" },
    task: { universe: optionalNames },
  },
  outcome: {
    status: { universe: textsIn(someTexts(["success", "failure"])) },
    durationMs: { universe: numbersIn(numbersAbove(0, true)) },
    cost: { universe: { ...numberSet, absent: true } },
  },
  action: {
    kind: { universe: textsIn(someTexts(actionKinds)), plain: "tool" },
    operation: { universe: textSet, plain: "call" },
  },
};

const record: Description = { universe: mapSet, plain: {} };

const roots: Readonly<Record<string, Description>> = {
  agent: record,
  args: record,
  context: record,
  claims: record,
  external: record,
  action: record,
  user: { universe: setOf({ null: true, map: true }), plain: null },
  session: { universe: setOf({ absent: true, map: true }), plain: undefined },
  outcome: { universe: setOf({ absent: true, map: true }), plain: undefined },
  result: { universe: everything },
  tenant: { universe: names, plain: "default" },
  now: { universe: numbersIn(wholeBetween(0, nowMsMax)), plain: plainNowMs },
  // WHY any name: two bundles share the slots, and each says itself which environments it declares.
  environment: { universe: optionalNames, plain: undefined },
};

/**
 * The slot of a path, declared with the slots above it; `undefined` for what a request has in a
 * form that is not looked into, such as the time an agent was created at.
 */
export function placeSlot(
  { table }: Pick<Surroundings, "table">,
  path: readonly string[],
): string | undefined {
  const name = pathText(path);
  if (table.find(name) !== undefined) return name;
  const [first = "", ...rest] = path;
  // Delegating agents are as the acting one.
  const root = first.startsWith("hop ") ? "agent" : first;
  if (rest.length === 0) {
    const description = Object.hasOwn(roots, root) ? roots[root] : undefined;
    if (description === undefined) return undefined;
    return table.declare({ name, meaning: { kind: "place", path }, ...description });
  }
  const parent = placeSlot({ table }, path.slice(0, -1));
  if (parent === undefined) return undefined;
  const fields = rest.length === 1 && Object.hasOwn(known, root) ? known[root] : undefined;
  const [field = ""] = rest;
  const description =
    fields === undefined
      ? { universe: everything }
      : Object.hasOwn(fields, field)
        ? fields[field]
        : undefined;
  if (description === undefined) return undefined;
  return table.declare({ name, meaning: { kind: "place", path }, parent, ...description });
}

/** The slot that says whether the list at a slot holds a scalar. */
export function memberSlot(
  table: SlotTable,
  list: string,
  item: string | number | boolean | null,
): string {
  const name = `${list}#has ${JSON.stringify(item)}`;
  const universe = setOf({ true: true, false: true });
  return table.declare({ name, meaning: { kind: "member", list, item }, universe });
}

/** The slot that says how many items the list at a slot has. */
export function sizeSlot(table: SlotTable, list: string): string {
  const universe = numbersIn(wholeBetween(0, 1_000));
  return table.declare({ name: `${list}#size`, meaning: { kind: "size", list }, universe });
}

/** A path as it is written in a condition, odd names in quotes. */
export function pathText(path: readonly string[]): string {
  return path
    .map((name) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name)))
    .join(".");
}
