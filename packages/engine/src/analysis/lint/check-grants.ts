import { documentSpan } from "../../compile/check/policy-set.ts";
import type { Policy } from "../../document/policy.ts";
import { partSpan, ruleSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";
import type { Reads } from "./rule-reads.ts";

/** What an allow rests on, and how much it covers. */
export function checkGrants(set: LintSet): void {
  for (const placed of set.rules) {
    if (placed.rule.effect !== "allow") continue;
    const reads = set.whenReads(placed);
    checkClaims(placed, reads, set);
    checkWildcard(placed, reads, set);
  }
}

/** `claims` is what the agent says: it can say whatever opens the gate. */
function checkClaims({ name }: PlacedRule, { paths }: Reads, set: LintSet): void {
  const told = new Set<string>();
  for (const { path, range, owner } of paths) {
    const text = path.join(".");
    if (path[0] !== "claims" || told.has(text)) continue;
    told.add(text);
    const message = `the allow rests on \`${text}\`, which is what the agent says of itself`;
    const suggestion =
      "rest it on `context`, which the enforcement point attests, or use it in a rule that narrows";
    set.tell("claims_in_allow", message, partSpan(owner, range, set), {
      rules: [name],
      suggestion,
    });
  }
}

/** Roots of conditions that tell tools apart. */
const telling: ReadonlySet<string> = new Set(["tool", "action", "resource", "resources"]);

function checkWildcard(placed: PlacedRule, { paths }: Reads, set: LintSet): void {
  const { policy, name } = placed;
  const { tools, labels } = policy.match;
  if (labels !== undefined || paths.some(({ path }) => telling.has(path[0] ?? ""))) return;
  const broad = tools === undefined ? undefined : tools.findIndex((tool) => tool.endsWith("*"));
  if (broad === -1) return;
  const pattern = tools?.[broad ?? 0];
  const span =
    broad === undefined
      ? ruleSpan(placed, set)
      : documentSpan(policy, ["spec", "match", "tools", broad], set);
  const server = pattern === undefined || pattern === "*" ? undefined : pattern.slice(0, -2);
  const more =
    server === undefined
      ? "every tool that has a Tool document, now or later"
      : `every tool of \`${server}\` that has a Tool document, now or later`;
  set.tell("wildcard_allow", `the allow covers ${more}`, span, {
    rules: [name],
    level: server === undefined ? "warning" : "note",
    suggestion: suggestionFor(policy),
  });
}

function suggestionFor({ match }: Policy): string {
  const what = match.tools === undefined ? "name" : "list";
  return `${what} the tools under \`match.tools\`, or match their labels, such as \`labels: [read]\``;
}
