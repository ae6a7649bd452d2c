import type { Request } from "@holdfast/model";
import type { RuleTable } from "../rule/rule-table.ts";
import { ruleClass } from "../rule/rule-table.ts";
import { noRules } from "./rule-code.ts";
import type { RuleCode } from "./rule-code.ts";

/**
 * The rules of one tool, kind and environment that name agents or roles: one look into a map by
 * each role, made when the role is first seen with the tool.
 */
export class BoundRules {
  readonly #table: RuleTable;
  readonly #code: RuleCode;
  readonly #targets: readonly number[];
  /** where the code of a role's or principal's rules is */
  readonly #byRole = new Map<string, number>();
  readonly #byNumber = new Map<number, number>();
  #generation = 0;
  /** where the code of the latest request's rules is; overwritten by the next */
  readonly found: number[] = [];

  constructor(table: RuleTable, code: RuleCode, targets: readonly number[]) {
    this.#table = table;
    this.#code = code;
    this.#targets = targets;
  }

  /** Finds the rules of a request's agent and user; how many of `found` there are. */
  find(request: Request): number {
    if (this.#generation !== this.#code.generation) this.#forget();
    const { found } = this;
    if (!this.#table.namesOnlyRoles) return this.#findByNumber(request);
    const { roles } = request.agent;
    let count = 0;
    for (let at = 0; at < roles.length; at += 1) {
      const role = roles[at] ?? "";
      const place = this.#byRole.get(role) ?? this.#keep(role);
      if (place === noRules) continue;
      found[count] = place;
      count += 1;
    }
    return count;
  }

  #findByNumber(request: Request): number {
    const principals = this.#table.findPrincipals(request);
    let count = 0;
    for (let at = 1; at <= principals; at += 1) {
      const number = this.#table.principalAt(at);
      let place = this.#byNumber.get(number);
      if (place === undefined) {
        place = this.#written(number);
        this.#byNumber.set(number, place);
      }
      if (place === noRules) continue;
      this.found[count] = place;
      count += 1;
    }
    return count;
  }

  /** Roles that no rule names are not kept: whoever asks could name any number of them. */
  #keep(role: string): number {
    const number = this.#table.roleNumber(role);
    if (number < 0) return noRules;
    const place = this.#written(number);
    this.#byRole.set(role, place);
    return place;
  }

  #written(principal: number): number {
    return this.#code.write({
      narrow: this.#under(principal, ruleClass.narrow),
      allow: this.#under(principal, ruleClass.allow),
      rewrites: this.#under(principal, ruleClass.modify).length > 0,
    });
  }

  #under(principal: number, kind: 0 | 1 | 2): readonly number[] {
    const rules = new Set<number>();
    for (const target of this.#targets) {
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
    this.#byRole.clear();
    this.#byNumber.clear();
    this.#generation = this.#code.generation;
  }
}
