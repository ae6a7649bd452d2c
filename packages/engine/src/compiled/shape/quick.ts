import type { Agent, Json, JsonObject, Request } from "@holdfast/model";
import type { Atom, CompiledState } from "../history/compiled-state.ts";
import { sessionRootOf } from "../rule/subject.ts";
import type { EventPlan, MeterPlan, Program, ToolPlan } from "../rule/program.ts";

/** Where an action's history lies when its key is one plain part; `undefined` when it has none. */
type OnePart = (request: Request) => string | undefined;

/**
 * An action as generated code sees it. One object serves every decision of an engine, filled
 * anew each time; nothing in it outlives the call.
 */
export class Quick {
  readonly #program: Program;
  readonly #events = new Map<string, HistoryKey | undefined>();
  readonly #meters = new Map<string, HistoryKey | undefined>();
  readonly #paths: Atom[][] = [];
  request: Request;
  args: JsonObject;
  plan: ToolPlan;
  nowMs = 0;
  state: CompiledState;

  constructor(program: Program, request: Request, plan: ToolPlan, state: CompiledState) {
    this.#program = program;
    this.request = request;
    this.args = request.args;
    this.plan = plan;
    this.state = state;
    for (const each of program.events) this.#events.set(each.event.name, historyKey(each));
    for (const each of program.meters) this.#meters.set(each.meter.name, historyKey(each));
  }

  /** The field of a map; `undefined` for what is no map or has no such field. */
  field(holder: Json | Agent | undefined, name: string): Json | undefined {
    if (typeof holder !== "object" || holder === null || Array.isArray(holder)) return undefined;
    return (holder as JsonObject)[name];
  }

  /** Tools come to generated code only when a Tool document registers them. */
  get registered(): boolean {
    return this.plan.tool !== undefined;
  }

  /** Whether an Event occurred, within `lengthMs` or ever (-1): one of the four answers. */
  happened(name: string, lengthMs: number): number {
    const key = this.#events.get(name);
    if (key === undefined) return 3;
    const path = this.path(key);
    if (path === undefined) return 2;
    const found = this.state.events(key.shelf).find(path);
    if (found === undefined) return 0;
    const count = lengthMs < 0 ? found.size : found.countWithin(this.nowMs, lengthMs);
    return count > 0 ? 1 : 0;
  }

  /** How often an Event occurred; an object, which no comparison takes, when closures must say. */
  count(name: string, lengthMs: number): number | undefined | object {
    const key = this.#events.get(name);
    if (key === undefined) return unsaid;
    const path = this.path(key);
    if (path === undefined) return undefined;
    return this.state.events(key.shelf).find(path)?.countWithin(this.nowMs, lengthMs) ?? 0;
  }

  /** What a Meter holds, as `count`. */
  meter(name: string): number | undefined | object {
    const key = this.#meters.get(name);
    const plan = this.#program.metersByName.get(name);
    if (key === undefined || plan === undefined) return unsaid;
    const path = this.path(key);
    return path === undefined ? undefined : this.current(plan, path);
  }

  /** The key of a Meter, when its parts are plain and all there. */
  meterPath(name: string): readonly Atom[] | undefined {
    const key = this.#meters.get(name);
    return key === undefined ? undefined : this.path(key);
  }

  /** Whether the key of an Event or Meter has all its parts; `false` when closures must say. */
  hasKey(kind: "event" | "meter", name: string): boolean {
    const key = kind === "event" ? this.#events.get(name) : this.#meters.get(name);
    return key !== undefined && this.path(key) !== undefined;
  }

  /** What a Meter holds under a key that `path` has just given. */
  current(plan: MeterPlan, path: readonly Atom[]): number {
    const account = this.state.meters(plan.shelf).find(path);
    return account === undefined ? 0 : account.current(plan.window, this.nowMs);
  }

  /** The key as a path that the next call overwrites; `undefined` when a part is absent. */
  path(key: HistoryKey): readonly Atom[] | undefined {
    // One path for each length: setting the length of a list would make it anew.
    const path = (this.#paths[key.parts.length] ??= [""]);
    path[0] = this.request.tenant;
    for (let index = 0; index < key.parts.length; index += 1) {
      const part = key.parts[index]?.(this.request);
      if (part === undefined) return undefined;
      path[index + 1] = part;
    }
    return path;
  }
}

const unsaid = {};

/** A key whose parts the request has as texts. */
interface HistoryKey {
  readonly shelf: string;
  readonly parts: readonly OnePart[];
}

function historyKey(plan: EventPlan | MeterPlan): HistoryKey | undefined {
  const { key } = "event" in plan ? plan.event : plan.meter;
  const parts = key.map(onePart);
  const plain = parts.filter((part) => part !== undefined);
  return plain.length === parts.length ? { shelf: plan.shelf, parts: plain } : undefined;
}

function onePart(part: EventPlan["event"]["key"][number]): OnePart | undefined {
  if (typeof part === "object") return undefined;
  switch (part) {
    case "agent.id":
      return (request) => request.agent.id;
    case "user.id":
      return (request) => request.user?.id;
    case "session.id":
      return sessionRootOf;
    case "session.task":
      return (request) => request.session?.task;
    case "tool.server":
      return (request) => request.tool.server;
    case "tool.name":
      return (request) => request.tool.name;
    case "global":
      return () => "global";
    case "resource.type":
    case "resource.id":
      return undefined;
  }
}
