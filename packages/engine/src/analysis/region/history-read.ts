import { references } from "../../cel/reference.ts";
import type { Bundle } from "../../document/bundle.ts";
import type { Expression } from "../../document/expression.ts";
import type { Policy, Rule } from "../../document/policy.ts";

const historyFunctions: ReadonlySet<string> = new Set(["happened", "count", "since", "meter"]);

/** The Events and Meters that some rule reads, itself or through what other Events and Meters read. */
export function historyRead(bundle: Bundle): ReadonlySet<string> {
  const readers = new Map<string, readonly (Expression | undefined)[]>();
  for (const { name, when } of bundle.events) readers.set(name, [when]);
  for (const { name, reserve } of bundle.meters) readers.set(name, [reserve]);
  if (readers.size === 0) return new Set();
  const found = new Set<string>();
  const pending = bundle.policies.flatMap((policy) => [...limitsOf(policy), ...readBy(policy)]);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    pending.push(...(readers.get(name) ?? []).flatMap(namesIn));
  }
  return found;
}

function limitsOf(policy: Policy): readonly string[] {
  return policy.rules.flatMap((rule) =>
    "limit" in rule && rule.limit !== undefined ? [rule.limit.meter] : [],
  );
}

function readBy(policy: Policy): readonly string[] {
  const variables = policy.variables.map(({ expression }) => expression);
  return [...variables, ...policy.rules.flatMap(expressionsOf)].flatMap(namesIn);
}

function expressionsOf(rule: Rule): readonly (Expression | undefined)[] {
  const reason = (rule.reason?.parts ?? []).filter((part) => typeof part !== "string");
  const values = rule.effect === "modify" ? rule.modifications.map(({ value }) => value) : [];
  const args = rule.fallback?.args;
  const fallback = args !== undefined && isExpression(args) ? [args] : [];
  return [rule.when, ...reason, ...values, ...fallback];
}

function isExpression(args: object): args is Expression {
  return "ast" in args && "offsets" in args;
}

function namesIn(expression: Expression | undefined): readonly string[] {
  if (expression === undefined) return [];
  return references(expression.ast)
    .calls.filter((call) => historyFunctions.has(call.function))
    .flatMap(({ args }) =>
      args.flatMap((arg) =>
        arg !== undefined && "constant" in arg && arg.constant.type === "string"
          ? [arg.constant.value]
          : [],
      ),
    );
}
