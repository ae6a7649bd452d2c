import type { Json, RequestInput } from "@holdfast/model";
import type { Held } from "../domain/value-set.ts";
import type { SlotTable } from "../formula/slot.ts";
import { hopsOf } from "../condition/surroundings.ts";
import type { Place } from "../condition/surroundings.ts";
import { fillerOf, membersOf } from "../solve/assignment.ts";
import type { Assignment } from "../solve/assignment.ts";
import { historyOf } from "./history.ts";
import type { CaseWitness } from "./witness.ts";

/** What a witness is built for. */
export interface Setting {
  readonly table: SlotTable;
  readonly place: Place;
  readonly hops: number;
  /** ids of Agent documents: a case that says no more of such an agent means the document */
  readonly documented: ReadonlySet<string>;
}

type Tree = Record<string, Json>;

/** The request and history that an assignment stands for. */
export function buildWitness(assignment: Assignment, setting: Setting): CaseWitness {
  const { table, place, hops } = setting;
  const root: Tree = Object.create(null);
  const places = table
    .all()
    .flatMap((slot) => (slot.meaning.kind === "place" ? [{ slot, path: slot.meaning.path }] : []))
    .toSorted((a, b) => a.path.length - b.path.length);
  for (const { slot, path } of places) {
    put(root, path, placeValue(assignment.valueAt(slot.name), slot.name, assignment, table));
  }
  const tool = treeAt(root, "tool");
  const server = place.listed ? place.server : text(tool["server"], place.server);
  const name = place.name ?? text(tool["name"], "unnamed");
  const scopes = [`tool:${server}.${name}`];
  const delegation = hopsOf(hops).map((hop) => ({
    agent: agentOf(treeAt(root, hop), setting),
    scopes,
  }));
  const args = treeAt(root, "args");
  const undeclared = table.find("args#undeclared");
  if (undeclared !== undefined && assignment.valueAt(undeclared.name) === true)
    args["undeclared"] = 1;
  const request = {
    ...only(root, ["tenant", "environment", "result"]),
    ...withId(root, "user", "user-1"),
    ...withId(root, "session", "session-1"),
    ...nonEmpty(root, ["context", "claims"]),
    agent: agentOf(treeAt(root, "agent"), setting),
    tool: { server, name },
    action: { ...treeAt(root, "action"), phase: place.phase },
    args,
    ...(place.phase === "result" && root["outcome"] !== undefined
      ? { outcome: { status: "success", durationMs: 0, ...treeAt(root, "outcome") } }
      : {}),
    ...(hops > 0 ? { delegation } : {}),
  };
  if (place.phase === "call") delete (request as Tree)["result"];
  const nowMs = root["now"];
  return {
    given: {
      ...(typeof nowMs === "number" ? { nowMs } : {}),
      ...historyOf(assignment, table),
      restrictions: [],
      external: treeAt(root, "external"),
      documents: [],
      results: [],
    },
    // Its shape is read strictly, by the schema of requests, before it is decided on.
    request: request as RequestInput,
  };
}

function put(root: Tree, path: readonly string[], value: Held): void {
  if (value === undefined) return;
  let at: Tree = root;
  // A tool has no slot of its own, only what may be open of it.
  if (path[0] === "tool") root["tool"] ??= emptyTree();
  for (const name of path.slice(0, -1)) {
    const next = at[name];
    if (next === undefined || next === null || typeof next !== "object" || isList(next)) return;
    at = next;
  }
  const last = path.at(-1) ?? "";
  at[last] = typeof value === "object" && value !== null && !isList(value) ? emptyTree() : value;
}

function emptyTree(): Tree {
  return Object.create(null) as Tree;
}

function placeValue(value: Held, slot: string, assignment: Assignment, table: SlotTable): Held {
  if (!Array.isArray(value)) return value;
  const { held, barred } = membersOf(table, assignment.chosen, slot);
  const items: Json[] = held.filter((item) => item !== undefined);
  const size = assignment.chosen.get(`${slot}#size`);
  const wanted = typeof size === "number" ? size : items.length;
  const filler = items[0] ?? fillerOf(table.get(slot).items, barred);
  if (filler === undefined) return items;
  return [...items, ...Array.from({ length: wanted - items.length }, () => filler)];
}

function treeAt(root: Tree, name: string): Tree {
  const value = root[name];
  return typeof value === "object" && value !== null && !isList(value) ? value : emptyTree();
}

function agentOf(tree: Tree, { documented }: Setting): Tree {
  const agent: Tree = { id: "agent-1", ...tree };
  const { roles, attributes, version, owner } = agent;
  const said = version !== undefined || owner !== undefined;
  const given = (Array.isArray(roles) ? roles.length : 0) + Object.keys(attributes ?? {}).length;
  // WHY: of an agent whose id alone is given a PolicyTest takes the rest from its document.
  const bare = documented.has(text(agent["id"], "")) && !said && given === 0;
  return bare ? { ...agent, created: "2026-01-01T00:00:00Z" } : agent;
}

function only(root: Tree, names: readonly string[]): Tree {
  return Object.fromEntries(
    names.flatMap((name) => (root[name] === undefined ? [] : [[name, root[name] ?? null]])),
  );
}

/** A user or a session that nothing is asked of has an id all the same. */
function withId(root: Tree, name: string, id: string): Tree {
  const value = root[name];
  if (value === undefined) return {};
  return { [name]: value === null ? null : { id, ...treeAt(root, name) } };
}

function nonEmpty(root: Tree, names: readonly string[]): Tree {
  return only(
    root,
    names.filter((name) => Object.keys(treeAt(root, name)).length > 0),
  );
}

function text(value: Json | undefined, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
