import type { Decision } from "@holdfast/model";
import { canonicalJson } from "@holdfast/model";
import type { Bundle } from "../../document/bundle.ts";
import { ArgumentChecks } from "../../compiled/rule/argument-check.ts";
import { createEngine } from "../../compiled/compiled-engine.ts";
import type { Engine } from "../../engine.ts";
import { dropSources } from "../condition/surroundings.ts";
import type { Place } from "../condition/surroundings.ts";
import { PolicyRules, sidesAt } from "../region/policy-region.ts";
import type { Languages } from "../formula/slot.ts";
import type { PlacedSides } from "../region/policy-region.ts";
import type { Side } from "../region/side.ts";
import { placeName, placesOf } from "../region/place-list.ts";
import { slotsOf } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import { seek, unconfirmed } from "../witness/seek.ts";
import { witnessRequest } from "../witness/witness.ts";
import type { CaseWitness } from "../witness/witness.ts";
import { changeQuestions, ownRules } from "./question.ts";
import { chainsToAsk } from "./chain.ts";
import type { ChangeQuestion } from "./change-question.ts";
import { definitionsChanged, historyRedefined } from "./definition-change.ts";
import type { UnknownRegion } from "./definition-change.ts";
import { changeBetween, changeKinds, judgeRequest } from "./signature.ts";
import type { ChangeKind } from "./signature.ts";

/** Actions that both sets decide differently for the same cause, and one of them. */
export interface ChangeRegion {
  readonly change: ChangeKind;
  /** what is different, in words */
  readonly about: string;
  /** rules that are why, `policy/rule`; of the old set and of the new one */
  readonly rules: { readonly old: readonly string[]; readonly new: readonly string[] };
  /** where: tools by name, sorted */
  readonly tools: readonly string[];
  /** a request that the engine decides differently under the two sets */
  readonly witness: CaseWitness;
  readonly before: Decision;
  readonly after: Decision;
}

/** What a change of policies does. */
export interface PolicyChange {
  readonly digests: { readonly old: string; readonly new: string };
  /** the most widening first */
  readonly regions: readonly ChangeRegion[];
  readonly unknown: readonly UnknownRegion[];
  /** how many questions were asked, and how many places they were asked about */
  readonly questions: number;
  readonly places: number;
}

/** How a comparison is done. */
export interface CompareOptions {
  /** told before each place: how many are done and how many there are */
  readonly progress?: (done: number, of: number) => void;
  readonly branchesMax?: number;
  /** engines of the two sets, where there are some already */
  readonly engines?: Engines;
  /** automata by what they are made of, kept from one comparison to the next */
  readonly languages?: Languages;
}

interface Engines {
  readonly old: Engine;
  readonly new: Engine;
}

/**
 * What changes from one policy set to the other: every way in which they can decide an action
 * differently is asked about, at each tool, with and without a delegating agent. What is in
 * `regions` was decided differently by the engine on the witness that stands there; where nothing
 * is in `regions` and `unknown`, there is no such action, as far as `unknown` says what is not
 * looked into. Pure; the same two sets give the same bytes.
 */
export function comparePolicies(
  old: Bundle,
  now: Bundle,
  options: CompareOptions = {},
): PolicyChange {
  const digests = { old: old.digest, new: now.digest };
  if (old.digest === now.digest)
    return { digests, regions: [], unknown: [], questions: 0, places: 0 };
  const engines = options.engines ?? enginesOf(old, now);
  const sets = [new PolicyRules(old), new PolicyRules(now)] as const;
  const shared = sets.map(sharedText);
  const places = placesOf([old, now]);
  const redefined = historyRedefined(...sets);
  const comparison = new Comparison(engines, { branchesMax: options.branchesMax, redefined });
  const languages: Languages = options.languages ?? new Map();
  let visited = 0;
  for (const [index, place] of places.entries()) {
    options.progress?.(index, places.length);
    if (!mayDiffer(sets, shared, place)) continue;
    visited += 1;
    comparison.ask(place, (hops) => sidesAt(sets, place, hops, languages));
  }
  comparison.note(definitionsChanged(...sets));
  return { digests, ...comparison.result(), places: visited };
}

