import type { Expression } from "../../document/expression.ts";
import type { Tool } from "../../document/kinds.ts";
import { bundleExpressions } from "../bundle-expressions.ts";
import type { PlacedExpression } from "../bundle-expressions.ts";
import { costly } from "../cost/call-charge.ts";
import { estimateCost } from "../cost/estimate.ts";
import type { Estimate } from "../cost/estimate.ts";
import { argumentExtents, baseExtents, policyExtents } from "../cost/variable-extent.ts";
import type { Extents } from "../cost/variable-extent.ts";
import { matchedTools } from "./matched-tools.ts";
import { expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { walk } from "./syntax-walk.ts";

/**
 * The most steps that an expression may be able to take. A hundred times what evaluation takes
 * before it ends in an error: a pass over all of the largest request stays well below, a pass
 * within a pass far above.
 */
const stepsMax = 100_000_000;

/** An expression of fewer parts than this, without loops and searches, is always below. */
const partsMax = 400;

/** Every expression of the set has a bound on what it can cost, for every tool it can meet. */
export function checkCost(set: PolicySet): void {
  const base = baseExtents(set.bundle);
  for (const placed of bundleExpressions(set.bundle)) {
    const { expression, document } = placed;
    if (!isSound(expression, set) || !wantsEstimate(expression)) continue;
    const within =
      document.kind === "Policy"
        ? policyExtents(document, base)
        : (args: Extents): Extents => new Map([...base, ...args]);
    const estimate = (tool: Tool | undefined): Estimate => {
      const variables = within(argumentExtents(tool));
      return estimateCost(expression.ast, variables, stepsMax);
    };
    // What fits whatever the arguments are fits for every tool.
    if (estimate(undefined).culprit === undefined) continue;
    const found = toolsOf(placed, set).map((tool) => ({ tool, estimate: estimate(tool) }));
    report(placed, found, set);
  }
}

/** What stands in the text of every expression that goes over anything or searches. */
const dear = new RegExp(
  ["all", "exists", "map", "filter", "transform", "bind", "Map", ...costly].join("|"),
  "u",
);

/** Whether an expression goes over anything, or searches, or is so long that its parts add up. */
function wantsEstimate({ text, ast }: Expression): boolean {
  // WHY: most of ten thousand rules do neither; a part takes at least one character of text.
  if (text.length < partsMax && !dear.test(text)) return false;
  let parts = 0;
  let loops = false;
  walk(ast, (each) => {
    parts += 1;
    loops ||= each.kind === "macro" || (each.kind === "call" && costly.has(each.function));
  });
  return loops || parts >= partsMax;
}

/** The tools whose arguments an expression can meet; undefined stands for any other. */
function toolsOf({ document }: PlacedExpression, { bundle }: PolicySet): (Tool | undefined)[] {
  if (document.kind === "Tool") return [document];
  if (document.kind === "External") return [undefined];
  const { tools, undescribed } = matchedTools(document.match, bundle);
  return undescribed || tools.length === 0 ? [...tools, undefined] : [...tools];
}

function report(
  { expression }: PlacedExpression,
  found: readonly { readonly tool: Tool | undefined; readonly estimate: Estimate }[],
  set: PolicySet,
): void {
  const over = found.filter(({ estimate }) => estimate.culprit !== undefined);
  const [worst] = over.toSorted((a, b) => b.estimate.steps - a.estimate.steps);
  if (worst?.estimate.culprit === undefined) return;
  const { steps, culprit } = worst.estimate;
  const named = over.flatMap(({ tool }) => tool?.name ?? []);
  const [first] = named;
  const others = named.length > 1 ? ` and ${named.length - 1} more` : "";
  const whom =
    first === undefined || over.length === found.length ? "" : `, for tool \`${first}\`${others}`;
  set.report.error(
    "condition_cost",
    `this can take ${numberText(steps)} steps, more than the ${numberText(stepsMax)} that an expression may${whom}`,
    expressionSpan(expression, culprit.expr.range, set),
    { suggestion: adviceOn(culprit.unbounded) },
  );
}

function adviceOn(unbounded: readonly string[]): string {
  const [first, ...others] = unbounded.map((path) => `\`${path}\``);
  if (first === undefined) return "go over fewer values, or make several rules of it";
  const last = others.at(-1);
  const all =
    last === undefined ? first : `${[first, ...others.slice(0, -1)].join(", ")} and ${last}`;
  const test = `\`size(${unbounded[0]}) <= 100 && …\``;
  return `bound the size of ${all}: by \`maxItems\` or \`maxLength\` in the tool's schema, of entries too, or by a test before it, such as ${test}`;
}

/** A count as people read it; beyond a quadrillion by its power of ten. */
function numberText(count: number): string {
  const whole = Math.ceil(count);
  if (whole >= 1e15) return `10^${Math.floor(Math.log10(whole))}`;
  return String(whole).replace(/\B(?=(?:\d{3})+$)/gu, ",");
}
