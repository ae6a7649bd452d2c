import type { Request } from "@holdfast/model";
import type { RuleTable } from "../rule/rule-table.ts";
import { ruleClass } from "../rule/rule-table.ts";
import { noRules } from "./rule-code.ts";
import type { RuleCode } from "./rule-code.ts";

/** Principals whose places are a list for each tool; those with higher numbers are in a map. */
const listMax = 1_024;

/**
 * The rules of one tool, kind and environment that name agents or roles: one look into a list by
 * each role's number, filled when the role is first seen with the tool.
 */
export class BoundRules {
  readonly #table: RuleTable;
  readonly #code: RuleCode;
  readonly #targets: readonly number[];
  /** by number of a principal, where the code of its rules is; -1 when nobody has asked yet */
  #places = new Int32Array(0);
  /** the same for numbers that are too high for a list */
  readonly #farPlaces = new Map<number, number>();
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
    const table = this.#table;
    if (!table.namesOnlyRoles) return this.#findByNumber(request);
    const { roles } = request.agent;
    let count = 0;
    for (let at = 0; at < roles.length; at += 1) {
      count = this.#note(table.roleNumber(roles[at] ?? ""), count);
    }
    return count;
  }

  #findByNumber(request: Request): number {
    const table = this.#table;
    const principals = table.findPrincipals(request);
    let count = 0;
    for (let at = 1; at <= principals; at += 1) count = this.#note(table.principalAt(at), count);
    return count;
  }

  /** Takes note of where a principal's rules are, if it has any; how many are noted then. */
  #note(principal: number, count: number): number {
    // Names that no rule has are not kept: whoever asks could come with any number of them.
    if (principal < 0) return count;
    let place = this.#places[principal] ?? this.#farPlaces.get(principal) ?? -1;
    if (place < 0) place = this.#keep(principal);
    if (place === noRules) return count;
    this.found[count] = place;
    return count + 1;
  }

  #keep(principal: number): number {
    const place = this.#written(principal);
    if (this.#places.length === 0) {
      this.#places = new Int32Array(Math.min(this.#table.principalsEnd, listMax)).fill(-1);
    }
    if (principal < this.#places.length) this.#places[principal] = place;
    else this.#farPlaces.set(principal, place);
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
    this.#places = new Int32Array(0);
    this.#farPlaces.clear();
    this.#generation = this.#code.generation;
  }
}
