import type { Decision } from "@holdfast/model";
import type { DecisionInput } from "../../engine.ts";
import { decide, nowMsMax } from "../decision/decide.ts";
import { compiledState } from "../history/compiled-state.ts";
import type { CompiledState } from "../history/compiled-state.ts";
import { covers } from "../rule/coverage.ts";
import type { Program } from "../rule/program.ts";
import type { Judged } from "../rule/subject.ts";
import { ShapeTable } from "../shape/shape-table.ts";
import { QuickAction } from "./action.ts";
import { BoundRules } from "./bound-rules.ts";
import { HistoryReads } from "./history-read.ts";
import { ActionPlans, frozenDecision } from "./action-plan.ts";
import {
  headLength,
  limitedFlag,
  noRules,
  RuleCode,
  ruleLength,
  unsettledFlag,
} from "./rule-code.ts";
import type { ActionPlan } from "./action-plan.ts";

/** Kept decisions at most; one more and all are made anew. */
const keptMax = 65_536;

/**
 * The short way to a decision, for the requests that are most: no delegation, no restriction in
 * force, nothing rewritten, and no rule holds but rules that allow, deny or ask people in constant words.
 * Anything else is `undefined` and goes the long way, which makes the same decision.
 */
export class QuickDecider {
  readonly #program: Program;
  readonly #plans: ActionPlans;
  readonly #shapes: ShapeTable;
  readonly #code: RuleCode;
  readonly #bound: BoundRules;
  readonly #action: QuickAction;
  #judged: Judged | undefined;
  /** where the code of the rule is that was noted last, `noRules` when only guards have noted any */
  #latest = noRules;
  /** by rules, of those that decide together */
  readonly #kept = new Map<string | number, Decision>();
  /** of rules that decide alone, by the number that is written beside each, of one generation */
  #keptOne: Decision[] = [];
  #keptGeneration = 0;

  constructor(program: Program) {
    const { events, meters, table, generates } = program;
    const reads = new HistoryReads(program);
    const history = {
      events: new Map(events.map(({ event }, number) => [event.name, number])),
      meters: new Map(meters.map(({ meter }, number) => [meter.name, number])),
      labelLists: program.labelLists,
      reads,
    };
    this.#program = program;
    this.#shapes = new ShapeTable(table.rules, history, generates);
    this.#code = new RuleCode(table, this.#shapes);
    this.#plans = new ActionPlans(program, history);
    this.#bound = new BoundRules(table, this.#code);
    this.#action = new QuickAction(program, reads);
  }

  /** What was found of the action asked about last, for the long way. */
  get judged(): Judged | undefined {
    return this.#judged;
  }

  /** The decision, or `undefined` when the long way must make it. */
  decide(input: DecisionInput, state: CompiledState): Decision | undefined {
    const { request, nowMs } = input;
    this.#judged = undefined;
    if (!this.#isPlain(input, state)) return undefined;
    if (!(nowMs >= 0 && nowMs <= nowMsMax) || !Number.isSafeInteger(nowMs)) return undefined;
    const plan = this.#plans.of(request);
    if (plan === undefined || plan.isLong) return undefined;
    const { args } = request;
    if (plan.test === undefined || plan.test(args) === 0) {
      const checked = plan.tool.check?.(args);
      if (checked !== undefined && (!checked.ok || checked.args !== args)) return undefined;
    }
    this.#action.become(input, plan, state);
    const decision = this.#judge(plan, this.#action, input);
    this.#judged = this.#action.judged;
    return decision === undefined || isCapable(decision, input.capabilities) ? decision : undefined;
  }

  #isPlain({ request, mode, approved, registry }: DecisionInput, state: CompiledState): boolean {
    if (approved !== undefined) return false;
    if (mode === "observe" || (registry !== undefined && registry !== "known")) return false;
    if (this.#program.observes || state.restrictions.length > 0) return false;
    if (request.delegation.length > 0 || request.action.phase !== "call") return false;
    return request.result === undefined && request.outcome === undefined;
  }

  #judge(plan: ActionPlan, action: QuickAction, input: DecisionInput): Decision | undefined {
    const { guards } = plan;
    const bound = this.#bound;
    this.#latest = noRules;
    for (let at = 0; at < guards.length; at += 1) {
      const guard = guards[at];
      if (guard !== undefined) guard.judge(action, guard.references);
    }
    let own = this.#rulesOf(plan);
    let count = plan.isBound ? bound.find(plan, action.request) : 0;
    if (plan.generation !== this.#code.generation) {
      // Writing one list has made all others forgotten: now there is room for these.
      own = this.#rulesOf(plan);
      count = plan.isBound ? bound.find(plan, action.request) : 0;
      if (plan.generation !== this.#code.generation) return undefined;
    }
    const { numbers } = this.#code;
    this.#askNarrow(numbers, own, action);
    for (let at = 0; at < count; at += 1) {
      const place = bound.found[at] ?? noRules;
      if (numbers[place + 2] === 1) return undefined;
      this.#askNarrow(numbers, place, action);
    }
    if (action.uncertain) return undefined;
    const narrow = action.heldCount;
    if (narrow > 0 && !this.#onlyAsk(action)) return this.#decision(action, input);
    this.#askAllow(numbers, own, action);
    for (let at = 0; at < count; at += 1) {
      this.#askAllow(numbers, bound.found[at] ?? noRules, action);
    }
    if (action.uncertain) return undefined;
    return action.heldCount > narrow ? this.#decision(action, input) : plan.defaultDeny;
  }

  /** Whether all rules noted ask people, so that what allows decides with them. */
  #onlyAsk({ held, heldCount }: QuickAction): boolean {
    const { constant } = this.#program.table;
    for (let at = 0; at < heldCount; at += 1) if (constant[held[at] ?? 0] !== 2) return false;
    return true;
  }

  /** Where a plan's own rules are written; written anew when all were forgotten. */
  #rulesOf(plan: ActionPlan): number {
    if (plan.generation === this.#code.generation) return plan.rules;
    const { own, allow } = plan.scope;
    plan.rules = this.#code.write({ narrow: own, allow, rewrites: false });
    plan.generation = this.#code.generation;
    return plan.rules;
  }

  #askNarrow(numbers: Int32Array, place: number, action: QuickAction): void {
    const count = numbers[place] ?? 0;
    let at = place + headLength;
    for (let rule = 0; rule < count; rule += 1) {
      this.#ask(numbers, at, action, false);
      at += ruleLength;
    }
  }