/** Both sets as they decide. WHY closures: few requests are decided, each by other rules. */
function enginesOf(old: Bundle, now: Bundle): Engines {
  const options = { codeGeneration: false, checks: new ArgumentChecks() };
  return { old: createEngine(old, options), new: createEngine(now, options) };
}

/** Whether anything that decides actions of a place differs at all. */
function mayDiffer(sets: readonly PolicyRules[], shared: readonly string[], place: Place): boolean {
  if (shared[0] !== shared[1]) return true;
  const texts = sets.map((set) => {
    const meanings = set.at(place).map(({ meaning }) => meaning);
    return JSON.stringify([set.toolAt(place) ?? null, meanings.sort()], dropSources);
  });
  return texts[0] !== texts[1];
}

/** What decides actions of every place. */
function sharedText({ bundle, historyRead }: PolicyRules): string {
  const { settings, resources, meters, events } = bundle;
  const read = [...historyRead].sort();
  return JSON.stringify([settings, resources, meters, events, read], dropSources);
}

/** A place without delegation, and with chains of each length that matters. */
function* chains(sidesOf: (hops: number) => PlacedSides): Generator<{
  readonly placed: PlacedSides;
  readonly old: Side;
  readonly now: Side;
  readonly denialsOnly: boolean;
}> {
  const placed = sidesOf(0);
  const [old, now] = placed.sides;
  if (old === undefined || now === undefined) return;
  yield { placed, old, now, denialsOnly: false };
  for (const { hops, denialsOnly } of chainsToAsk(old, now, ownRules(old, now))) {
    const delegated = sidesOf(hops);
    const [was, is] = delegated.sides;
    if (was !== undefined && is !== undefined) {
      yield { placed: delegated, old: was, now: is, denialsOnly };
    }
  }
}

/** A change that the engine bears out. */
interface Shown {
  readonly change: ChangeKind;
  readonly witness: CaseWitness;
  readonly before: Decision;
  readonly after: Decision;
}

/** Questions asked so far, and what came of them. */
export class Comparison {
  readonly #engines: Engines;
  readonly #branchesMax: number | undefined;
  readonly #regions = new Map<string, ChangeRegion>();
  readonly #unknown = new Map<string, UnknownRegion>();
  readonly #redefined: ReadonlyMap<string, string>;
  /** by what is told of a definition, the questions that rest on it and on nothing else unknown */
  readonly #resting = new Map<string, ChangeQuestion["causes"][]>();
  #questions = 0;

  /** `redefined`: what is told of Events and Meters that the sets define otherwise */
  constructor(
    engines: Engines,
    {
      branchesMax,
      redefined = new Map(),
    }: {
      readonly branchesMax?: number | undefined;
      readonly redefined?: ReadonlyMap<string, string>;
    } = {},
  ) {
    this.#engines = engines;
    this.#branchesMax = branchesMax;
    this.#redefined = redefined;
  }

