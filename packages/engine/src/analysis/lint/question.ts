import type { Tool } from "../../document/kinds.ts";
import type { Policy } from "../../document/policy.ts";
import { createEngine } from "../../compiled/compiled-engine.ts";
import type { Engine } from "../../engine.ts";
import type { Formula } from "../formula/formula.ts";
import { RuleAnalysis } from "../rule-analysis.ts";
import type { PlaceAnalysis, Seen } from "../rule-analysis.ts";
import { seek } from "../witness/seek.ts";
import { witnessCase, witnessInput, witnessRequest } from "../witness/witness.ts";
import type { CaseWitness } from "../witness/witness.ts";
import type { Witness } from "./finding.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";

/** A set of up to this many rules is analysed as one. */
const wholeMax = 150;
/** Places at which one question is asked before its answer is unknown. */
const placesMax = 24;

/** Questions that are asked about a set that is too large to be analysed as one. */
const asksMax = 400;

/** What came of a question at every place of a rule. */
export type Answer =
  | { readonly kind: "none" }
  | { readonly kind: "witness"; readonly witness: CaseWitness; readonly seen: Seen }
  | { readonly kind: "unknown"; readonly because: string };

/** A question about rules at one place: what must hold together there, undefined for not there. */
export interface Asked {
  readonly must: readonly Formula[];
  /** formulas that mostly hold */
  readonly beside?: readonly Formula[];
  readonly expected: (seen: Seen) => boolean;
  /** about arguments that modify rules contradict each other on */
  readonly conflicting?: boolean;
}

/** The regions of rules at a place. */
export interface Regions {
  readonly place: PlaceAnalysis;
  readonly of: (placed: PlacedRule) => PlaceAnalysis["rules"][number] | undefined;
}

/**
 * Asks the symbolic core about a few rules of a set at a time. Regions are made of the policies in
 * question and of those that modify, so that a question costs the same in a set of any size; what
 * is printed is run again by the engine of the whole set.
 */
export class Questions {
  readonly #set: LintSet;
  readonly #modifying: readonly Policy[];
  #whole:
    | { readonly analysis: RuleAnalysis; readonly places: Map<object, PlaceAnalysis> }
    | undefined;
  #engine: Engine | undefined;
  #asks = 0;
  readonly #changed = new Map<string, Set<string>>();

