import { candidates } from "./candidates.ts";
import type { CellTask } from "./cell.ts";
import type { Candidate } from "./contender.ts";
import { ruleCounts, scenarios } from "./scenario.ts";

/** What somebody asked to be measured; absent lists mean everything. */
export interface Choice {
  readonly quick: boolean;
  readonly engines?: readonly string[] | undefined;
  readonly scenarios?: readonly string[] | undefined;
  readonly rules?: readonly number[] | undefined;
}

/** A cell to be measured. */
export interface Planned {
  readonly candidate: Candidate;
  readonly task: CellTask;
}

/** The two rules of one pair alone: what remains of a policy set that is sliced by request. */
const sliceRules = 2;
/** The size at which every engine is measured. */
const comparedRules = 10_000;
const quickCounts: readonly number[] = [10, 1_000, 10_000];
const largeCounts: readonly number[] = [100_000, 1_000_000];
const oursMs = 600_000;
const peerMs = 30_000;

/**
 * The cells of a choice, by scenario, then size, our engine first.
 * @throws RangeError on an engine, scenario or number of rules that cannot be measured
 */
export function planOf(choice: Choice): readonly Planned[] {
  mustKnow(
    "engine",
    choice.engines ?? [],
    candidates.map(({ name }) => name),
  );
  mustKnow("scenario", choice.scenarios ?? [], scenarios);
  for (const rules of choice.rules ?? []) {
    if (Number.isSafeInteger(rules) && rules >= sliceRules && rules <= 10_000_000) continue;
    throw new RangeError("`--rules` is a whole number from 2 to 10000000");
  }
  return scenarios
    .filter((scenario) => choice.scenarios?.includes(scenario) ?? true)
    .flatMap((scenario) =>
      countsOf(choice, scenario).flatMap((rules) =>
        candidates
          .filter(({ name }) => choice.engines?.includes(name) ?? true)
          .filter(
            (candidate) =>
              choice.rules !== undefined || isWanted(candidate, rules, scenario, choice.quick),
          )
          .map((candidate) => {
            const capMs = candidate.name === "holdfast" ? oursMs : peerMs;
            return {
              candidate,
              task: { scenario, engine: candidate.name, rules, quick: choice.quick, capMs },
            };
          }),
      ),
    );
}

/** A short run goes up to a million rules in the scenario that says most. */
function countsOf({ rules, quick }: Choice, scenario: CellTask["scenario"]): readonly number[] {
  if (rules !== undefined) return rules;
  if (!quick) return [sliceRules, ...ruleCounts];
  return scenario === "mixed-history" ? [...quickCounts, ...largeCounts] : quickCounts;
}

/**
 * A slice is of use to engines without an index. Peers are compared at every size in `numeric`
 * and `mixed`, and at one size in `miss` and `fresh`, where nothing but the requests is another;
 * a short run compares at one size.
 */
function isWanted(
  { name, indexed, partial }: Candidate,
  rules: number,
  scenario: CellTask["scenario"],
  quick: boolean,
): boolean {
  const compared = scenario === "numeric" || scenario === "mixed";
  if (rules === sliceRules) return compared && !indexed && !partial;
  if (name === "holdfast") {
    return !quick || compared || scenario === "mixed-history" || rules === comparedRules;
  }
  return rules === comparedRules ? compared || !quick : compared && !quick;
}

function mustKnow(what: string, asked: readonly string[], known: readonly string[]): void {
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new RangeError(`unknown ${what} \`${unknown}\`; there are ${known.join(", ")}`);
}
