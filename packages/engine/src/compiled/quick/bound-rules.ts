import type { Request } from "@holdfast/model";
import type { RuleTable } from "../rule/rule-table.ts";
import { ruleClass } from "../rule/rule-table.ts";
import { BoundPlaces } from "./bound-places.ts";
import { noRules } from "./rule-code.ts";
import type { RuleCode } from "./rule-code.ts";

/** What is asked of an action plan for the rules that name its agent or user. */
interface BoundPlan {
  readonly number: number;
  readonly scope: { readonly boundTargets: readonly number[] };
}

/**
 * The rules that name agents or roles: one look into a table by the plan's and each role's number,
 * filled when the role is first seen with the plan.
 */
export class BoundRules {
  readonly #table: RuleTable;
  readonly #code: RuleCode;
  readonly #places = new BoundPlaces();
  #generation = 0;
  /** where the code of the latest request's rules is; overwritten by the next */
  readonly found: number[] = [];

  constructor(table: RuleTable, code: RuleCode) {
    this.#table = table;
    this.#code = code;
  }

  /** Finds the rules of a request's agent and user; how many of `found` there are. */
  find(plan: BoundPlan, request: Request): number {
    if (this.#generation !== this.#code.generation) this.#forget();
    const table = this.#table;
    if (!table.namesOnlyRoles) return this.#findByNumber(plan, request);
    const { roles } = request.agent;
    let count = 0;
    for (let at = 0; at < roles.length; at += 1) {
      count = this.#note(plan, table.roleNumber(roles[at] ?? ""), count);
    }
    return count;
  }

  #findByNumber(plan: BoundPlan, request: Request): number {
    const table = this.#table;
    const principals = table.findPrincipals(request);
    let count = 0;
    for (let at = 1; at <= principals; at += 1) {
      count = this.#note(plan, table.principalAt(at), count);
    }
    return count;
  }

  /** Takes note of where a principal's rules are, if it has any; how many are noted then. */
  #note(plan: BoundPlan, principal: number, count: number): number {
    // Names that no rule has are not kept: whoever asks could come with any number of them.
    if (principal < 0) return count;
    let place = this.#places.find(plan.number, principal);
    if (place < 0) {
      place = this.#written(plan, principal);
      this.#places.keep(plan.number, principal, place);
    }
    if (place === noRules) return count;
    this.found[count] = place;
    return count + 1;
  }

  #written({ scope }: BoundPlan, principal: number): number {
    return this.#code.write({
      narrow: this.#under(scope.boundTargets, principal, ruleClass.narrow),
      allow: this.#under(scope.boundTargets, principal, ruleClass.allow),
      rewrites: this.#under(scope.boundTargets, principal, ruleClass.modify).length > 0,
    });
  }

  #under(targets: readonly number[], principal: number, kind: 0 | 1 | 2): readonly number[] {
    const rules = new Set<number>();
    for (const target of targets) {
      const pair = this.#table.pairOf(target, principal);
      if (pair === 0) continue;
      const end = this.#table.startOf(pair, kind + 1);
      for (let place = this.#table.startOf(pair, kind); place < end; place += 1) {
        rules.add(this.#table.entryAt(place));
      }
    }
    return [...rules].toSorted((a, b) => a - b);
  }

  #forget(): void {
    this.#places.clear();
    this.#generation = this.#code.generation;
  }
}
