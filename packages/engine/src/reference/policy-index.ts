import type { JsonObject } from "@holdfast/model";
import type { Expr } from "../cel/syntax.ts";
import type { Bundle } from "../document/bundle.ts";
import type { Expression } from "../document/expression.ts";
import type { Event, Meter } from "../document/history.ts";
import type { Sandbox, Tool } from "../document/kinds.ts";
import type { Policy, Rule } from "../document/policy.ts";
import { argumentSchema } from "./argument-schema.ts";
import type { ArgumentSchema } from "./argument-schema.ts";
import { subexpressionsOf } from "./expression-tree.ts";
import { fromJson } from "./json-value.ts";
import { readsOrigins } from "./origin/origin-use.ts";
import { expressionsOf, present } from "./rule-expression.ts";
import { CelMap } from "./value.ts";
import type { Value } from "./value.ts";
import { recordedSchema } from "../document/recorded-schema.ts";

/** A rule with the policy it belongs to; `name` is `policy/rule`. */
export interface LoadedRule<R extends Rule = Rule> {
  readonly name: string;
  readonly policy: Policy;
  readonly rule: R;
}

/** A bundle with everything looked up by name; made once, never changed. */
export interface PolicyIndex {
  readonly bundle: Bundle;
  /** sorted by name, so that no result depends on the order of documents */
  readonly rules: readonly LoadedRule[];
  readonly tools: ReadonlyMap<string, Tool>;
  readonly schemas: ReadonlyMap<string, ArgumentSchema>;
  readonly events: ReadonlyMap<string, Event>;
  readonly meters: ReadonlyMap<string, Meter>;
  readonly sandboxes: ReadonlyMap<string, Sandbox>;
  /** the variable `lists` */
  readonly lists: Value;
  /** the variable `params` of each policy, by policy name */
  readonly params: ReadonlyMap<string, Value>;
  /** names of the Events and Meters that a rule reads, itself or through other Events */
  readonly historyRead: ReadonlySet<string>;
  /** some expression asks where a value was first seen */
  readonly readsOrigins: boolean;
}

/** Indexes a bundle; the schemas of its tools are compiled here, once. */
export function indexPolicies(bundle: Bundle): PolicyIndex {
  const rules = bundle.policies.flatMap((policy) =>
    policy.rules.map((rule) => ({ name: `${policy.name}/${rule.id}`, policy, rule })),
  );
  const schemas = new Map<string, ArgumentSchema>();
  for (const tool of bundle.tools) {
    const schema = recordedSchema(tool);
    if (schema !== undefined) schemas.set(tool.name, argumentSchema(schema));
  }
  return {
    bundle,
    rules: rules.sort((a, b) => compareNames(a.name, b.name)),
    tools: byName(bundle.tools),
    schemas,
    events: byName(bundle.events),
    meters: byName(bundle.meters),
    sandboxes: byName(bundle.sandboxes),
    lists: CelMap.ofStrings(bundle.lists.map((list) => [list.name, list.items])),
    params: new Map(bundle.policies.map((policy) => [policy.name, paramsValue(policy.params)])),
    historyRead: historyRead(bundle),
    readsOrigins: readsOrigins(bundle),
  };
}

/** Order by UTF-16 code unit: the same on every machine, whatever its locale. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function byName<T extends { readonly name: string }>(items: readonly T[]): ReadonlyMap<string, T> {
  return new Map(items.toSorted((a, b) => compareNames(a.name, b.name)).map((x) => [x.name, x]));
}

function paramsValue(params: JsonObject): Value {
  return fromJson(params);
}

const historyFunctions: ReadonlySet<string> = new Set(["happened", "count", "since", "meter"]);

/** Names read by rules, closed over what the Events and Meters read in their own conditions. */
function historyRead(bundle: Bundle): ReadonlySet<string> {
  const readers = new Map<string, readonly Expression[]>();
  for (const event of bundle.events) readers.set(event.name, present([event.when]));
  for (const meter of bundle.meters) readers.set(meter.name, present([meter.reserve]));
  const found = new Set<string>();
  const pending = bundle.policies.flatMap((policy) => [...limitsOf(policy), ...namesRead(policy)]);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const expression of readers.get(name) ?? []) pending.push(...namesIn(expression.ast));
  }
  return found;
}

function limitsOf(policy: Policy): readonly string[] {
  return policy.rules.flatMap((rule) =>
    "limit" in rule && rule.limit !== undefined ? [rule.limit.meter] : [],
  );
}

function namesRead(policy: Policy): readonly string[] {
  const variables = policy.variables.map((variable) => variable.expression);
  const expressions = [...variables, ...policy.rules.flatMap((rule) => expressionsOf(rule))];
  return expressions.flatMap((expression) => namesIn(expression.ast));
}

function namesIn(expr: Expr): readonly string[] {
  return subexpressionsOf(expr).flatMap((part) => {
    if (part.kind !== "call" || !historyFunctions.has(part.function)) return [];
    return part.args.flatMap((arg) =>
      arg.kind === "constant" && arg.constant.type === "string" ? [arg.constant.value] : [],
    );
  });
}
