import type { Decision } from "@holdfast/model";
import type { DecisionInput } from "../../engine.ts";
import type { CompiledState } from "../history/compiled-state.ts";
import { covers } from "../rule/coverage.ts";
import { ruleClass } from "../rule/rule-table.ts";
import type { Program, RulePlan, ToolPlan } from "../rule/program.ts";
import { Quick } from "../shape/quick.ts";
import { ShapeTable, always } from "../shape/shape-table.ts";
import { commitsOf } from "../rule/tool-plan.ts";
import { nowMsMax } from "./decide.ts";
import { coversMoment, limitOf } from "./judge.ts";

/** Kept decisions at most; one more and all are made anew. */
const keptMax = 65_536;

/**
 * The short way to a decision, for the requests that are most: no delegation, no restriction in
 * force, nothing rewritten, and no rule holds but allow rules, or deny rules without words of
 * their own. Anything else is `undefined` and goes the long way, which makes the same decision.
 */
export class QuickDecider {
  readonly #program: Program;
  readonly #shapes: ShapeTable;
  readonly #kept = new Map<string, Decision>();
  readonly #keptAllow: (Decision | undefined)[] = [];
  readonly #keptDeny: (Decision | undefined)[] = [];
  readonly #defaultDeny = new WeakMap<ToolPlan, Decision>();
  readonly #environments: ReadonlySet<string>;
  #quick: Quick | undefined;
  /** rules that hold, of the class looked at */
  readonly #held: number[] = [];
  #heldCount = 0;
  #certain = true;

  constructor(program: Program) {
    this.#program = program;
    this.#shapes = new ShapeTable(program.table.rules, program.generates);
    this.#environments = new Set(program.bundle.settings.environments);
  }

  /** The decision, or `undefined` when the long way must make it. */
  decide(input: DecisionInput, state: CompiledState): Decision | undefined {
    const { request, nowMs } = input;
    if (!this.#isPlain(input, state) || !Number.isSafeInteger(nowMs)) return undefined;
    if (nowMs < 0 || nowMs > nowMsMax) return undefined;
    const plan = this.#program.toolIndex.get(request.tool.server)?.get(request.tool.name);
    if (plan === undefined) return undefined;
    if (plan.check !== undefined) {
      const checked = plan.check(request.args);
      if (!checked.ok || checked.args !== request.args) return undefined;
    }
    const quick = (this.#quick ??= new Quick(this.#program, request, plan, state));
    quick.request = request;
    quick.args = request.args;
    quick.plan = plan;
    quick.nowMs = nowMs;
    quick.state = state;
    return this.#judge(quick);
  }

  #isPlain(
    { request, mode, approved, capabilities, registry }: DecisionInput,
    state: CompiledState,
  ): boolean {
    if (mode === "observe" || approved !== undefined || capabilities !== undefined) return false;
    if (registry !== undefined && registry !== "known") return false;
    if (this.#program.observes || state.restrictions.length > 0) return false;
    if (request.delegation.length > 0 || request.action.phase !== "call") return false;
    if (request.result !== undefined || request.outcome !== undefined) return false;
    return request.environment === undefined || this.#environments.has(request.environment);
  }

  #judge(quick: Quick): Decision | undefined {
    const { request, plan } = quick;
    const { table } = this.#program;
    table.probe(request, plan);
    if (table.any(ruleClass.modify)) return undefined;
    this.#certain = true;
    this.#hold(quick, ruleClass.narrow);
    if (!this.#certain || !this.#canCommit(quick)) return undefined;
    if (this.#heldCount > 0) return this.#denied();
    this.#hold(quick, ruleClass.allow);
    if (!this.#certain) return undefined;
    return this.#heldCount > 0 ? this.#allowed() : this.#refused(plan);
  }

  /** Fills `#held` with the rules of a class that hold; clears `#certain` when that is not known. */
  #hold(quick: Quick, kind: 1 | 2): void {
    const { table } = this.#program;
    this.#heldCount = 0;
    for (let at = 0; at < table.foundCount; at += 1) {
      const end = table.end(at, kind);
      for (let place = table.begin(at, kind); place < end; place += 1) {
        const code = this.#ask(table.entryAt(place), quick, kind);
        if (code === 0) continue;
        if (code === 3) {
          this.#certain = false;
          return;
        }
        this.#note(table.entryAt(place));
      }
    }
  }

  /** Whether a rule that was found holds: 0 or 1, or 3 when the long way must say. */
  #ask(index: number, quick: Quick, kind: 1 | 2): number {
    const { table } = this.#program;
    if (table.unsettled[index] !== 0 && !this.#covered(quick, index, kind)) return 0;
    const shape = this.#shapes.ofRule[index] ?? 0;
    const code = shape === always ? 1 : shape < 0 ? 3 : this.#run(shape, index, quick);
    // An error does not grant; any other rule that errs is for the long way.
    if (code === 2) return kind === 2 ? 0 : 3;
    // A limit that is passed has words of its own: when to come again.
    if (code === 1 && table.limited[index] === 1) return this.#exceeds(index, quick) === 0 ? 0 : 3;
    return code;
  }

  #note(index: number): void {
    if (this.#program.table.repeated[index] === 1) {
      for (let at = 0; at < this.#heldCount; at += 1) if (this.#held[at] === index) return;
    }
    this.#held[this.#heldCount] = index;
    this.#heldCount += 1;
  }

  #run(shape: number, index: number, quick: Quick): number {
    const { shapes, numbers, numberAt, references, referenceAt } = this.#shapes;
    const code = shapes[shape]?.(
      quick,
      numbers,
      numberAt[index] ?? 0,
      references,
      referenceAt[index] ?? 0,
    );
    return code ?? 3;
  }

  #covered(quick: Quick, index: number, kind: 1 | 2): boolean {
    const { table } = this.#program;
    const rule = table.rules[index];
    if (rule === undefined) return false;
    const stance = kind === 1 ? "narrowing" : "granting";
    const keys = table.unsettled[index] ?? 0;
    return covers(rule.plan.policy.match, quick, quick.request.agent, stance, keys);
  }

  /** Whether a limit is passed: 0 or 1, or 3 when the long way must say. */
  #exceeds(index: number, quick: Quick): number {
    const rule = this.#program.table.rules[index];
    const limit = rule === undefined ? undefined : limitOf(rule.rule);
    const plan = limit === undefined ? undefined : this.#program.metersByName.get(limit.meter);
    if (limit === undefined || plan === undefined) return 3;
    const amount = this.#amount(plan, quick);
    const path = quick.meterPath(limit.meter);
    if (amount === undefined || path === undefined) return 3;
    return quick.current(plan, path) + amount > limit.max ? 1 : 0;
  }

