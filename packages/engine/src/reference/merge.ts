import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { groupBy } from "./grouping.ts";
import type { Change } from "./modification.ts";
import { compareNames } from "./policy-index.ts";

/** What one rule wants at one path. */
export interface WantedChange extends Change {
  /** `policy/rule` */
  readonly rule: string;
}

/** The changes that stand, no path above another; or the rules that contradict each other. */
export type Merged =
  | { readonly ok: true; readonly changes: readonly Change[] }
  | { readonly ok: false; readonly rules: readonly string[] };

/**
 * Merges what all rules want (POLICY.md section 2, rewrite): on one path `remove` beats `mask`
 * whole beats a mask of what was found, which beats `set`; a removed or wholly masked ancestor wins
 * over everything below it; equal values merge, and so do masks of what was found; every other
 * overlap is a conflict. The order of `wanted` never matters.
 */
export function mergeChanges(wanted: readonly WantedChange[]): Merged {
  const byPath = [...groupBy(wanted, (change) => canonicalJson(change.path)).values()];
  const winners = byPath.map((changes) => strongest(changes));
  const visible = winners.filter((group) => !winners.some((other) => swallows(other, group)));
  const clashing = visible.filter(
    (group) => !agree(group) || visible.some((other) => isAbove(other, group)),
  );
  // An ancestor that only sets is part of the conflict with what it stands above.
  const involved = visible.filter(
    (group) => clashing.includes(group) || clashing.some((other) => isAbove(group, other)),
  );
  if (involved.length > 0) {
    const rules = new Set(involved.flatMap((group) => group.map((change) => change.rule)));
    return { ok: false, rules: [...rules].toSorted(compareNames) };
  }
  return { ok: true, changes: visible.flatMap((group) => joined(group)) };
}

/** The one change that all of a group come to: of masks that leave something, all they mask. */
function joined(group: readonly WantedChange[]): readonly Change[] {
  const [first] = group;
  if (first?.found === undefined) return group.slice(0, 1);
  const stretches = group.flatMap(({ found }) => found?.stretches ?? []);
  return [{ ...first, found: { place: first.found.place, stretches } }];
}

function strengthOf({ operation, found }: Change): number {
  if (operation === "remove") return 3;
  if (operation === "set") return 0;
  return found === undefined ? 2 : 1;
}

/** Of changes at one path those of the strongest operation; the others are overruled. */
function strongest(changes: readonly WantedChange[]): readonly WantedChange[] {
  const most = Math.max(...changes.map((change) => strengthOf(change)));
  return changes.filter((change) => strengthOf(change) === most);
}

function agree(group: readonly WantedChange[]): boolean {
  return (
    new Set(group.map((change) => canonicalJson((change.value ?? null) satisfies Json))).size === 1
  );
}

function swallows(above: readonly WantedChange[], group: readonly WantedChange[]): boolean {
  const [first] = above;
  return first !== undefined && strengthOf(first) > 1 && isAbove(above, group);
}

/** Whether the path of one group is a strict prefix of the other's. */
function isAbove(above: readonly WantedChange[], group: readonly WantedChange[]): boolean {
  const path = above[0]?.path ?? [];
  const other = group[0]?.path ?? [];
  return path.length < other.length && path.every((step, index) => step === other[index]);
}
