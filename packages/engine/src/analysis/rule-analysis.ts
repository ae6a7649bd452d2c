import { createEngine } from "../compiled/compiled-engine.ts";
import type { Bundle } from "../document/bundle.ts";
import type { Engine } from "../engine.ts";
import type { Place } from "./condition/surroundings.ts";
import { not } from "./formula/formula.ts";
import type { Formula } from "./formula/formula.ts";
import { PolicyRules, sidesAt } from "./region/policy-region.ts";
import type { PlacedSides } from "./region/policy-region.ts";
import { placesOf } from "./region/place-list.ts";
import type { PlacedRule, Side } from "./region/side.ts";
import { seek } from "./witness/seek.ts";
import type { Finding } from "./witness/seek.ts";
import { witnessInput, witnessRequest } from "./witness/witness.ts";
import type { CaseWitness } from "./witness/witness.ts";

/** What one policy set says of one place, to be asked about. */
export interface PlaceAnalysis {
  readonly place: Place;
  /** the rules that can cover actions of the place, each with where it covers, holds and errs */
  readonly rules: readonly PlacedRule[];
  readonly side: Side;
  readonly placed: PlacedSides;
}

/** How the engine decided a witness. */
export interface Seen {
  readonly decision: ReturnType<Engine["decide"]>;
  /** rules that held, `policy/rule` */
  readonly matched: readonly string[];
  /** rules whose condition was an error */
  readonly errors: readonly string[];
}

/**
 * One policy set, to be asked about rule by rule. Answers are those of `seek`: a witness that the
 * engine bears out, a proof that there is none, or unknown with the reason.
 */
export class RuleAnalysis {
  readonly bundle: Bundle;
  readonly engine: Engine;
  readonly places: readonly Place[];
  readonly #rules: PolicyRules;

  constructor(bundle: Bundle) {
    this.bundle = bundle;
    this.engine = createEngine(bundle);
    this.places = placesOf([bundle]);
    this.#rules = new PolicyRules(bundle);
  }

  /** The places at which a rule may cover actions, by the rule's name `policy/rule`. */
  placesOf(rule: string): readonly Place[] {
    return this.places.filter((place) => this.#rules.at(place).some(({ name }) => name === rule));
  }

  /** The rules at a place; `hops`: of actions that come through so many delegating agents. */
  at(place: Place, hops = 0): PlaceAnalysis {
    const placed = sidesAt([this.#rules], place, hops);
    const [side] = placed.sides;
    if (side === undefined) throw new RangeError("one policy set has one side");
    return { place, rules: side.rules, side, placed };
  }

  /**
   * Whether valid actions of a place can be as `must` says, with `beside` so too (many formulas that
   * mostly hold); `expected` says of what the engine saw whether it bears a candidate out.
   */
  ask(
    { placed, side }: PlaceAnalysis,
    {
      must,
      beside = [],
    }: { readonly must: readonly Formula[]; readonly beside?: readonly Formula[] },
    expected: (seen: Seen) => boolean,
  ): Finding<Seen> {
    return seek({
      placed,
      must: [side.valid, not(side.conflict), ...must],
      beside,
      confirm: (witness) => {
        const seen = this.see(witness);
        return seen !== undefined && expected(seen) ? seen : undefined;
      },
    });
  }

  /** What the engine makes of a witness; undefined when it is no request. */
  see(witness: CaseWitness): Seen | undefined {
    const request = witnessRequest(witness);
    if (request === undefined) return undefined;
    const input = witnessInput(this.engine, witness.given, request);
    const { matched, errors } = this.engine.explain(input);
    return {
      decision: this.engine.decide(input),
      matched,
      errors: errors.map(({ rule }) => rule),
    };
  }
}
