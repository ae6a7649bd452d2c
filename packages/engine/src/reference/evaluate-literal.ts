import { CelError, celError } from "./cel-error.ts";
import type { Evaluation, ExprOf } from "./evaluation.ts";
import type { Bindings } from "./scope.ts";
import { typeNameOf } from "./value-type.ts";
import { CelMap, Optional, Uint, isMapKey } from "./value.ts";
import type { MapKey, Value } from "./value.ts";

/** `[a, ?b]`: an optional element is left out when it holds nothing. */
export function evaluateList(
  expr: ExprOf<"list">,
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  const list: Value[] = [];
  for (const element of expr.elements) {
    const written = evaluation.evaluate(element.value, evaluation, bindings);
    const value = element.optional ? unwrap(written) : written;
    if (value instanceof CelError) return value;
    if (value !== undefined) list.push(value);
  }
  return list;
}

/** `{k: v, ?k: o}`: keys of the four key types, each once; optional entries as in lists. */
export function evaluateMap(
  expr: ExprOf<"map">,
  evaluation: Evaluation,
  bindings: Bindings | undefined,
): Value | CelError {
  const entries: (readonly [MapKey, Value])[] = [];
  for (const entry of expr.entries) {
    const key = evaluation.evaluate(entry.key, evaluation, bindings);
    if (key instanceof CelError) return key;
    if (!isMapKey(key)) return unsupportedKey(key);
    const written = evaluation.evaluate(entry.value, evaluation, bindings);
    const value = entry.optional ? unwrap(written) : written;
    if (value instanceof CelError) return value;
    if (value !== undefined) entries.push([key, value]);
  }
  return mapOf(entries);
}

/** The map of these entries, or the error `duplicate_key`. */
export function mapOf(entries: Iterable<readonly [MapKey, Value]>): CelMap | CelError {
  const built = CelMap.from(entries);
  if ("map" in built) return built.map;
  const key = built.duplicate instanceof Uint ? built.duplicate.value : built.duplicate;
  return celError("duplicate_key", `the map has the key \`${key}\` twice`);
}

/** The error of a value that cannot be a key. */
function unsupportedKey(key: Value): CelError {
  return celError("unsupported_key", `a value of type \`${typeNameOf(key)}\` cannot be a map key`);
}

function unwrap(value: Value | CelError): Value | CelError | undefined {
  if (value instanceof CelError) return value;
  if (value instanceof Optional) return value.value;
  return celError(
    "no_such_overload",
    `an optional entry holds an optional, not a value of type \`${typeNameOf(value)}\``,
  );
}
