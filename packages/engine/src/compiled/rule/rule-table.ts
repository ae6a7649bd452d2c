import { actionKinds } from "@holdfast/model";
import type { Request } from "@holdfast/model";
import type { Match, Policy, Rule } from "../../document/policy.ts";
import { keyBits, keysOf } from "./coverage.ts";
import { PairTable } from "./pair-table.ts";
import type { ToolPlan } from "./program.ts";
import type { RuleList } from "./rule-list.ts";

/** What a rule does at which stage; rules of one class lie together. */
export const ruleClass = { modify: 0, narrow: 1, allow: 2 } as const;

/** A rule stands under at most so many pairs of keys; beyond that under fewer, broader ones. */
const pairsMax = 64;

/** Names with numbers from 1 on; 0 stands for "whatever it is". */
class Interned {
  readonly #numbers = new Map<string, number>();
  readonly #counter: { next: number };

  constructor(counter: { next: number }) {
    this.#counter = counter;
  }

  get size(): number {
    return this.#numbers.size;
  }

  numberOf(name: string): number {
    return this.#numbers.get(name) ?? -1;
  }

  add(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#counter.next;
    this.#counter.next += 1;
    this.#numbers.set(name, number);
    return number;
  }
}

/** Prefixes with the number of each, found for a text without looking at every one. */
class Prefixes {
  readonly #byLength = new Map<number, Map<string, number>>();

  add(prefix: string, number: number): void {
    const same = this.#byLength.get(prefix.length) ?? new Map<string, number>();
    same.set(prefix, number);
    this.#byLength.set(prefix.length, same);
  }

  get size(): number {
    return this.#byLength.size;
  }

  collect(text: string, found: (number: number) => void): void {
    for (const [length, same] of this.#byLength) {
      if (length > text.length) continue;
      const number = same.get(text.slice(0, length));
      if (number !== undefined) found(number);
    }
  }
}

/**
 * All rules, found by what their match names: by a pair of a target (tool, label or kind) and a
 * principal (agent or role). What finding does not settle of a match is left to be checked.
 */
export class RuleTable {
  readonly rules: RuleList;
  /** for each rule the keys of its match that are still to be checked once it is found */
  readonly unsettled: Uint8Array;
  /** rules that stand under several pairs, and may be found more than once */
  readonly repeated: Uint8Array;
  /** rules with a limit */
  readonly limited: Uint8Array;
  /**
   * of rules whose decision depends on nothing of the request: 1 for those that allow or deny, 2 for those that ask
   * people, which decide together with what allows
   */
  readonly constant: Uint8Array;
  readonly #targets = new Interned({ next: 1 });
  /** numbers of agents and roles */
  readonly #principalNumbers = { next: 1 };
  readonly #agents: Interned;
  readonly #roles: Interned;
  readonly #userRoles: Interned;
  readonly #targetPrefixes = new Prefixes();
  readonly #principalPrefixes = new Prefixes();
  readonly #pairs: PairTable;
  readonly #bound = new Set<number>();
  #hasKinds = false;
  /** how many pairs the latest `probe` found; its lists are overwritten by the next */
  foundCount = 0;
  #found = new Int32Array(64);
  #principals = new Int32Array(64);
  #principalCount = 0;
  #slot = 0;

