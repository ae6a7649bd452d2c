import type { Expr } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import type { Policy, Rule } from "../../document/policy.ts";
import { mayOverlap } from "./matched-tools.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { variableOf } from "./rule-expressions.ts";
import { variableName, walk } from "./syntax-walk.ts";

/** Functions whose value differs from one moment to the next. */
const momentFunctions: ReadonlySet<string> = new Set([
  "happened",
  "count",
  "since",
  "meter",
  "origin",
  "from_only",
  "touches",
  "requested_by",
  "names_act",
]);

/**
 * Where an approval may be asked for, no `set` reads `now` or history: people approve exact
 * arguments, and these would be others when the action begins (POLICY.md section 7).
 */
export function checkMoment(set: PolicySet): void {
  const approving = set.bundle.policies.flatMap((policy) =>
    policy.rules.filter(({ effect }) => effect === "step_up").map((rule) => ({ policy, rule })),
  );
  for (const policy of set.bundle.policies) {
    const setting = policy.rules.filter((rule) => rule.effect === "modify");
    if (policy.match.phase !== "call" || setting.length === 0) continue;
    const { match } = policy;
    const under = approving.find((other) => mayOverlap(match, other.policy.match, set.bundle));
    if (under === undefined) continue;
    for (const rule of setting) checkRule(rule, policy, under, set);
  }
}

function checkRule(
  rule: Extract<Rule, { effect: "modify" }>,
  policy: Policy,
  under: { readonly policy: Policy; readonly rule: Rule },
  set: PolicySet,
): void {
  for (const { value } of rule.modifications) {
    if (value === undefined || !isSound(value, set)) continue;
    const read = readsMoment(value, policy, new Set());
    if (read === undefined) continue;
    const step = `${under.policy.name}/${under.rule.id}`;
    const message = `${read.what} differs from moment to moment, and \`${step}\` may ask people to approve these exact arguments`;
    const span = expressionSpan(value, read.at.range, set);
    const notes = [{ message: "the rule that may ask", span: under.rule.source }];
    set.report.error("set_reads_moment", message, span, { notes });
  }
}

/** The first reading of `now` or history in an expression; one in a variable stands at its use. */
function readsMoment(
  expression: Expression,
  policy: Policy,
  seen: Set<string>,
): { readonly what: string; readonly at: Expr } | undefined {
  let found: { readonly what: string; readonly at: Expr } | undefined;
  walk(expression.ast, (each, bound) => {
    if (found !== undefined) return;
    if (each.kind === "ident" && each.name === "now" && !bound.has("now")) {
      found = { what: "`now`", at: each };
    }
    if (each.kind === "call" && momentFunctions.has(each.function)) {
      found = { what: `\`${each.function}\``, at: each };
    }
    const name = variableName(each);
    const variable = name === undefined || seen.has(name) ? undefined : variableOf(policy, name);
    if (name === undefined || variable === undefined) return;
    seen.add(name);
    const inner = readsMoment(variable, policy, seen);
    if (inner !== undefined) found = { what: `${inner.what}, in \`variables.${name}\`,`, at: each };
  });
  return found;
}
