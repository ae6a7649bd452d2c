import { factNames } from "@holdfast/model";
import type { FactName, Json } from "@holdfast/model";
import { factTypes } from "../../compile/check/variable-types.ts";
import { factOfUse } from "../../document/fact-vocabulary.ts";
import type { PlacedSides } from "../region/policy-region.ts";
import type { CaseWitness } from "./witness.ts";

/**
 * A candidate with what its annotated arguments would do stated by hand: nothing at all, then
 * anything, then that nobody knows: a case that states no facts it needs would fail. Without
 * annotations nothing is stated.
 */
export function withFacts(candidate: CaseWitness, placed: PlacedSides): readonly CaseWitness[] {
  const names = statedNames(placed);
  if (names.length === 0) return [candidate];
  const { given, request } = candidate;
  const stated = (value: (name: FactName) => Json): CaseWitness => {
    const facts = Object.fromEntries(names.map((name) => [name, value(name)]));
    return { given: { ...given, facts }, request };
  };
  return [stated(nothing), stated(anything), stated(() => ({ error: "invalid" }))];
}

/** Facts of the place's tool, in either of two sets; of a result where its content is asked about. */
function statedNames({ sides, place, table }: PlacedSides): readonly FactName[] {
  const uses = sides.flatMap(({ bundle }) =>
    bundle.tools
      .filter((tool) => tool.server === place.server && tool.tool === place.name)
      .flatMap((tool) => Object.values(tool.arguments)),
  );
  const names = new Set(uses.map((use) => factOfUse[use]));
  const asksContent = table
    .all()
    .some(({ meaning }) => meaning.kind === "opaque" && /\bcontent\b/.test(meaning.text));
  if (place.phase === "result" && asksContent) names.add("content");
  return factNames.filter((name) => names.has(name));
}

function nothing(name: FactName): Json {
  return isList(name) ? [] : {};
}

function anything(name: FactName): Json {
  if (name === "content") return {};
  return isList(name) ? [{ opaque: true }] : { opaque: true };
}

function isList(name: FactName): boolean {
  return factTypes.get(name)?.kind === "list";
}
