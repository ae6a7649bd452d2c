import { all, any, not } from "../formula/formula.ts";
import type { FindingLevel } from "./finding.ts";
import { partSpan, ruleSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";
import { memberRemoval } from "./member-removal.ts";
import type { PlainConditions } from "./plain-rule.ts";
import type { Questions } from "./question.ts";

/** Conditions that never hold, and those that always do. The names of the rules that never hold. */
export function checkConditions(
  plain: PlainConditions,
  questions: Questions,
  set: LintSet,
): ReadonlySet<string> {
  const dead = new Set<string>();
  for (const placed of set.rules) {
    if (placed.rule.when === undefined) continue;
    if (tellConstant(placed, set)) continue;
    // A plain one holds for some actions of its first tool, and not for all: that is enough.
    if (plain.of(placed) !== undefined) continue;
    if (neverHolds(placed, questions, set)) dead.add(placed.name);
    else checkAlways(placed, questions, set);
  }
  return dead;
}

/** `when: true` says nothing. */
function tellConstant(placed: PlacedRule, set: LintSet): boolean {
  const { rule, policy, index, name } = placed;
  const ast = rule.when?.ast;
  if (rule.when === undefined || ast?.kind !== "constant" || ast.constant.type !== "bool")
    return false;
  if (!ast.constant.value) return false;
  const path = ["spec", "rules", index, "when"];
  set.tell("always_true", "`when: true` says nothing", partSpan(rule.when, undefined, set), {
    rules: [name],
    level: "note",
    suggestion: "leave `when` out",
    fix: memberRemoval(policy, path, `remove \`when: true\` of \`${name}\``, set),
  });
  return true;
}

function neverHolds(placed: PlacedRule, questions: Questions, set: LintSet): boolean {
  const { rule, name } = placed;
  let covers = true;
  const answer = questions.ask([placed], ({ of }) => {
    const region = of(placed);
    covers = region?.covers.kind !== "false";
    return region && { must: [region.holds], expected: ({ matched }) => matched.includes(name) };
  });
  if (answer.kind === "witness") return false;
  // Requests are looked for among those that no agent passed on: of others nothing was told.
  if (set.whenReads(placed).paths.some(({ path }) => path[0] === "delegation")) {
    return answer.kind !== "unknown";
  }
  if (answer.kind !== "unknown" && !covers) {
    tellUncovering(placed, set);
    return true;
  }
  const detail = (level?: FindingLevel) => ({
    rules: [name],
    ...(level === undefined ? {} : { level }),
  });
  const span =
    rule.when === undefined ? ruleSpan(placed, set) : partSpan(rule.when, undefined, set);
  if (answer.kind === "unknown") {
    const message = `whether the condition can hold at all could not be decided: ${answer.because}`;
    set.tell("never_matches", message, span, detail("unknown"));
    return false;
  }
  const errs = questions.ask([placed], ({ of }) => {
    const region = of(placed);
    return region && { must: [region.errs], expected: ({ errors }) => errors.includes(name) };
  });
  const narrows = rule.effect !== "allow" && errs.kind === "witness";
  const message = narrows
    ? "no request fulfils the condition; where it cannot be evaluated, it denies"
    : "no request fulfils the condition";
  set.tell("never_matches", message, span, {
    ...detail(),
    suggestion: "mend the condition, or remove the rule: it promises what it never does",
    witness: narrows ? questions.confirmed(errs, ({ errors }) => errors.includes(name)) : undefined,
  });
  return true;
}

/** Then it is not the condition that wants mending. */
function tellUncovering(placed: PlacedRule, set: LintSet): void {
  const { rule, name } = placed;
  set.tell("never_matches", "no action of a tool fulfils `match`", ruleSpan(placed, set), {
    rules: [name],
    suggestion:
      rule.effect === "allow"
        ? "an allow that names no tool is for tools that have a Tool document: add those it is for"
        : "mend `match`, or remove the rule: it promises what it never does",
  });
}

function checkAlways(placed: PlacedRule, questions: Questions, set: LintSet): void {
  const { rule, name } = placed;
  if (rule.when === undefined || ("limit" in rule && rule.limit !== undefined)) return;
  let covered = false;
  const answer = questions.ask([placed], ({ of }) => {
    const region = of(placed);
    if (region === undefined || region.covers.kind === "false") return undefined;
    covered = true;
    const must = [all([region.covers, any([not(region.holds)])])];
    return { must, expected: ({ matched }) => !matched.includes(name) };
  });
  if (answer.kind === "witness" || !covered) return;
  const span = partSpan(rule.when, undefined, set);
  if (answer.kind === "unknown") {
    const message = `whether the condition always holds could not be decided: ${answer.because}`;
    set.tell("always_true", message, span, { rules: [name], level: "unknown" });
    return;
  }
  set.tell("always_true", "the condition holds for every request that it is asked for", span, {
    rules: [name],
    suggestion:
      rule.effect === "allow"
        ? "it restricts nothing: mend it, or leave `when` out to say so"
        : "mend it, or leave `when` out to say so",
  });
}
