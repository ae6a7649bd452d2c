/** What is measured, by the name it has in every report. */
export const scenarios = ["numeric", "mixed", "mixed-history", "miss", "fresh"] as const;
export type Scenario = (typeof scenarios)[number];

/** How many rules a policy set has, global ones not counted. */
export const ruleCounts = [10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;

/** Which conditions the rules of a scenario have. */
export type Conditions = "numeric" | "mixed" | "history";

/** `miss` and `fresh` ask other requests of the rules of `numeric`. */
export function conditionsOf(scenario: Scenario): Conditions {
  switch (scenario) {
    case "numeric":
    case "miss":
    case "fresh":
      return "numeric";
    case "mixed":
      return "mixed";
    case "mixed-history":
      return "history";
  }
}

/** Roles by tools: each pair has one policy of two rules. */
export interface Grid {
  readonly roles: number;
  readonly tools: number;
}

/** A grid of `rules` rules, twice as many tools as roles or nearly so. */
export function gridOf(rules: number): Grid {
  const pairs = Math.ceil(rules / 2);
  let roles = Math.max(1, Math.floor(Math.sqrt(pairs / 2)));
  while (pairs % roles !== 0) roles -= 1;
  return { roles, tools: pairs / roles };
}
