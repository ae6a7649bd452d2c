import type { Bundle } from "../../document/bundle.ts";
import type { Formula } from "../formula/formula.ts";
import type { PlacedSides } from "../region/policy-region.ts";
import { opaqueSlots, opaqueTexts, solutions } from "../solve/solve.ts";
import { buildWitness } from "./build.ts";
import type { Setting } from "./build.ts";
import { completed } from "./complete.ts";
import { withFacts } from "./stated-fact.ts";
import { stretched } from "./stretch.ts";
import type { CaseWitness } from "./witness.ts";

/** Branches that one question may take before its answer is unknown. */
const branchesMax = 20_000;

/** Candidates that are run through the engine for one question. */
const candidatesMax = 60;

/** Why a question is open that rests on nothing that is not looked into. */
export const unconfirmed = "no candidate was confirmed by the engine";

/** What came of a question. Only a witness that the engine confirmed is one. */
export type Finding<Found> =
  | { readonly kind: "none" }
  | { readonly kind: "witness"; readonly witness: CaseWitness; readonly found: Found }
  | { readonly kind: "unknown"; readonly because: string };

/** What is asked of one or two policy sets at a place. */
export interface Asking<Found> {
  readonly placed: PlacedSides;
  readonly must: readonly Formula[];
  readonly beside?: readonly Formula[];
  /**
   * Runs a candidate through the real engine: what it found, or undefined when the engine does not
   * bear the candidate out.
   */
  readonly confirm: (candidate: CaseWitness) => Found | undefined;
  readonly branchesMax?: number;
}

/**
 * A confirmed witness for formulas that must hold together; `none` when they cannot, which is a
 * proof; else `unknown`, with what stood in the way. Never a guess: what rests on an expression that
 * is not looked into is a witness only when the engine says so, and else unknown.
 */
export function seek<Found>(asking: Asking<Found>): Finding<Found> {
  const { placed, must, beside = [], confirm } = asking;
  const { table, place, hops } = placed;
  const question = {
    table,
    must,
    beside: [...beside, ...placed.axioms()],
    branchesMax: asking.branchesMax ?? branchesMax,
  };
  const setting: Setting = { table, place, hops, documented: documentedIn(placed) };
  const search = solutions(question);
  const origins = asksOrigins(placed);
  const tries: CaseWitness[] = [];
  for (let step = search.next(); ; step = search.next()) {
    if (step.done === true) {
      if (step.value === "spent") return { kind: "unknown", because: "the search took too long" };
      if (tries.length === 0) return { kind: "none" };
      break;
    }
    const prompted = withPrompts(buildWitness(step.value, setting), origins);
    for (const candidate of prompted.flatMap((one) => withFacts(one, placed))) {
      tries.push(candidate);
      const found = confirm(candidate);
      if (found !== undefined) return { kind: "witness", witness: candidate, found };
    }
    if (tries.length >= candidatesMax) break;
  }
  for (const candidate of furtherTries(tries, asking)) {
    const found = confirm(candidate);
    if (found !== undefined) return { kind: "witness", witness: candidate, found };
  }
  return { kind: "unknown", because: reasonFor(asking) };
}

/** What may bear out where the question rests on something that is not looked into. */
function furtherTries(
  tries: readonly CaseWitness[],
  { placed, must, beside = [] }: Asking<unknown>,
): readonly CaseWitness[] {
  const opaque = opaqueSlots(placed.table, [...must, ...beside]);
  if (opaque.length === 0) return [];
  const numbers = opaque.flatMap((slot) => slot.numbers);
  const firsts = new Map<string, CaseWitness>();
  const wholes = (["required", "declared"] as const).flatMap((wanted) =>
    tries.map((one) => completed(one, placed, wanted)),
  );
  for (const each of wholes) {
    const name = JSON.stringify([Object.keys(each.request.args ?? {}), each.given.events]);
    if (!firsts.has(name)) firsts.set(name, each);
  }
  const whole = [...firsts.values()];
  return whole.concat(whole.flatMap((one) => stretched(one, numbers)));
}

function reasonFor({ placed, must, beside = [] }: Asking<unknown>): string {
  const opaque = opaqueTexts(placed.table, [...must, ...beside]);
  if (opaque.length === 0) return unconfirmed;
  const shown = opaque.slice(0, 3).map((text) => `\`${text}\``);
  return `it rests on ${shown.join(", ")}${opaque.length > 3 ? ` and ${opaque.length - 3} more` : ""}`;
}

const originFunction = /\b(?:origin|from_only|touches|requested_by|names_act)\b/;

/** Where origins are asked about, the same with a prompt that says the arguments. */
function withPrompts({ given, request }: CaseWitness, origins: boolean): readonly CaseWitness[] {
  const plain: CaseWitness = { given, request };
  if (!origins) return [plain];
  const said = Object.values(request.args ?? {}).filter((value) => typeof value === "string");
  const prompts = [said.join(" "), "hello"];
  return [plain, ...prompts.map((prompt) => ({ given: { ...given, prompt }, request }))];
}

function asksOrigins({ table }: PlacedSides): boolean {
  return table
    .all()
    .some(({ meaning }) => meaning.kind === "opaque" && originFunction.test(meaning.text));
}

function documentedIn({ sides }: PlacedSides): ReadonlySet<string> {
  return new Set(
    sides.flatMap(({ bundle }: { readonly bundle: Bundle }) =>
      bundle.agents.map(({ name }) => name),
    ),
  );
}
