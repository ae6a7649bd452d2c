import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { maskText } from "../../document/fact-vocabulary.ts";
import { Failure } from "../value/failure.ts";
import { byUnit } from "../value/map.ts";
import { joined, maskedValue } from "./content-mask.ts";
import type { Stretches } from "./content-mask.ts";

/** What one rule wants at one path, below `args` or `result`. */
export interface Change {
  readonly path: readonly string[];
  readonly operation: "set" | "mask" | "remove";
  /** of `set` */
  readonly value?: Json;
  /** of a mask that hides no more than these stretches of the value at `place` */
  readonly found?: { readonly place: string; readonly stretches: Stretches };
  /** `policy/rule` */
  readonly rule: string;
}

/** Strengths from which on a change swallows all below its path. */
const swallowing = 2;

function strengthOf({ operation, found }: Change): number {
  switch (operation) {
    case "set":
      return 0;
    case "mask":
      return found === undefined ? swallowing : 1;
    case "remove":
      return 3;
  }
}

/** All that is wanted at one path, by the strongest operation. */
interface Place {
  readonly path: readonly string[];
  readonly strength: number;
  readonly changes: Change[];
}

/**
 * The changes that stand, no path above another, or the rules that contradict each other: on one
 * path the strongest operation wins, a removed or wholly masked ancestor wins over all below it,
 * equal values merge and so do masks of findings, every other overlap is a conflict.
 */
export function mergeChanges(
  wanted: readonly Change[],
): { readonly changes: readonly Change[] } | { readonly conflict: readonly string[] } {
  const places = new Map<string, Place>();
  for (const change of wanted) {
    const key = JSON.stringify(change.path);
    const place = places.get(key);
    const strength = strengthOf(change);
    if (place === undefined || place.strength < strength) {
      places.set(key, { path: change.path, strength, changes: [change] });
    } else if (place.strength === strength) place.changes.push(change);
  }
  const all = [...places.values()];
  const open = all.filter(
    ({ path }) => !all.some((other) => other.strength >= swallowing && isAbove(other.path, path)),
  );
  const clashing = open.filter(
    (place) => !agree(place) || open.some((other) => isAbove(other.path, place.path)),
  );
  if (clashing.length === 0) return { changes: open.flatMap(settled) };
  const rules = new Set<string>();
  for (const place of open) {
    const involved =
      clashing.includes(place) || clashing.some((other) => isAbove(place.path, other.path));
    if (involved) for (const { rule } of place.changes) rules.add(rule);
  }
  return { conflict: [...rules].sort(byUnit) };
}

/** What equal changes come to, and masks of findings together. */
function settled({ changes: [first, ...others] }: Place): readonly Change[] {
  if (first?.found === undefined) return first === undefined ? [] : [first];
  let { stretches } = first.found;
  for (const { found } of others) if (found) stretches = joined(stretches, found.stretches);
  return [{ ...first, found: { ...first.found, stretches } }];
}

function agree({ changes }: Place): boolean {
  return new Set(changes.map(({ value }) => canonicalJson(value ?? null))).size === 1;
}

function isAbove(path: readonly string[], other: readonly string[]): boolean {
  return path.length < other.length && path.every((step, index) => step === other[index]);
}

/**
 * A value with all changes made at once. What is not there is neither removed nor masked; `set`
 * makes leaves and no parents, and no path goes through a list.
 *
 * **Contract:** no path is another's ancestor.
 */
export function changed(value: Json, changes: readonly Change[]): Json | Failure {
  const result = changedAt(value, changes, 0);
  return result === undefined ? null : result;
}

function changedAt(
  value: Json | undefined,
  changes: readonly Change[],
  depth: number,
): Json | undefined | Failure {
  if (changes.length === 0) return value;
  const own = changes.find(({ path }) => path.length === depth);
  if (own !== undefined) {
    if (own.operation === "remove") return undefined;
    if (own.operation === "set") return own.value;
    if (value === undefined) return undefined;
    const { found } = own;
    return found === undefined ? maskText : maskedValue(value, found.place, found.stretches);
  }
  if (isList(value)) return new Failure("invalid_argument", "a modification goes through a list");
  if (typeof value !== "object" || value === null) {
    return changes.some(({ operation }) => operation === "set")
      ? new Failure("absent", "a modification sets a value whose parent is absent")
      : value;
  }
  const made: Record<string, Json> = Object.assign(Object.create(null), value);
  for (const step of new Set(changes.map(({ path }) => path[depth] ?? ""))) {
    const below = changes.filter(({ path }) => path[depth] === step);
    const next = changedAt(Object.hasOwn(made, step) ? made[step] : undefined, below, depth + 1);
    if (next instanceof Failure) return next;
    if (next === undefined) delete made[step];
    else made[step] = next;
  }
  return made;
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}
