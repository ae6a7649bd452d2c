import type { Json } from "@holdfast/model";
import { walkDirected } from "../../compile/check/direction.ts";
import { variableOf } from "../../compile/check/rule-expressions.ts";
import { callOf, literalText, pathOf } from "../../compile/check/syntax-walk.ts";
import { any, atom, not } from "../formula/formula.ts";
import { textsIn } from "../domain/value-set.ts";
import { combine, isEmpty } from "../text/automaton.ts";
import type { Automaton } from "../text/automaton.ts";
import { anchorsOf, matching } from "../text/pattern.ts";
import type { Expr } from "../../cel/syntax.ts";
import type { Expression } from "../../document/expression.ts";
import { partSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";
import type { Answer, Questions } from "./question.ts";

/** A call of `matches` with a pattern that is written out. */
interface PatternUse {
  readonly placed: PlacedRule;
  readonly subject: Expr;
  readonly pattern: string;
  readonly place: Expr;
  readonly owner: Expression;
  /** that it matches helps the whole condition to hold */
  readonly helps: boolean;
}

/** Patterns that nothing fits, and those that let more through than they name. */
export function checkPatterns(questions: Questions, set: LintSet): void {
  const automata = new Map<string, Automaton | undefined>();
  const automatonOf = (pattern: string): Automaton | undefined => {
    if (!automata.has(pattern)) automata.set(pattern, matching(pattern));
    return automata.get(pattern);
  };
  for (const placed of set.rules) {
    if (!set.whenReads(placed).calls.some((call) => call.function === "matches")) continue;
    for (const use of patternUses(placed)) {
      const automaton = automatonOf(use.pattern);
      if (tellEmpty(use, automaton, set)) continue;
      if (tellOutside(use, automaton, automatonOf, set)) continue;
      if (placed.rule.effect === "allow" && use.helps) {
        tellUnanchored(use, automaton, automatonOf, { questions, set });
      }
    }
  }
}

function patternUses(placed: PlacedRule): readonly PatternUse[] {
  const { rule, policy } = placed;
  const found: PatternUse[] = [];
  if (rule.when === undefined) return found;
  walkDirected(
    rule.when,
    (name) => variableOf(policy, name),
    ({ expr, direction, owner }) => {
      const [subject, place] = callOf(expr, "matches") ?? [];
      const pattern = place === undefined ? undefined : literalText(place);
      if (subject === undefined || place === undefined || pattern === undefined) return false;
      found.push({ placed, subject, pattern, place, owner, helps: direction !== "down" });
      return true;
    },
  );
  return found;
}

function tellEmpty(use: PatternUse, automaton: Automaton | undefined, set: LintSet): boolean {
  const span = partSpan(use.owner, use.place.range, set);
  const rules = [use.placed.name];
  if (automaton === undefined) {
    const message = "whether a text fits the pattern could not be decided: it is too large";
    set.tell("empty_pattern", message, span, { rules, level: "unknown" });
    return true;
  }
  if (!isEmpty(automaton)) return false;
  const message = `no text fits \`${use.pattern}\``;
  const suggestion = "mend the pattern; `^` stands at the beginning and `$` at the end of a text";
  set.tell("empty_pattern", message, span, { rules, suggestion });
  return true;
}

/** What the schemas of all matched tools admit at the argument, and none of it fits. */
function tellOutside(
  use: PatternUse,
  automaton: Automaton | undefined,
  automatonOf: (pattern: string) => Automaton | undefined,
  set: LintSet,
): boolean {
  const field = argumentOf(use.subject);
  const { tools, undescribed } = set.tools.of(use.placed.policy.match);
  if (field === undefined || automaton === undefined || undescribed || tools.length === 0)
    return false;
  const patterns = tools.map((tool) =>
    memberOf(memberOf(memberOf(tool.schema, "properties"), field), "pattern"),
  );
  const apart = patterns.every((pattern) => {
    const admitted = typeof pattern === "string" ? automatonOf(pattern) : undefined;
    const both = admitted && combine(automaton, admitted, (a, b) => a && b);
    return both !== undefined && isEmpty(both);
  });
  if (!apart) return false;
  const admitted = patterns.find((pattern) => typeof pattern === "string");
  const message = `what the schema admits for \`args.${field}\` (\`${admitted ?? ""}\`) never fits \`${use.pattern}\``;
  set.tell("pattern_outside_schema", message, partSpan(use.owner, use.place.range, set), {
    rules: [use.placed.name],
    suggestion: "mend the pattern, or that of the schema",
  });
  return true;
}

function argumentOf(expr: Expr): string | undefined {
  const path = pathOf(expr);
  return path?.root === "args" && path.fields.length === 1 ? path.fields[0] : undefined;
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

interface Telling {
  readonly questions: Questions;
  readonly set: LintSet;
}

/** A pattern of an allow without `^` or `$` is one that anything may be put around. */
function tellUnanchored(
  use: PatternUse,
  automaton: Automaton | undefined,
  automatonOf: (pattern: string) => Automaton | undefined,
  { questions, set }: Telling,
): void {
  const anchors = anchorsOf(use.pattern);
  // `.*` at an end says that anything may stand there.
  const start = anchors?.start === true || /^(?:\(\?[a-z]+\))?\.[*+]/u.test(use.pattern);
  const end = anchors?.end === true || /\.[*+]$/u.test(use.pattern);
  if (anchors !== undefined && start && end) return;
  const { placed } = use;
  const whole = automatonOf(`^(?:${use.pattern})$`);
  const more =
    automaton === undefined || whole === undefined
      ? undefined
      : combine(automaton, whole, (loose, strict) => loose && !strict);
  if (more !== undefined && isEmpty(more)) return;
  const missing = [...(start ? [] : ["`^` at its beginning"]), ...(end ? [] : ["`$` at its end"])];
  const field = argumentOf(use.subject);
  const shown =
    more === undefined || field === undefined ? undefined : loosely(use, more, field, questions);
  if (shown?.kind === "none") return;
  const message = `the pattern has no ${missing.join(" and no ")}, so a text that only holds what it names is allowed`;
  set.tell("unanchored_matches", message, partSpan(use.owner, use.place.range, set), {
    rules: [placed.name],
    suggestion: `write \`^(?:${use.pattern})$\`, or \`.*\` where anything may stand`,
    witness:
      shown === undefined
        ? undefined
        : questions.confirmed(shown, ({ matched }) => matched.includes(placed.name)),
  });
}

/** A request that the rule holds for by more text than its pattern names: one that is allowed, if any is. */
function loosely(
  { placed }: PatternUse,
  more: Automaton,
  field: string,
  questions: Questions,
): Answer {
  const ask = (granted: boolean): Answer =>
    questions.ask([placed], ({ of, place }) => {
      const region = of(placed);
      const slot = place.placed.table.find(`args.${field}`);
      if (region === undefined || slot === undefined) return undefined;
      const refusing = place.rules.filter(({ rule }) => ["deny", "contain"].includes(rule.effect));
      return {
        must: [region.holds, atom(slot.name, textsIn({ kind: "language", automaton: more }))],
        beside: granted ? refusing.map(({ holds, errs }) => not(any([holds, errs]))) : [],
        expected: ({ matched, decision }) =>
          matched.includes(placed.name) && (!granted || decision.effect !== "deny"),
      };
    });
  const allowed = ask(true);
  return allowed.kind === "witness" ? allowed : ask(false);
}