  /** What this action would charge, when that is plain. */
  #amount(plan: Program["meters"][number], quick: Quick): number | undefined {
    if (!coversMoment(plan.meter, quick)) return 0;
    if (plan.reserve === undefined) return 1;
    const { reservePath } = plan;
    if (reservePath === undefined) return undefined;
    const amount = quick.args[reservePath];
    return typeof amount === "number" && amount >= 0 ? amount : undefined;
  }

  /** Whether `begin` could surely commit this action to history. */
  #canCommit(quick: Quick): boolean {
    const { historyRead } = this.#program;
    const { meters, events } = commitsOf(this.#program, quick.plan);
    for (const plan of meters) {
      if (plan.reserve !== undefined && this.#amount(plan, quick) === undefined) return false;
      const read = historyRead.has(plan.meter.name);
      if (read && !quick.hasKey("meter", plan.meter.name)) return false;
    }
    for (const { event } of events) if (!quick.hasKey("event", event.name)) return false;
    return true;
  }

  #denied(): Decision | undefined {
    const first = this.#held[0] ?? 0;
    const { rules, plainDeny } = this.#program.table;
    if (!this.#areAll(plainDeny)) return undefined;
    if (this.#heldCount > 1) return this.#many("deny", "denied by policy");
    return (this.#keptDeny[first] ??= this.#make("deny", "denied by policy", rules, [first]));
  }

  #allowed(): Decision | undefined {
    const first = this.#held[0] ?? 0;
    const { rules, plainAllow } = this.#program.table;
    if (!this.#areAll(plainAllow)) return undefined;
    if (this.#heldCount > 1) return this.#many("allow", "allowed");
    return (this.#keptAllow[first] ??= this.#make("allow", "allowed", rules, [first]));
  }

  #areAll(flags: Uint8Array): boolean {
    for (let at = 0; at < this.#heldCount; at += 1) {
      if (flags[this.#held[at] ?? 0] !== 1) return false;
    }
    return true;
  }

  #many(effect: "allow" | "deny", reason: string): Decision {
    const indices = this.#held.slice(0, this.#heldCount).sort((a, b) => a - b);
    const key = `${effect}${indices.join()}`;
    let kept = this.#kept.get(key);
    if (kept === undefined) {
      kept = this.#make(effect, reason, this.#program.table.rules, indices);
      if (this.#kept.size >= keptMax) this.#kept.clear();
      this.#kept.set(key, kept);
    }
    return kept;
  }

  #make(
    effect: "allow" | "deny",
    reason: string,
    rules: readonly RulePlan[],
    indices: readonly number[],
  ): Decision {
    return frozen({
      effect,
      code: "rule",
      rules: indices.flatMap((index) => rules[index]?.name ?? []),
      reason,
      obligations: [],
      bundle: this.#program.bundle.digest,
    });
  }

  #refused(plan: ToolPlan): Decision {
    let kept = this.#defaultDeny.get(plan);
    if (kept === undefined) {
      kept = frozen({
        effect: "deny",
        code: "default_deny",
        rules: [],
        reason: `no policy allows \`${plan.name}\``,
        obligations: [],
        bundle: this.#program.bundle.digest,
      });
      this.#defaultDeny.set(plan, kept);
    }
    return kept;
  }
}

/** Decisions are shared between requests, so nobody may change one. */
function frozen(decision: Decision): Decision {
  Object.freeze(decision.rules);
  Object.freeze(decision.obligations);
  return Object.freeze(decision);
}
