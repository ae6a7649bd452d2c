import type { Json, JsonObject } from "@holdfast/model";
import { maskText } from "../document/fact-vocabulary.ts";
import { CelError } from "./cel-error.ts";
import { maskStretches } from "./content-mask.ts";
import type { Stretch } from "./content-mask.ts";
import { groupBy } from "./grouping.ts";

/** One change that stands after merging: what to do at a path. */
export interface Change {
  readonly path: readonly string[];
  readonly operation: "set" | "remove" | "mask";
  /** of `set` */
  readonly value?: Json;
  /** of a `mask` that leaves the rest as it is: what of the value at `place` is masked */
  readonly found?: { readonly place: string; readonly stretches: readonly Stretch[] };
}

/**
 * A value with all changes applied at once, each seeing the original alone, so that their order
 * never matters. Removing or masking what is not there does nothing. `set` creates leaves, never
 * parents: a missing parent is an error, and so is a path that goes through a list.
 *
 * **Contract:** no path is another's ancestor.
 */
export function applyChanges(value: Json, changes: readonly Change[]): Json | CelError {
  const own = changes.find((change) => change.path.length === 0);
  if (own !== undefined) return replaced(value, own) ?? null;
  if (changes.length === 0) return value;
  // WHY an error even for `remove`: a mask that stops at a list would show what it should hide.
  if (isList(value)) return new CelError("invalid_argument", "a modification goes through a list");
  if (typeof value !== "object" || value === null) return missingParent(changes) ?? value;
  return applyToObject(
    value,
    groupBy(changes, (change) => change.path[0] ?? ""),
  );
}

function applyToObject(
  object: JsonObject,
  byStep: ReadonlyMap<string, readonly Change[]>,
): Json | CelError {
  const result: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(object)) result[key] = value;
  for (const [step, changes] of byStep) {
    const next = applyAt(result[step], below(changes));
    if (next instanceof CelError) return next;
    if (next === undefined) delete result[step];
    else result[step] = next;
  }
  return result;
}

/** The value that takes a place; `undefined` when there is none any more. */
function applyAt(value: Json | undefined, changes: readonly Change[]): Json | CelError | undefined {
  const own = changes.find((change) => change.path.length === 0);
  if (own !== undefined) return replaced(value, own);
  if (value === undefined) return missingParent(changes);
  return applyChanges(value, changes);
}

function replaced(value: Json | undefined, change: Change): Json | undefined {
  switch (change.operation) {
    case "remove":
      return undefined;
    case "mask":
      if (value === undefined) return undefined;
      if (change.found === undefined) return maskText;
      return maskStretches(value, change.found.place, change.found.stretches);
    case "set":
      return change.value;
  }
}

function below(changes: readonly Change[]): readonly Change[] {
  return changes.map((change) => ({ ...change, path: change.path.slice(1) }));
}

function missingParent(changes: readonly Change[]): CelError | undefined {
  return changes.some((change) => change.operation === "set")
    ? new CelError("absent", "a modification sets a value whose parent is absent")
    : undefined;
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