  /** Asks everything about one place. */
  ask(place: Place, sidesOf: (hops: number) => PlacedSides): void {
    const answered = new Set<string>();
    const call = place.phase === "call";
    for (const { placed, old, now, denialsOnly } of chains(sidesOf)) {
      for (const question of changeQuestions(old, now, { call, denialsOnly })) {
        const name = JSON.stringify([question.about, question.causes, question.expects]);
        if (answered.has(name)) continue;
        if (this.#answer(question, placed, placeName(place))) answered.add(name);
      }
    }
  }

  /** Whether the question found a witness. */
  #answer(
    { about, causes, expects, must, beside }: ChangeQuestion,
    placed: PlacedSides,
    tool: string,
  ): boolean {
    this.#questions += 1;
    const where = placed.hops > 0 ? `${tool}, delegated` : tool;
    let other: Shown | undefined;
    const finding = seek<Shown>({
      placed,
      must,
      beside,
      ...(this.#branchesMax === undefined ? {} : { branchesMax: this.#branchesMax }),
      confirm: (witness) => {
        const shown = this.#changeFor(witness);
        if (shown === undefined || expects.includes(shown.change)) return shown;
        other ??= shown;
        return undefined;
      },
    });
    // What another change shows is as true, though the question stays open.
    if (finding.kind === "unknown" && other !== undefined) {
      this.#show({ about, causes, where }, other);
    }
    switch (finding.kind) {
      case "none":
        return false;
      case "unknown": {
        const open = finding.because === unconfirmed;
        if (open && this.#noteResting(causes, placed, [must, beside])) return false;
        const key = JSON.stringify([about, causes, finding.because]);
        const known = this.#unknown.get(key);
        const tools = [...new Set([...(known?.tools ?? []), where])].sort();
        this.#unknown.set(key, { about, rules: causes, tools, because: finding.because });
        return false;
      }
      case "witness":
        this.#show({ about, causes, where }, finding.found);
        return true;
    }
  }

  /** Whether a question rests on redefined history; of what must hold, if that speaks of any. */
  #noteResting(
    causes: ChangeQuestion["causes"],
    placed: PlacedSides,
    parts: readonly (readonly Formula[])[],
  ): boolean {
    for (const formulas of parts) {
      const definitions = this.#restsOn(placed, formulas);
      for (const definition of definitions) {
        this.#resting.set(definition, [...(this.#resting.get(definition) ?? []), causes]);
      }
      if (definitions.length > 0) return true;
    }
    return false;
  }

  /** What is told of the redefined Events and Meters that formulas speak of. */
  #restsOn({ table }: PlacedSides, formulas: readonly Formula[]): readonly string[] {
    if (this.#redefined.size === 0) return [];
    const slots = new Set(formulas.flatMap((formula) => [...slotsOf(formula)]));
    const names = [...slots].flatMap((slot): readonly string[] => {
      const { meaning } = table.get(slot);
      if (meaning.kind === "count") return [`event ${meaning.event}`];
      if (meaning.kind === "since") return [`event ${meaning.first}`, `event ${meaning.second}`];
      return meaning.kind === "meter" ? [`meter ${meaning.meter}`] : [];
    });
    return [...new Set(names)].flatMap((name) => this.#redefined.get(name) ?? []);
  }

  #show(
    {
      about,
      causes,
      where,
    }: {
      readonly about: string;
      readonly causes: ChangeQuestion["causes"];
      readonly where: string;
    },
    { change, witness, before, after }: Shown,
  ): void {
    const key = JSON.stringify([change, causes, before.effect, after.effect, about]);
    const known = this.#regions.get(key);
    const tools = [...new Set([...(known?.tools ?? []), where])].sort();
    const found = { change, about, rules: causes, tools, witness, before, after };
    this.#regions.set(key, known === undefined ? found : { ...known, tools });
  }

  #changeFor(witness: CaseWitness): Shown | undefined {
    const request = witnessRequest(witness);
    if (request === undefined) return undefined;
    const before = judgeRequest(this.#engines.old, witness.given, request);
    const after = judgeRequest(this.#engines.new, witness.given, request);
    const change = changeBetween(before, after);
    if (change === undefined) return undefined;
    return { change, witness, before: before.decision, after: after.decision };
  }

  /** Takes what definitions leave unknown, each with the rules whose questions rest on it. */
  note(unknown: readonly UnknownRegion[]): void {
    for (const one of unknown) {
      const resting = this.#resting.get(one.about) ?? [];
      const named = (side: "old" | "new"): readonly string[] =>
        [...new Set([...one.rules[side], ...resting.flatMap((causes) => causes[side])])].sort();
      const rules = { old: named("old"), new: named("new") };
      this.#unknown.set(JSON.stringify(one), { ...one, rules });
    }
  }

  result(): Pick<PolicyChange, "regions" | "unknown" | "questions"> {
    const order = (change: ChangeKind): number => changeKinds.indexOf(change);
    const regions = [...this.#regions.values()].toSorted(
      (a, b) => order(a.change) - order(b.change) || (nameOf(a) < nameOf(b) ? -1 : 1),
    );
    const unknown = [...this.#unknown.values()].toSorted((a, b) =>
      nameOf(a) < nameOf(b) ? -1 : 1,
    );
    return { regions, unknown, questions: this.#questions };
  }
}

function nameOf({ rules, about, tools }: UnknownRegion | ChangeRegion): string {
  return canonicalJson([rules.old, rules.new, about, tools]);
}