  constructor(set: LintSet) {
    this.#set = set;
    this.#modifying = set.bundle.policies.filter(({ rules }) =>
      rules.some(({ effect }) => effect === "modify"),
    );
    for (const policy of this.#modifying) {
      if (policy.match.phase === "call") this.#noteChanges(policy);
    }
  }

  /** Whether modify rules can change, for a tool, what a plain condition reads (`args.NAME`). */
  rewrites(tool: Tool | undefined, read: Iterable<string>): boolean {
    const changed = this.#changed.get(tool?.name ?? "");
    return changed !== undefined && [...read].some((of) => changed.has(of));
  }

  #noteChanges({ rules, match }: Policy): void {
    const { tools, undescribed } = this.#set.tools.of(match);
    const paths = rules.flatMap((rule) => (rule.effect === "modify" ? rule.modifications : []));
    for (const name of [...tools.map((tool) => tool.name), ...(undescribed ? [""] : [])]) {
      const known = this.#changed.get(name) ?? new Set<string>();
      this.#changed.set(name, known);
      for (const { path } of paths) known.add(`args.${path[0] ?? ""}`);
    }
  }

  /** Whether the set is small enough to ask about each of its rules. */
  get small(): boolean {
    return this.#set.rules.length <= wholeMax;
  }

  /** Asks at every place of the first rule; a witness at one place is the answer. */
  ask(rules: readonly PlacedRule[], question: (regions: Regions) => Asked | undefined): Answer {
    const [first] = rules;
    if (first === undefined) return { kind: "none" };
    this.#asks += 1;
    if (!this.small && this.#asks > asksMax) {
      const because = `the set is large, and ${asksMax} questions have been asked about it`;
      return { kind: "unknown", because };
    }
    const { analysis, places } = this.#analysisOf(rules);
    const own = analysis
      .placesOf(first.name)
      .filter(({ phase }) => phase === first.policy.match.phase);
    let open: Answer | undefined;
    if (own.length > placesMax) {
      open = { kind: "unknown", because: `it may concern ${own.length} tools` };
    }
    for (const place of own.slice(0, placesMax)) {
      const at = places.get(place) ?? analysis.at(place);
      places.set(place, at);
      const named = new Map(at.rules.map((rule) => [rule.name, rule]));
      const asked = question({ place: at, of: ({ name }) => named.get(name) });
      if (asked === undefined) continue;
      const answer = this.#askAt(analysis, at, asked);
      if (answer.kind === "witness") return answer;
      if (answer.kind === "unknown") open ??= answer;
    }
    return open ?? { kind: "none" };
  }

  #askAt(analysis: RuleAnalysis, at: PlaceAnalysis, asked: Asked): Answer {
    const { must, beside = [], expected } = asked;
    const found =
      asked.conflicting === true
        ? seek({
            placed: at.placed,
            must: [at.side.valid, at.side.conflict, ...must],
            beside,
            confirm: (witness) => {
              const seen = analysis.see(witness);
              return seen !== undefined && expected(seen) ? seen : undefined;
            },
          })
        : analysis.ask(at, { must, beside }, expected);
    return found.kind === "witness"
      ? { kind: "witness", witness: found.witness, seen: found.found }
      : found;
  }

  /** A witness as it is printed, when the engine of the whole set sees what is expected. */
  confirmed(answer: Answer, expected: (seen: Seen) => boolean): Witness | undefined {
    if (answer.kind !== "witness") return undefined;
    const seen = this.see(answer.witness);
    if (seen === undefined || !expected(seen)) return undefined;
    const { given, request } = witnessCase(answer.witness);
    const { effect, code, rules } = seen.decision;
    return {
      request: request ?? {},
      ...(given === undefined ? {} : { given }),
      decision: { effect, code, rules },
    };
  }

  /** What the engine of the whole set makes of a witness; undefined when it is no request. */
  see(witness: CaseWitness): Seen | undefined {
    const engine = (this.#engine ??= createEngine(this.#set.bundle));
    const request = witnessRequest(witness);
    if (request === undefined) return undefined;
    const input = witnessInput(engine, witness.given, request);
    const { matched, errors } = engine.explain(input);
    return { decision: engine.decide(input), matched, errors: errors.map(({ rule }) => rule) };
  }

  #analysisOf(rules: readonly PlacedRule[]): {
    readonly analysis: RuleAnalysis;
    readonly places: Map<object, PlaceAnalysis>;
  } {
    const { bundle } = this.#set;
    const observed = rules.some(({ policy }) => policy.mode === "observe");
    if (this.small && !observed) {
      this.#whole ??= { analysis: new RuleAnalysis(bundle), places: new Map() };
      return this.#whole;
    }
    const asked = new Set(rules.map(({ policy }) => policy));
    const tools = new Set(rules.flatMap(({ policy }) => this.#set.tools.of(policy.match).tools));
    const changing = this.#modifying.filter((policy) =>
      this.#set.tools.of(policy.match).tools.some((tool) => tools.has(tool)),
    );
    const policies = [...new Set([...asked, ...changing])].map((policy) =>
      asked.has(policy) ? enforced(policy) : policy,
    );
    return { analysis: new RuleAnalysis({ ...bundle, policies }), places: new Map() };
  }
}

/** The core reads what is enforced; what only observes is asked about as if it were. */
function enforced(policy: Policy): Policy {
  return policy.mode === "enforce" ? policy : { ...policy, mode: "enforce" };
}