  #askAllow(numbers: Int32Array, place: number, action: QuickAction): void {
    const count = numbers[place + 1] ?? 0;
    let at = place + headLength + (numbers[place] ?? 0) * ruleLength;
    for (let rule = 0; rule < count; rule += 1) {
      this.#ask(numbers, at, action, true);
      at += ruleLength;
    }
  }

  /** Takes note of a rule that holds; an error does not grant, and is for the long way elsewhere. */
  #ask(numbers: Int32Array, at: number, action: QuickAction, grants: boolean): void {
    const rule = numbers[at] ?? 0;
    const flags = numbers[at + 1] ?? 0;
    if ((flags & unsettledFlag) !== 0 && !this.#covered(rule, action, grants)) return;
    const shape = numbers[at + 2] ?? 0;
    let code = this.#shapes.judge(shape, numbers[at + 3] ?? 0, numbers[at + 4] ?? 0, action);
    if (code === 3) code = action.judge(rule);
    if (code === 0 || (grants && code === 2)) return;
    // A limit that is passed has words of its own: when to come again.
    action.note(rule, (flags & limitedFlag) !== 0 ? 2 : code);
    this.#latest = at;
  }

  #covered(rule: number, action: QuickAction, grants: boolean): boolean {
    const { table } = this.#program;
    const plan = table.rules.at(rule);
    if (plan === undefined) return false;
    const stance = grants ? "granting" : "narrowing";
    const { agent } = action.request;
    return covers(plan.plan.policy.match, action.situation, agent, stance, table.unsettled[rule]);
  }

  /** The decision of the rules noted, which all are constant: as the long way first made it. */
  #decision(action: QuickAction, input: DecisionInput): Decision | undefined {
    const { held, heldCount } = action;
    const first = held[0] ?? 0;
    if (heldCount === 1 && this.#latest !== noRules) return this.#ofOne(action, input);
    const key =
      heldCount === 1
        ? -1 - first
        : heldCount === 2
          ? this.#pairKey(first, held[1] ?? 0)
          : textKey(held, heldCount);
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = this.#constant(action, input);
    if (made === undefined) return undefined;
    if (this.#kept.size >= keptMax) this.#kept.clear();
    this.#kept.set(key, made);
    return made;
  }

  /** The decision of the one rule noted, which is the one whose code was noted last. */
  #ofOne(action: QuickAction, input: DecisionInput): Decision | undefined {
    const { numbers, generation } = this.#code;
    if (generation !== this.#keptGeneration) {
      this.#keptGeneration = generation;
      this.#keptOne = [];
    }
    const place = this.#latest + ruleLength - 1;
    const known = this.#keptOne[(numbers[place] ?? 0) - 1];
    if (known !== undefined) return known;
    const made = this.#constant(action, input);
    if (made !== undefined) numbers[place] = this.#keptOne.push(made);
    return made;
  }

  /** What the long way decides, when that is the same whenever these rules hold. */
  #constant({ held, heldCount }: QuickAction, input: DecisionInput): Decision | undefined {
    const { constant } = this.#program.table;
    for (let at = 0; at < heldCount; at += 1) if (constant[held[at] ?? 0] === 0) return undefined;
    return this.#make(input);
  }

  #pairKey(a: number, b: number): number {
    const { length } = this.#program.table.rules;
    return a < b ? a * length + b : b * length + a;
  }

  /** What an enforcement point can do changes none of those that are kept; see `isCapable`. */
  #make({ capabilities: _capabilities, ...input }: DecisionInput): Decision {
    const { judged } = this.#action;
    return frozenDecision(decide(this.#program, input, compiledState(input.state), judged));
  }
}

/**
 * Whether a decision is the same for an enforcement point that can do only this: one that is
 * denied whatever anybody can do, or allowed and asks for nothing.
 */
function isCapable(
  { effect, code, obligations }: Decision,
  capabilities: DecisionInput["capabilities"],
): boolean {
  if (capabilities === undefined) return true;
  if (effect === "deny") return code !== "unavailable";
  return effect === "allow" && obligations.length === 0 && capabilities.effects.includes("allow");
}

function textKey(held: readonly number[], count: number): string {
  return held
    .slice(0, count)
    .toSorted((a, b) => a - b)
    .join();
}
