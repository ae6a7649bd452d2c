import { RuleAnalysis, createEngine, witnessInput } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import { Chance } from "../engine-fuzz/chance.ts";
import { fixedBundle, madePair } from "./pair.ts";
import { universe } from "./universe.ts";
import type { Member } from "./universe.ts";

/** What asking about every rule of so many sets came to. */
export interface Reach {
  readonly questions: number;
  readonly none: number;
  readonly witnesses: number;
  readonly unknown: number;
  /** rules that were proven to hold or fail nowhere and did so on a request, and unborne witnesses */
  readonly wrong: readonly string[];
}

/**
 * Asks of every rule of generated sets whether it can hold and whether it can be an error, and holds
 * each `none` against the engine on every request of the universe.
 */
export function askEveryRule(sets: number, seed: number): Reach {
  const fixed = fixedBundle();
  const members = universe("call");
  const counts = { questions: 0, none: 0, witnesses: 0, unknown: 0 };
  const wrong: string[] = [];
  for (let number = 0; number < sets; number += 1) {
    const chance = new Chance(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
    const { old } = madePair(chance, fixed, number);
    const seen = seenBy(old, members);
    const analysis = new RuleAnalysis(old);
    for (const place of analysis.places) {
      const tool = place.name === undefined ? undefined : `${place.server}.${place.name}`;
      if (tool === undefined || place.phase !== "call") continue;
      const here = analysis.at(place);
      const asked = here.rules.flatMap((rule) => [
        { rule, what: "matched" as const, must: [rule.holds] },
        { rule, what: "errors" as const, must: [rule.errs] },
      ]);
      for (const { rule, what, must } of asked) {
        const finding = analysis.ask(here, { must }, (one) => one[what].includes(rule.name));
        counts.questions += 1;
        counts[finding.kind === "witness" ? "witnesses" : finding.kind] += 1;
        const name = `${tool} ${rule.name} ${what}`;
        if (finding.kind === "none" && seen.has(name)) wrong.push(`${number} ${name}`);
      }
    }
  }
  return { ...counts, wrong };
}

/** Codes of denials of what is asked about for none of its rules: it is no valid action. */
const beforeRules: ReadonlySet<string> = new Set(["invalid_request", "schema", "modify_conflict"]);

/** Which rules held and failed on some request of the universe that was decided by rules. */
function seenBy(bundle: Bundle, members: readonly Member[]): ReadonlySet<string> {
  const engine = createEngine(bundle);
  const seen = new Set<string>();
  for (const { tool, witness, request } of members) {
    if (request.delegation.length > 0) continue;
    const input = witnessInput(engine, witness.given, request);
    if (beforeRules.has(engine.decide(input).code)) continue;
    const { matched, errors } = engine.explain(input);
    for (const rule of matched) seen.add(`${tool} ${rule} matched`);
    for (const { rule } of errors) seen.add(`${tool} ${rule} errors`);
  }
  return seen;
}
