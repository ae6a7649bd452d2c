import type { Json } from "@holdfast/model";
import type { Expression } from "../../document/expression.ts";
import type { Meter } from "../../document/history.ts";
import type { Tool } from "../../document/kinds.ts";
import type { Limit } from "../../document/policy.ts";
import { pathOf } from "../../compile/check/syntax-walk.ts";
import { rulePartSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";

/** Limits that nothing reaches, and those that every action passes. */
export function checkLimits(set: LintSet): void {
  const meters = new Map(set.bundle.meters.map((meter) => [meter.name, meter]));
  for (const placed of set.rules) {
    const { rule } = placed;
    if (!("limit" in rule) || rule.limit === undefined) continue;
    const meter = meters.get(rule.limit.meter);
    if (meter !== undefined) checkLimit(placed, rule.limit, meter, set);
  }
}

function checkLimit(placed: PlacedRule, limit: Limit, meter: Meter, set: LintSet): void {
  const span = rulePartSpan(placed, ["limit"], set);
  const { tools, undescribed } = set.tools.of(meter.match);
  if (undescribed) return;
  const amounts = tools.map((tool) => amountOf(meter.reserve, tool));
  const rules = [placed.name];
  if (amounts.every((amount) => amount.max === 0)) {
    if (limit.max < 0) return;
    const cause = amounts.length === 0 ? "no tool is covered by its `match`" : "every amount is 0";
    const message = `nothing ever charges Meter \`${meter.name}\` (${cause}), so it never passes ${limit.max}`;
    const suggestion = "mend the `match` or `reserve` of the Meter, or remove the limit";
    set.tell("limit_out_of_reach", message, span, { rules, suggestion });
    return;
  }
  const covered = set.tools.of(placed.policy.match);
  const both = covered.tools.filter((tool) => tools.includes(tool));
  if (covered.undescribed || both.length < covered.tools.length || both.length === 0) return;
  const least = Math.min(...both.map((tool) => amountOf(meter.reserve, tool).min));
  if (least <= limit.max) return;
  // An agent outside the match of the Meter is charged nothing.
  if (!chargesAll(placed, meter)) return;
  const message = `one action alone charges at least ${least}, which is more than ${limit.max}, so the rule always holds`;
  const suggestion = "raise `max`, or drop the limit if nothing shall pass";
  set.tell("limit_always_passed", message, span, { rules, suggestion });
}

function chargesAll({ policy }: PlacedRule, { match }: Meter): boolean {
  const { agents, agentRoles, userRoles, environments, kinds, labels } = match;
  const own = policy.match;
  return [
    [agents, own.agents],
    [agentRoles, own.agentRoles],
    [userRoles, own.userRoles],
    [environments, own.environments],
    [kinds, own.kinds],
    [labels, undefined],
  ].every(
    ([wanted, given]) =>
      wanted === undefined || (given?.every((each) => wanted.includes(each)) ?? false),
  );
}

interface Amount {
  readonly min: number;
  readonly max: number;
}

const anything: Amount = { min: -Infinity, max: Infinity };

/** What one action of a tool can charge, as far as the schema says. */
function amountOf(reserve: Expression | undefined, tool: Tool): Amount {
  if (reserve === undefined) return { min: 1, max: 1 };
  const { ast } = reserve;
  if (ast.kind === "constant") {
    const { constant } = ast;
    if (constant.type === "int" || constant.type === "uint" || constant.type === "double") {
      const value = Number(constant.value);
      return { min: value, max: value };
    }
    return anything;
  }
  const path = pathOf(ast);
  const [field, ...below] = path?.root === "args" ? path.fields : [];
  if (field === undefined || below.length > 0) return anything;
  return boundsOf(memberOf(memberOf(tool.schema, "properties"), field));
}

function boundsOf(schema: Json | undefined): Amount {
  const minimum = memberOf(schema, "minimum");
  const maximum = memberOf(schema, "maximum");
  return {
    // An amount below nothing denies, and charges nothing.
    min: typeof minimum === "number" ? minimum : -Infinity,
    max: typeof maximum === "number" ? maximum : Infinity,
  };
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
