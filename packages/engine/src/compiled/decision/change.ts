import { canonicalJson } from "@holdfast/model";
import type { Json } from "@holdfast/model";
import { Failure } from "../value/failure.ts";
import { byUnit } from "../value/map.ts";

/** What one rule wants at one path, below `args` or `result`. */
export interface Change {
  readonly path: readonly string[];
  readonly operation: "set" | "mask" | "remove";
  /** of `set` */
  readonly value?: Json;
  /** `policy/rule` */
  readonly rule: string;
}

const masked = "[masked]";
const strength = { set: 0, mask: 1, remove: 2 } as const;

/** All that is wanted at one path, by the strongest operation. */
interface Place {
  readonly path: readonly string[];
  operation: Change["operation"];
  changes: Change[];
}

/**
 * The changes that stand, no path above another, or the rules that contradict each other: on one
 * path the strongest operation wins, a removed or masked ancestor wins over all below it, equal
 * values merge, every other overlap is a conflict.
 */
export function mergeChanges(
  wanted: readonly Change[],
): { readonly changes: readonly Change[] } | { readonly conflict: readonly string[] } {
  const places = new Map<string, Place>();
  for (const change of wanted) {
    const key = JSON.stringify(change.path);
    const place = places.get(key);
    if (place === undefined || strength[place.operation] < strength[change.operation]) {
      places.set(key, { path: change.path, operation: change.operation, changes: [change] });
    } else if (place.operation === change.operation) place.changes.push(change);
  }
  const all = [...places.values()];
  const open = all.filter(
    ({ path }) => !all.some((other) => other.operation !== "set" && isAbove(other.path, path)),
  );
  const clashing = open.filter(
    (place) => !agree(place) || open.some((other) => isAbove(other.path, place.path)),
  );
  if (clashing.length === 0) return { changes: open.flatMap(({ changes }) => changes.slice(0, 1)) };
  const rules = new Set<string>();
  for (const place of open) {
    const involved =
      clashing.includes(place) || clashing.some((other) => isAbove(place.path, other.path));
    if (involved) for (const { rule } of place.changes) rules.add(rule);
  }
  return { conflict: [...rules].sort(byUnit) };
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
    return value === undefined ? undefined : masked;
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
