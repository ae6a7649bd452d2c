import type { Agent, Json, JsonObject, Request } from "@holdfast/model";
import { originTiers } from "../../document/origin-vocabulary.ts";
import type { DecisionInput } from "../../engine.ts";
import type { Account } from "../history/account.ts";
import { CompiledState } from "../history/compiled-state.ts";
import type { Occurrences } from "../history/occurrences.ts";
import { CabinetShelf } from "../history/shelf.ts";
import type { Atom, Shelf } from "../history/shelf.ts";
import { amountOf, coversMoment, judgeCovered } from "../decision/judge.ts";
import { FlatVerdicts } from "../origin/flat-verdicts.ts";
import type { LabelList } from "../origin/label-list.ts";
import type { LeafKey } from "../origin/leaf.ts";
import type { OriginMemory } from "../origin/origin-memory.ts";
import { covers } from "../rule/coverage.ts";
import { Absent } from "../rule/key-reader.ts";
import type { Program, ToolPlan } from "../rule/program.ts";
import { Situation } from "../rule/subject.ts";
import type { Judged } from "../rule/subject.ts";
import type { ActionPlan } from "./action-plan.ts";
import type { HistoryReads } from "./history-read.ts";
import { HistoryView } from "./history-view.ts";
import { simpleKey } from "./simple-key.ts";
import type { SimpleKey } from "./simple-key.ts";

/** What a read of history comes to where the closures must say. */
const unsaid = {};
/** A row that nobody has looked for yet. */
const unknownRow = -2;

/**
 * An action as generated code sees it. One object serves every decision of an engine, filled
 * anew each time; nothing in it outlives the call. Events and Meters go by their number in the
 * program.
 */
export class QuickAction {
  readonly #program: Program;
  readonly #eventKeys: readonly (SimpleKey | undefined)[];
  readonly #meterKeys: readonly (SimpleKey | undefined)[];
  readonly #paths: Atom[][] = [];
  request!: Request;
  args!: JsonObject;
  plan!: ToolPlan;
  #charges: Uint8Array = new Uint8Array(0);
  /** what the action charges each Meter that `#charges` says it may, once its guard has run */
  readonly amounts: Float64Array;
  nowMs = 0;
  #state = new CompiledState();
  /** of the state: where each Event and Meter is kept */
  #eventShelves: readonly Shelf<Occurrences>[] = [];
  #meterShelves: readonly Shelf<Account>[] = [];
  readonly #sessions: HistoryView;
  readonly #agents: HistoryView;
  /** rows of this action in the two, negative when there is none */
  #session = unknownRow;
  #agent = unknownRow;
  /** the number of what this session has seen, negative when there is nothing */
  #origin = unknownRow;
  /** what this session has seen, `undefined` until looked for */
  #memory: OriginMemory | null | undefined;
  readonly #verdicts = new FlatVerdicts();
  #input!: DecisionInput;
  #situation: Situation | undefined;
  /** rules found to hold, and whether something was found that is for the long way */
  readonly held: number[] = [];
  heldCount = 0;
  uncertain = false;

  constructor(program: Program, reads: HistoryReads) {
    this.#program = program;
    this.#sessions = new HistoryView(program, reads.of("session"));
    this.#agents = new HistoryView(program, reads.of("agent"));
    this.amounts = new Float64Array(program.meters.length);
    this.#eventKeys = program.events.map(({ event }) => simpleKey(event.key));
    this.#meterKeys = program.meters.map(({ meter }) => simpleKey(meter.key));
    this.#bind(this.#state);
  }

