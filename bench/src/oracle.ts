import type { Action } from "./action-stream.ts";
import { holds } from "./condition.ts";
import type { EventName, MeterName, Rule } from "./condition.ts";
import { customerName, customersOf, toolLabels } from "./rule-source.ts";
import type { RuleSource } from "./rule-source.ts";

/** What every engine must answer. */
export interface Answer {
  readonly allowed: boolean;
  /** the determining rules, sorted */
  readonly rules: readonly string[];
}

interface Happening {
  readonly atMs: number;
  readonly amount: number;
}

const minuteMs = 60_000;

/**
 * The rules in plain words: what an action may do by looking at each rule that names its role and
 * tool, and at lists of all that happened. It knows no engine, so all can be held to it.
 */
export class Oracle {
  readonly #source: RuleSource;
  readonly #happened = new Map<string, Happening[]>();

  constructor(source: RuleSource) {
    this.#source = source;
  }

  answer(action: Action, nowMs: number): Answer {
    const { role, tool } = action;
    const own = role < 0 ? [] : this.#source.of(role, tool);
    const labels = toolLabels(tool);
    const found = [...own, ...this.#source.globals].filter(
      ({ label }) => label === undefined || labels.includes(label),
    );
    const holding = found.filter((rule) => this.#holds(rule, action, nowMs));
    const denies = holding.filter(({ effect }) => effect === "deny");
    const deciding = denies.length > 0 ? denies : holding;
    const rules = deciding.map(({ name }) => name).sort();
    return { allowed: denies.length === 0 && holding.length > 0, rules };
  }

  /** Notes an action that began, or was refused, as the Events and Meters of the policy set do. */
  note({ agent, session, tool, args }: Action, allowed: boolean, atMs: number): void {
    const labels = toolLabels(tool);
    const add = (name: EventName | MeterName, key: string, amount = 1): void => {
      const list = this.#happened.get(`${name} ${key}`) ?? [];
      list.push({ atMs, amount });
      this.#happened.set(`${name} ${key}`, list);
    };
    if (args.amount > 9_000) add("large-amount", agent);
    if (!allowed) return;
    if (labels.includes("untrusted")) add("untrusted-read", session);
    if (labels.includes("egress")) add("egress-begun", session);
    if (labels.includes("money")) add("spend", agent, args.amount);
    add("calls", session);
  }

  #holds({ condition }: Rule, action: Action, nowMs: number): boolean {
    const { agent, session, tool, args } = action;
    const since = (name: EventName | MeterName, minutes: number): readonly Happening[] => {
      const key = name === "large-amount" || name === "spend" ? agent : session;
      const list = this.#happened.get(`${name} ${key}`) ?? [];
      return list.filter(({ atMs }) => atMs > nowMs - minutes * minuteMs);
    };
    switch (condition.kind) {
      case "happened":
        return (
          since(condition.event, condition.minutes).length > 0 && args.amount > condition.above
        );
      case "count":
        return since(condition.event, condition.minutes).length > condition.more;
      case "limit": {
        const charged = since(condition.meter, condition.meter === "spend" ? 60 : 10);
        const charges = condition.meter === "calls" || toolLabels(tool).includes("money");
        const own = !charges ? 0 : condition.meter === "calls" ? 1 : args.amount;
        const current = charged.reduce((sum, { amount }) => sum + amount, 0);
        return current + own > condition.max;
      }
      case "foreign":
        return !customersOf(action.number).map(customerName).includes(args.to);
      case "compare":
      case "equals":
      case "one-of":
      case "prefix":
      case "flag":
      case "own":
        return holds(condition, args, agent);
    }
  }
}

/** What is wrong with an answer, or `undefined`; rules are compared when the engine names them. */
export function wrongAnswer(
  { request }: Action,
  wanted: Answer,
  given: { readonly allowed: boolean; readonly rules: readonly string[] | undefined },
): string | undefined {
  const rules = given.rules === undefined ? undefined : [...given.rules].sort();
  const agrees = rules === undefined || rules.join() === wanted.rules.join();
  if (given.allowed === wanted.allowed && agrees) return undefined;
  const say = (allowed: boolean, by: readonly string[]): string =>
    `${allowed ? "allow" : "deny"} by ${by.length === 0 ? "default" : by.join(", ")}`;
  return (
    `${say(given.allowed, rules ?? ["it names no rules"])} instead of ` +
    `${say(wanted.allowed, wanted.rules)} for ${JSON.stringify(request)}`
  );
}
