import type { z } from "zod";
import type { Json, JsonObject } from "@holdfast/model";

/**
 * The value without what its issues are about, where that can be left out without a trace:
 * keys that do not belong, and rules of a Policy, which become rules that do nothing under the
 * same id. Undefined when anything else is wrong.
 */
export function repairedValue(value: Json, issues: readonly z.core.$ZodIssue[]): Json | undefined {
  const rules = new Set<number>();
  const keys: (readonly PropertyKey[])[] = [];
  for (const issue of issues) {
    const [spec, list, index] = issue.path;
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) keys.push([...issue.path, key]);
    } else if (spec === "spec" && list === "rules" && typeof index === "number") rules.add(index);
    else return undefined;
  }
  return withoutRules(withoutPaths(value, keys), rules);
}

function withoutPaths(value: Json, paths: readonly (readonly PropertyKey[])[]): Json {
  if (typeof value !== "object" || value === null || paths.length === 0) return value;
  const below = (key: string) =>
    paths.filter((path) => String(path[0]) === key).map((path) => path.slice(1));
  if (isList(value)) return value.map((item, index) => withoutPaths(item, below(String(index))));
  const kept: Record<string, Json> = Object.create(null);
  for (const [key, member] of Object.entries(value)) {
    const inner = below(key);
    if (!inner.some((path) => path.length === 0)) kept[key] = withoutPaths(member, inner);
  }
  return kept;
}

function withoutRules(value: Json, indexes: ReadonlySet<number>): Json {
  if (indexes.size === 0 || !isMap(value)) return value;
  const spec = value["spec"];
  const rules = isMap(spec) ? spec["rules"] : undefined;
  if (!isMap(spec) || rules === undefined || !isList(rules)) return value;
  const kept = rules.map((rule, index) => (indexes.has(index) ? idle(rule, index) : rule));
  return { ...value, spec: { ...spec, rules: kept } };
}

/** A rule that does nothing, under the id of the one it stands for. */
function idle(rule: Json, index: number): JsonObject {
  const id = isMap(rule) ? rule["id"] : undefined;
  return { id: typeof id === "string" ? id : `rule-${index}`, effect: "deny", when: false };
}

function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
