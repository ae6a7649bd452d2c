import type { Request } from "@holdfast/model";
import type { RuleTable } from "../rule/rule-table.ts";
import { ruleClass } from "../rule/rule-table.ts";
import type { ShapeTable } from "../shape/shape-table.ts";

/** Rules of one action plan for one agent, role or user role. */
export interface Bucket {
  /** whether one of them may rewrite the action */
  readonly rewrites: boolean;
  /** each rule with its shape and where its constants are: four numbers */
  readonly narrow: Int32Array;
  readonly allow: Int32Array;
}

/** Numbers that a rule takes in a list of a bucket. */
export const stride = 4;

/** Buckets of one engine kept at most; one more and all are made anew. */
const bucketsMax = 262_144;

/** Counts the buckets of all plans of an engine, and says when there are too many. */
export class BucketCount {
  #count = 0;
  #generation = 0;

  get generation(): number {
    return this.#generation;
  }

  add(): void {
    this.#count += 1;
    if (this.#count <= bucketsMax) return;
    this.#count = 0;
    this.#generation += 1;
  }
}

const noRules = new Int32Array(0);
const noBucket: Bucket = { rewrites: false, narrow: noRules, allow: noRules };

/**
 * The rules of one tool, kind and environment that name agents or roles: one look into a map by
 * each role, made when the role is first seen with the tool.
 */
export class BoundRules {
  readonly #table: RuleTable;
  readonly #shapes: ShapeTable;
  readonly #targets: readonly number[];
  readonly #count: BucketCount;
  readonly #byRole = new Map<string, Bucket>();
  readonly #byNumber = new Map<number, Bucket>();
  #generation = 0;
  /** the buckets of the latest request; overwritten by the next */
  readonly found: Bucket[] = [];

  constructor(
    table: RuleTable,
    shapes: ShapeTable,
    targets: readonly number[],
    count: BucketCount,
  ) {
    this.#table = table;
    this.#shapes = shapes;
    this.#targets = targets;
    this.#count = count;
  }

  /** Finds the buckets of a request's agent and user; how many of `found` there are. */
  find(request: Request): number {
    if (this.#generation !== this.#count.generation) this.#forget();
    const { found } = this;
    if (!this.#table.namesOnlyRoles) return this.#findByNumber(request);
    const { roles } = request.agent;
    let count = 0;
    for (let at = 0; at < roles.length; at += 1) {
      const role = roles[at] ?? "";
      const bucket = this.#byRole.get(role) ?? this.#keep(role);
      if (bucket === noBucket) continue;
      found[count] = bucket;
      count += 1;
    }
    return count;
  }

  #findByNumber(request: Request): number {
    const principals = this.#table.findPrincipals(request);
    let count = 0;
    for (let at = 1; at <= principals; at += 1) {
      const number = this.#table.principalAt(at);
      let bucket = this.#byNumber.get(number);
      if (bucket === undefined) {
        bucket = this.#made(number);
        this.#byNumber.set(number, bucket);
      }
      if (bucket === noBucket) continue;
      this.found[count] = bucket;
      count += 1;
    }
    return count;
  }

  /** Roles that no rule names are not kept: whoever asks could name any number of them. */
  #keep(role: string): Bucket {
    const number = this.#table.roleNumber(role);
    if (number < 0) return noBucket;
    const bucket = this.#made(number);
    this.#byRole.set(role, bucket);
    return bucket;
  }

  #made(principal: number): Bucket {
    this.#count.add();
    const narrow = this.#under(principal, ruleClass.narrow);
    const allow = this.#under(principal, ruleClass.allow);
    const rewrites = this.#under(principal, ruleClass.modify).length > 0;
    if (!rewrites && narrow.length + allow.length === 0) return noBucket;
    return {
      rewrites,
      narrow: codedRules(narrow, this.#shapes),
      allow: codedRules(allow, this.#shapes),
    };
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
    this.#generation = this.#count.generation;
  }
}

/** Rules as a list of four numbers each. */
export function codedRules(rules: readonly number[], shapes: ShapeTable): Int32Array {
  if (rules.length === 0) return noRules;
  return Int32Array.from(rules.flatMap((rule) => [rule, ...shapes.codeOf(rule)]));
}
