import type { KeyPart } from "../../document/history.ts";
import { commitProblems, limitOf } from "../decision/judge.ts";
import type { Program, RulePlan } from "../rule/program.ts";
import { Emitter } from "../shape/emitter.ts";
import type { Constants, HistoryNames } from "../shape/emitter.ts";
import { functionOf } from "../shape/generated.ts";
import { namesSome } from "./action-scope.ts";
import type { ActionScope, Commit } from "./action-scope.ts";
import type { QuickAction } from "./action.ts";

/**
 * Judges the narrowing rules that cover an action whoever acts, and whether `begin` could commit
 * it: takes note of each rule that holds, and of whatever is for the long way.
 */
export interface Guard {
  readonly judge: (s: QuickAction, references: readonly unknown[]) => void;
  /** constants of the function, which guards share that differ in nothing else */
  readonly references: readonly unknown[];
}

type Generated = Guard["judge"];

/** Rules in one function at most: beyond that V8 no longer optimises it well. */
const rulesMax = 48;

/** Writes guards; those of one text, which differ in no constant, are one function. */
export class GuardWriter {
  readonly #program: Program;
  readonly #history: HistoryNames;
  readonly #known = new Map<string, Generated>();

  constructor(program: Program, history: HistoryNames) {
    this.#program = program;
    this.#history = history;
  }

  /** The guards that judge `scope.shared`, and in front of them whether it can be committed. */
  guardsOf(scope: ActionScope): readonly Guard[] {
    if (!this.#program.generates) {
      return [{ judge: (action) => judgeByClosures(action, scope.shared), references: [] }];
    }
    const guards: Guard[] = [];
    const { shared } = scope;
    for (let at = 0; at === 0 || at < shared.length; at += rulesMax) {
      guards.push(this.#written(scope, shared.slice(at, at + rulesMax), at === 0));
    }
    return guards;
  }

  #written(scope: ActionScope, rules: readonly number[], commits: boolean): Guard {
    const references: unknown[] = [];
    const constants: Constants = {
      number: (value) => `(${value})`,
      reference: (value) =>
        typeof value === "object" ? `R[${references.push(value) - 1}]` : JSON.stringify(value),
    };
    const emitter = new Emitter(this.#history, constants);
    const amounts = new Map<number, string>();
    for (const meter of scope.meters) {
      const amount = `m${meter.number}`;
      amounts.set(meter.number, amount);
      if (commits) {
        emitter.add(`const ${amount}=${amountOf(meter, emitter)};`);
        emitter.add(`if(!(${amount}>=0))return s.giveUp();s.amounts[${meter.number}]=${amount};`);
      } else emitter.add(`const ${amount}=s.amounts[${meter.number}];`);
    }
    if (commits) this.#writeKeys(scope, emitter);
    for (const index of rules) {
      const rule = this.#program.table.rules.at(index);
      if (rule !== undefined) this.#writeRule(rule, emitter, amounts);
    }
    return { judge: this.#made(emitter.text), references };
  }

  /** An action whose key lacks a part is committed nowhere, and denied. */
  #writeKeys({ meters, events }: ActionScope, emitter: Emitter): void {
    for (const { plan, number } of meters) {
      if (!this.#program.historyRead.has(plan.meter.name)) continue;
      const lacks = lackOf(plan.meter.key) ?? `s.lacksMeterKey(${number})`;
      emitter.add(`if(${lacks})return s.giveUp();`);
    }
    for (const { plan, number } of events) {
      const lacks = lackOf(plan.event.key) ?? `s.lacksEventKey(${number})`;
      emitter.add(`if(${lacks})return s.giveUp();`);
    }
  }

  #writeRule(rule: RulePlan, emitter: Emitter, amounts: ReadonlyMap<number, string>): void {
    const { index } = rule;
    const { when } = rule.rule;
    const limit = limitOf(rule.rule);
    const answer = when === undefined ? "1" : emitter.condition(when.ast, rule.plan);
    const name = `r${index}`;
    emitter.add(`let ${name}=${answer ?? "3"};`);
    if (limit !== undefined) {
      const meter = this.#history.meters.get(limit.meter);
      // A Meter that does not cover the action is not charged by it.
      const amount = meter === undefined ? undefined : (amounts.get(meter) ?? "0");
      const passes =
        meter === undefined || amount === undefined
          ? "3"
          : emitter.passes(meter, amount, limit.max);
      emitter.add(`if(${name}===1)${name}=${passes};`);
    }
    emitter.add(`if(${name}===3)${name}=s.judge(${index});`);
    // A rule for many agents or roles stands under none of them, and is still to be held to its match.
    if (namesSome(rule.plan.policy.match)) {
      emitter.add(`if(${name}!==0&&!s.isCovered(${index}))${name}=0;`);
    }
    // A limit that is passed has words of its own: when to come again.
    const noted = limit === undefined ? name : "2";
    emitter.add(`if(${name}!==0)s.note(${index},${noted});`);
  }

  #made(text: string): Generated {
    let known = this.#known.get(text);
    if (known === undefined) {
      known = functionOf(["s", "R"], text) as Generated;
      this.#known.set(text, known);
    }
    return known;
  }
}

/** What an action charges a Meter, as JavaScript; not a number of at least 0 when that is not plain. */
function amountOf(
  { plan, number, bound }: Commit<Program["meters"][number]>,
  emitter: Emitter,
): string {
  const { reservePath, reserve } = plan;
  const argument = reservePath === undefined ? undefined : emitter.argument(reservePath);
  const amount =
    reserve === undefined
      ? "1"
      : argument === undefined
        ? `s.amount(${number})`
        : `(typeof ${argument}==="number"?${argument}:-1)`;
  return bound ? `(s.isCharged(${number})?${amount}:0)` : amount;
}

/** What an action lacks that has no such key, as JavaScript; `undefined` when closures must say. */
function lackOf(key: readonly KeyPart[]): string | undefined {
  const tests = key.map((part) => (typeof part === "object" ? undefined : lacks.get(part)));
  return tests.includes(undefined) ? undefined : tests.join("||");
}

const lacks: ReadonlyMap<KeyPart, string> = new Map([
  ["agent.id", "false"],
  ["tool.server", "false"],
  ["tool.name", "false"],
  ["global", "false"],
  ["session.id", "q.session===undefined"],
  ["user.id", "q.user===null"],
]);

function judgeByClosures(action: QuickAction, rules: readonly number[]): void {
  if (commitProblems(action.situation).length > 0) return action.giveUp();
  for (const rule of rules) {
    if (!action.isCovered(rule)) continue;
    const code = action.judge(rule);
    if (code !== 0) action.note(rule, action.isLimited(rule) ? 2 : code);
  }
}