  constructor(rules: RuleList) {
    this.rules = rules;
    const counter = this.#principalNumbers;
    this.#agents = new Interned(counter);
    this.#roles = new Interned(counter);
    this.#userRoles = new Interned(counter);
    this.limited = new Uint8Array(rules.length);
    this.constant = new Uint8Array(rules.length);
    this.unsettled = new Uint8Array(rules.length);
    this.repeated = new Uint8Array(rules.length);
    this.#pairs = new PairTable(rules.length);
    let latest: { readonly policy: Policy; readonly keys: MatchKeys } | undefined;
    for (let index = 0; index < rules.length; index += 1) {
      const policy = rules.policyOf(index);
      const rule = rules.ruleOf(index);
      if (policy === undefined || rule === undefined) continue;
      const { match } = policy;
      this.limited[index] = "limit" in rule && rule.limit !== undefined ? 1 : 0;
      this.constant[index] = !isConstant(rule) ? 0 : rule.effect === "step_up" ? 2 : 1;
      // Rules of one policy mostly follow each other, and stand under the same keys.
      if (latest?.policy !== policy) latest = { policy, keys: this.#keysOf(match) };
      const { targets, principals, unsettled } = latest.keys;
      this.unsettled[index] = unsettled;
      this.repeated[index] = targets.length * principals.length > 1 ? 1 : 0;
      const kind = rule.effect === "modify" ? 0 : rule.effect === "allow" ? 2 : 1;
      const slot = (match.phase === "call" ? 0 : 3) + kind;
      for (const target of targets) {
        for (const principal of principals) {
          if (principal !== 0) this.#bound.add(target);
          this.#pairs.add(target, principal, slot, index);
        }
      }
    }
    this.#pairs.seal();
  }

  /** Rules of a class that stand under these targets whoever acts, in phase `call`; unordered. */
  ofAnyone(targets: readonly number[], kind: 0 | 1 | 2): readonly number[] {
    const found = new Set<number>();
    for (const target of targets) {
      const pair = this.#pairs.find(target, 0);
      if (pair === 0) continue;
      const end = this.#pairs.startOf(pair, kind + 1);
      for (let at = this.#pairs.startOf(pair, kind); at < end; at += 1) {
        found.add(this.#pairs.entryAt(at));
      }
    }
    return [...found];
  }

  /** The targets an action of this tool and kind stands under. */
  targetsOf(tool: ToolPlan, kind: Request["action"]["kind"]): readonly number[] {
    const targets = (tool.targets ??= this.#targetsOf(tool));
    const number = this.#hasKinds ? this.#targets.numberOf(`k${kind}`) : -1;
    return number < 0 ? targets : [...targets, number];
  }

  /** Whether a target is that of one tool and no other. */
  isOwn(target: number, tool: ToolPlan): boolean {
    return target === this.#targets.numberOf(`t${tool.name}`);
  }

  /** Whether some rule stands under this target for certain agents or users alone. */
  isBound(target: number): boolean {
    return this.#bound.has(target);
  }

  /** Whether rules name agents by their roles and by nothing else, and no users. */
  get namesOnlyRoles(): boolean {
    return this.#agents.size === 0 && this.#userRoles.size === 0;
  }

  /** One more than the highest number of an agent or role. */
  get principalsEnd(): number {
    return this.#principalNumbers.next;
  }

  /** The number of a role, negative when no rule names it. */
  roleNumber(role: string): number {
    return this.#roles.numberOf(role);
  }

  /**
   * Finds the numbers an agent and its user stand under, but for 0, under which all stand: how
   * many there are. `principalAt` gives them, from 1 on; the next request overwrites them.
   */
  findPrincipals(request: Request): number {
    this.#findPrincipals(request);
    return this.#principalCount - 1;
  }

  principalAt(place: number): number {
    return this.#principals[place] ?? 0;
  }

  /** The number of the pair, 0 when nothing stands under it. */
  pairOf(target: number, principal: number): number {
    return this.#pairs.find(target, principal);
  }

  /** Where the list of a class under a pair begins, in phase `call`; it ends where the next does. */
  startOf(pair: number, kind: number): number {
    return this.#pairs.startOf(pair, kind);
  }

  /**
   * Finds the pairs that a request stands under, and those of labels that its tool does not have;
   * `begin` and `end` speak of the latest.
   */
  probe(request: Request, tool: ToolPlan, labels: readonly string[] = tool.labels): void {
    this.foundCount = 0;
    this.#slot = request.action.phase === "call" ? 0 : 3;
    this.#findPrincipals(request);
    const targets = (tool.targets ??= this.#targetsOf(tool));
    for (let at = 0; at < targets.length; at += 1) this.#findPairs(targets[at] ?? 0);
    if (labels !== tool.labels) {
      for (const label of labels) {
        const target = tool.labels.includes(label) ? -1 : this.#targets.numberOf(`l${label}`);
        if (target >= 0) this.#findPairs(target);
      }
    }
    if (!this.#hasKinds) return;
    const kind = this.#targets.numberOf(`k${request.action.kind}`);
    if (kind >= 0) this.#findPairs(kind);
  }

  /** Where the list of a class under the pair number `at` of those found begins. */
  begin(at: number, kind: 0 | 1 | 2): number {
    return this.#pairs.startOf(this.#found[at] ?? 0, this.#slot + kind);
  }

  end(at: number, kind: 0 | 1 | 2): number {
    return this.#pairs.startOf(this.#found[at] ?? 0, this.#slot + kind + 1);
  }

  /** The rule at a place of a list. */
  entryAt(place: number): number {
    return this.#pairs.entryAt(place);
  }

  #findPairs(target: number): void {
    for (let at = 0; at < this.#principalCount; at += 1) {
      const pair = this.#pairs.find(target, this.#principals[at] ?? 0);
      if (pair === 0) continue;
      if (this.foundCount === this.#found.length) this.#found = grown(this.#found);
      this.#found[this.foundCount] = pair;
      this.foundCount += 1;
    }
  }

  #targetsOf(tool: ToolPlan): readonly number[] {
    const found = [0, this.#targets.numberOf(`t${tool.name}`)];
    this.#targetPrefixes.collect(tool.name, (number) => found.push(number));
    for (const label of tool.labels) found.push(this.#targets.numberOf(`l${label}`));
    return unique(found.filter((target) => target >= 0));
  }

  /** The numbers a request's agent and user stand under, each once. */
  #findPrincipals({ agent, user }: Request): void {
    this.#principals[0] = 0;
    this.#principalCount = 1;
    if (this.#agents.size > 0) {
      this.#note(this.#agents.numberOf(agent.id));
      if (this.#principalPrefixes.size > 0) {
        this.#principalPrefixes.collect(agent.id, (number) => this.#note(number));
      }
    }
    if (this.#roles.size > 0) {
      for (const role of agent.roles) this.#note(this.#roles.numberOf(role));
    }
    if (this.#userRoles.size > 0 && user !== null) {
      for (const role of user.roles) this.#note(this.#userRoles.numberOf(role));
    }
  }

  /** A name twice, or an agent called like a pattern, is found once all the same. */
  #note(number: number): void {
    if (number < 0) return;
    for (let at = 1; at < this.#principalCount; at += 1) {
      if (this.#principals[at] === number) return;
    }
    if (this.#principalCount === this.#principals.length) {
      this.#principals = grown(this.#principals);
    }
    this.#principals[this.#principalCount] = number;
    this.#principalCount += 1;
  }

  /** The pairs a match stands under, and the keys that standing there settles. */
  #keysOf(match: Match): MatchKeys {
    const target = this.#targetKeys(match);
    const principal = this.#principalKeys(match);
    const everyone = { numbers: [0], settled: 0 };
    const many = target.numbers.length * principal.numbers.length > pairsMax;
    const by = many ? (principal.numbers.length > pairsMax ? everyone : principal) : principal;
    const on = many
      ? by === everyone && target.numbers.length <= pairsMax
        ? target
        : everyone
      : target;
    const settled = on.settled | by.settled;
    return {
      targets: on.numbers,
      principals: by.numbers,
      unsettled: keysOf(match) & ~settled,
    };
  }

  #targetKeys({ tools, labels, kinds }: Match): Keys {
    if (tools !== undefined && !tools.includes("*")) {
      const numbers = tools.map((pattern) => {
        const number = this.#targets.add(`t${pattern}`);
        if (pattern.endsWith("*")) this.#targetPrefixes.add(pattern.slice(0, -1), number);
        return number;
      });
      // WHY checked again: a tool may be called like a pattern.
      const settled = tools.some((pattern) => pattern.endsWith("*")) ? 0 : keyBits.tools;
      return { numbers: unique(numbers), settled };
    }
    if (labels !== undefined) {
      const numbers = labels.map((label) => this.#targets.add(`l${label}`));
      return { numbers: unique(numbers), settled: keyBits.labels };
    }
    if (kinds !== undefined && kinds.length < actionKinds.length) {
      this.#hasKinds = true;
      const numbers = kinds.map((kind) => this.#targets.add(`k${kind}`));
      return { numbers: unique(numbers), settled: keyBits.kinds };
    }
    return { numbers: [0], settled: 0 };
  }

  #principalKeys({ agents, agentRoles, userRoles }: Match): Keys {
    if (agents !== undefined && !agents.includes("*")) {
      const numbers = agents.map((pattern) => {
        const number = this.#agents.add(pattern);
        if (pattern.endsWith("*")) this.#principalPrefixes.add(pattern.slice(0, -1), number);
        return number;
      });
      const settled = agents.some((pattern) => pattern.endsWith("*")) ? 0 : keyBits.agents;
      return { numbers: unique(numbers), settled };
    }
    if (agentRoles !== undefined) {
      const numbers = agentRoles.map((role) => this.#roles.add(role));
      return { numbers: unique(numbers), settled: keyBits.agentRoles };
    }
    if (userRoles !== undefined) {
      const numbers = userRoles.map((role) => this.#userRoles.add(role));
      return { numbers: unique(numbers), settled: keyBits.userRoles };
    }
    return { numbers: [0], settled: 0 };
  }
}

/** Whether what a rule says is the same for every request. */
function isConstant(rule: Rule): boolean {
  if (rule.effect !== "allow" && rule.effect !== "deny" && rule.effect !== "step_up") return false;
  if (rule.effect !== "allow" && rule.limit !== undefined) return false;
  const words = rule.reason?.parts ?? [];
  return rule.fallback === undefined && words.every((part) => typeof part === "string");
}

/** The pairs that rules of one match stand under, and what is still to be checked of it. */
interface MatchKeys {
  readonly targets: readonly number[];
  readonly principals: readonly number[];
  readonly unsettled: number;
}

interface Keys {
  readonly numbers: readonly number[];
  readonly settled: number;
}

function unique(numbers: readonly number[]): readonly number[] {
  if (numbers.length < 2) return numbers;
  return [...new Set(numbers)];
}

function grown(from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}
