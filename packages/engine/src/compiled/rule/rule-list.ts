import type { Bundle } from "../../document/bundle.ts";
import type { Policy, Rule } from "../../document/policy.ts";
import type { Evaluate } from "../expression/compile.ts";
import { byUnit } from "../value/map.ts";
import type { PolicyPlan, RulePlan } from "./program.ts";
import type { Subject } from "./subject.ts";

/**
 * Every rule of a bundle by its number, its place among all sorted by name. Of a million few are
 * ever asked for: until then a rule is two numbers, and its plan is made when somebody asks.
 */
export class RuleList {
  readonly length: number;
  readonly #policies: readonly Policy[];
  /** by rule: where its policy stands in the bundle, and where the rule stands in that */
  readonly #policyAt: Int32Array;
  readonly #ruleAt: Int32Array;
  readonly #policyPlans = new Map<Policy, PolicyPlan>();
  readonly #plans = new Map<number, RulePlan>();
  /** those of policies without params and variables */
  readonly #conditions: PolicyPlan["conditions"] = new Map();

  constructor({ policies }: Bundle) {
    this.#policies = policies;
    this.length = policies.reduce((count, { rules }) => count + rules.length, 0);
    this.#policyAt = new Int32Array(this.length);
    this.#ruleAt = new Int32Array(this.length);
    this.#fill();
    if (!this.#isOrdered()) this.#order();
  }

  /** The policy of a rule; `undefined` for no rule's number. */
  policyOf(index: number): Policy | undefined {
    return this.#policies[this.#policyAt[index] ?? -1];
  }

  /** The rule itself; `undefined` for no rule's number. */
  ruleOf(index: number): Rule | undefined {
    return this.policyOf(index)?.rules[this.#ruleAt[index] ?? -1];
  }

  /** The plan of a rule, one object however often it is asked for. */
  at(index: number): RulePlan | undefined {
    const known = this.#plans.get(index);
    if (known !== undefined) return known;
    const policy = this.policyOf(index);
    const rule = this.ruleOf(index);
    if (policy === undefined || rule === undefined) return undefined;
    const plan = new NamedRule(index, this.#policyPlan(policy), rule);
    this.#plans.set(index, plan);
    return plan;
  }

  #policyPlan(policy: Policy): PolicyPlan {
    const known = this.#policyPlans.get(policy);
    if (known !== undefined) return known;
    const { params, variables } = policy;
    const isPlain = variables.length === 0 && Object.keys(params).length === 0;
    const plan: PolicyPlan = {
      policy,
      params,
      variables:
        variables.length === 0
          ? noVariables
          : new Map(variables.map(({ name }, number) => [name, number])),
      evaluations: [],
      // Where names mean the same in all policies, equal conditions are compiled once.
      conditions: isPlain ? this.#conditions : new Map(),
    };
    this.#policyPlans.set(policy, plan);
    return plan;
  }

  #fill(): void {
    let index = 0;
    for (const [place, { rules }] of this.#policies.entries()) {
      for (let rule = 0; rule < rules.length; rule += 1) {
        this.#policyAt[index] = place;
        this.#ruleAt[index] = rule;
        index += 1;
      }
    }
  }

  #isOrdered(): boolean {
    for (let index = 1; index < this.length; index += 1) {
      if (byUnit(this.#textOf(index - 1, index), this.#textOf(index, index - 1)) > 0) return false;
    }
    return true;
  }

  /** What tells a rule's name from that of another: of one policy, names begin alike. */
  #textOf(index: number, other: number): string {
    if (this.#policyAt[index] !== this.#policyAt[other]) return this.#nameOf(index);
    return this.ruleOf(index)?.id ?? "";
  }

  /** By name, which is made once for each. */
  #order(): void {
    const named = Array.from({ length: this.length }, (_, index) => ({
      name: this.#nameOf(index),
      policy: this.#policyAt[index] ?? 0,
      rule: this.#ruleAt[index] ?? 0,
    }));
    named.sort((a, b) => byUnit(a.name, b.name));
    for (const [index, { policy, rule }] of named.entries()) {
      this.#policyAt[index] = policy;
      this.#ruleAt[index] = rule;
    }
  }

  #nameOf(index: number): string {
    return nameOf(this.policyOf(index)?.name, this.ruleOf(index)?.id);
  }
}

const noVariables: PolicyPlan["variables"] = new Map();

/** A rule whose name is put together when somebody asks. */
class NamedRule implements RulePlan {
  readonly index: number;
  readonly plan: PolicyPlan;
  readonly rule: Rule;
  when: Evaluate<Subject> | undefined = undefined;

  constructor(index: number, plan: PolicyPlan, rule: Rule) {
    this.index = index;
    this.plan = plan;
    this.rule = rule;
  }

  get name(): string {
    return nameOf(this.plan.policy.name, this.rule.id);
  }
}

function nameOf(policy = "", rule = ""): string {
  return `${policy}/${rule}`;
}
