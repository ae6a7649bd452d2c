import type { Obligation } from "@holdfast/model";
import type { Rule } from "../../document/policy.ts";
import { any } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import type { PlacedRule, Side } from "../region/side.ts";

/** Whether a rule that holds refuses. */
function refuses({ rule }: PlacedRule): boolean {
  return rule.effect === "deny" || rule.effect === "contain";
}

/** Where a rule alone denies: it refuses and holds, it narrows and fails, or asks what cannot be. */
export function denies(placed: PlacedRule): Formula {
  if (placed.rule.effect === "allow") return any([]);
  return refuses(placed) ? any([placed.holds, placed.errs]) : any([placed.errs, placed.beyond]);
}

/** When some rule grants. */
export function grants({ rules }: Side): Formula {
  return any(rules.flatMap(({ rule, holds }) => (rule.effect === "allow" ? [holds] : [])));
}

/** When some rule of an effect holds. */
export function effectHolds({ rules }: Side, effect: Rule["effect"]): Formula {
  return any(rules.flatMap(({ rule, holds }) => (rule.effect === effect ? [holds] : [])));
}

/** Whether two things are written alike. */
export function sameText(one: unknown, other: unknown): boolean {
  return JSON.stringify(one, textOfSet) === JSON.stringify(other, textOfSet);
}

/** WHY: the texts of a set are in a Set, which JSON leaves out. */
function textOfSet(_key: string, value: unknown): unknown {
  return value instanceof Set ? [...value] : value;
}

/** Whether the sides deny the same before rules are judged: invalid, contradictory, uncommittable. */
export function sameBefore(old: Side, now: Side): boolean {
  return sameText(
    [old.valid, old.conflict, old.uncommittable],
    [now.valid, now.conflict, now.uncommittable],
  );
}

/** An obligation in words. */
export function obligationWords(obligation: Obligation): string {
  return Object.entries(obligation)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