  /** Takes up another action. */
  become(input: DecisionInput, { tool, charges }: ActionPlan, state: CompiledState): void {
    const { request } = input;
    this.#charges = charges;
    this.#input = input;
    this.#situation = undefined;
    this.request = request;
    this.args = request.args;
    this.plan = tool;
    this.nowMs = input.nowMs;
    if (state !== this.#state) this.#bind(state);
    this.#session = unknownRow;
    this.#agent = unknownRow;
    this.#origin = unknownRow;
    this.#memory = undefined;
    this.heldCount = 0;
    this.uncertain = false;
  }

  /** Takes up another agent's rules: forgets what was noted. */
  clear(): void {
    this.heldCount = 0;
  }

  /** Leaves the decision to the long way. */
  giveUp(): void {
    this.uncertain = true;
  }

  /** The action as closures see it. */
  get situation(): Situation {
    this.#situation ??= new Situation(this.#program, this.#input, this.#state, this.plan, {
      args: this.args,
      result: undefined,
    });
    return this.#situation;
  }

  /** What closures have found of the action so far. */
  get judged(): Judged | undefined {
    return this.#situation?.judged;
  }

  /** Takes note of a rule that holds (1), or of one that is for the long way. */
  note(rule: number, code: number): void {
    if (code !== 1) {
      this.uncertain = true;
      return;
    }
    if (this.#program.table.repeated[rule] === 1) {
      for (let at = 0; at < this.heldCount; at += 1) if (this.held[at] === rule) return;
    }
    this.held[this.heldCount] = rule;
    this.heldCount += 1;
  }

  /** The field of a map; `undefined` for what is no map or has no such field. */
  field(holder: Json | Agent | undefined, name: string): Json | undefined {
    if (typeof holder !== "object" || holder === null || Array.isArray(holder)) return undefined;
    return (holder as JsonObject)[name];
  }

  /** What a kept read under the session's root finds. **Contract:** there is a session. */
  session(slot: number): number {
    if (this.#session === unknownRow) {
      const { tenant, session } = this.request;
      this.#session = this.#sessions.rowOf(tenant, session?.root ?? session?.id ?? "");
    }
    return this.#sessions.read(this.#session, slot, this.nowMs);
  }

  /** What a kept read under the agent finds. */
  agent(slot: number): number {
    if (this.#agent === unknownRow) {
      const { tenant, agent } = this.request;
      this.#agent = this.#agents.rowOf(tenant, agent.id);
    }
    return this.#agents.read(this.#agent, slot, this.nowMs);
  }

  /** Whether an Event occurred, within `lengthMs` or ever (-1): one of the four answers. */
  happened(event: number, lengthMs: number): number {
    const key = this.#eventKeys[event];
    if (key === undefined) return 3;
    if (!key.isIn(this.request)) return 2;
    const found = this.#occurrences(event, key);
    if (found === undefined) return 0;
    const count = lengthMs < 0 ? found.size : found.countWithin(this.nowMs, lengthMs);
    return count > 0 ? 1 : 0;
  }

  /** How often an Event occurred; an object, which no comparison takes, when closures must say. */
  count(event: number, lengthMs: number): number | undefined | object {
    const key = this.#eventKeys[event];
    if (key === undefined) return unsaid;
    if (!key.isIn(this.request)) return undefined;
    return this.#occurrences(event, key)?.countWithin(this.nowMs, lengthMs) ?? 0;
  }

  /** What a Meter holds, as `count`. */
  meter(meter: number): number | undefined | object {
    const key = this.#meterKeys[meter];
    if (key === undefined) return unsaid;
    return key.isIn(this.request) ? this.#current(meter, key) : undefined;
  }

  /** Whether a value comes from these labels alone: one of the four answers. */
  fromOnly(value: unknown, labels: LabelList): number {
    if (value === undefined) return 2;
    if (!isKey(value)) return 3;
    const { origins } = this.#state;
    if (this.#origin === unknownRow) {
      const { tenant, session } = this.request;
      const root = session?.root ?? session?.id;
      this.#origin = root === undefined ? -1 : origins.numberOf(tenant, root);
    }
    return this.#verdicts.fromOnly(origins, this.#origin, value, labels);
  }

  /** Whether the origin of a value is at least as good as a tier, by the tier's rank. */
  noWorse(value: unknown, rank: number): number {
    if (value === undefined) return 2;
    if (!isKey(value)) return 3;
    const memory = this.#seen();
    if (memory === null) return 2;
    return originTiers.indexOf(memory.firstSight(value).tier) <= rank ? 1 : 0;
  }

  /** What this session has seen; `null` when nothing may be asked of it. */
  #seen(): OriginMemory | null {
    if (this.#memory !== undefined) return this.#memory;
    const { tenant, session } = this.request;
    const root = session?.root ?? session?.id;
    const memory = root === undefined ? undefined : this.#state.origins.memoryOf(tenant, root);
    this.#memory = memory?.prompted === true ? memory : null;
    return this.#memory;
  }

  /** Whether charging `amount` passes `max`: 0, or 2, since what then is said is not said here. */
  exceeds(meter: number, amount: number, max: number): number {
    const key = this.#meterKeys[meter];
    if (key === undefined || !key.isIn(this.request)) return 3;
    return this.#current(meter, key) + amount > max ? 2 : 0;
  }

  /** What the action charges a Meter. **Contract:** the guards have run. */
  charge(meter: number): number {
    return this.#charges[meter] === 1 ? (this.amounts[meter] ?? 0) : 0;
  }

  /** Whether a rule holds, as closures judge it: 0 or 1, or 2 for an error. */
  judge(rule: number): number {
    const plan = this.#program.table.rules.at(rule);
    if (plan === undefined) return 2;
    const verdict = judgeCovered(plan, this.situation);
    return verdict === true ? 1 : verdict === false ? 0 : 2;
  }

  /** Whether what finding a narrowing rule has left open of its match covers the action. */
  isCovered(rule: number): boolean {
    const { table } = this.#program;
    const plan = table.rules.at(rule);
    if (plan === undefined) return true;
    const { agent } = this.request;
    const keys = table.unsettled[rule];
    return covers(plan.plan.policy.match, this.situation, agent, "narrowing", keys);
  }

  /** Whether a rule has a limit. */
  isLimited(rule: number): boolean {
    return this.#program.table.limited[rule] === 1;
  }

  /** What a Meter is charged, as closures find it; negative when it is an error. */
  amount(meter: number): number {
    const plan = this.#program.meters[meter];
    const found = plan === undefined ? -1 : amountOf(plan, this.situation);
    return typeof found === "number" ? found : -1;
  }

  /** Whether the agent is one that a Meter charges. */
  isCharged(meter: number): boolean {
    const plan = this.#program.meters[meter];
    return plan !== undefined && coversMoment(plan.meter, this.situation);
  }

  lacksMeterKey(meter: number): boolean {
    const key = this.#meterKeys[meter];
    if (key !== undefined) return !key.isIn(this.request);
    return this.#program.meters[meter]?.key(this.situation) instanceof Absent;
  }

  lacksEventKey(event: number): boolean {
    const key = this.#eventKeys[event];
    if (key !== undefined) return !key.isIn(this.request);
    return this.#program.events[event]?.key(this.situation) instanceof Absent;
  }

  #current(meter: number, key: SimpleKey): number {
    const plan = this.#program.meters[meter];
    const account = this.#account(meter, key);
    return account === undefined || plan === undefined
      ? 0
      : account.current(plan.window, this.nowMs);
  }

  #occurrences(event: number, key: SimpleKey): Occurrences | undefined {
    return this.#eventShelves[event]?.find(this.#path(key));
  }

  #account(meter: number, key: SimpleKey): Account | undefined {
    return this.#meterShelves[meter]?.find(this.#path(key));
  }

  /** The key as a path that the next call overwrites. **Contract:** all parts are there. */
  #path({ parts }: SimpleKey): readonly Atom[] {
    // One path for each length: setting the length of a list would make it anew.
    const path = (this.#paths[parts.length] ??= [""]);
    path[0] = this.request.tenant;
    for (let index = 0; index < parts.length; index += 1) {
      path[index + 1] = parts[index]?.(this.request) ?? "";
    }
    return path;
  }

  #bind(state: CompiledState): void {
    const { events, meters } = this.#program;
    this.#state = state;
    this.#eventShelves = events.map(({ shelf }) => state.events(shelf));
    this.#meterShelves = meters.map(({ shelf }) => state.meters(shelf));
    const places = {
      events: this.#eventShelves.map(placeIn),
      meters: this.#meterShelves.map(placeIn),
    };
    this.#verdicts.clear();
    this.#sessions.bind(state.cabinets.session, places);
    this.#agents.bind(state.cabinets.agent, places);
  }
}

/** What asking for the origin of a longer text costs is for the closures to count. */
const keyUnitsMax = 4_096;

/** A text, or a number that JSON writes exactly: what origins are kept under. */
function isKey(value: unknown): value is LeafKey {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  return typeof value === "string" && value.length <= keyUnitsMax;
}

function placeIn(shelf: Shelf<Occurrences> | Shelf<Account>): number {
  return shelf instanceof CabinetShelf ? shelf.place : 0;
}
