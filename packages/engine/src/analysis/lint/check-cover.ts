import type { Rule } from "../../document/policy.ts";
import { not } from "../formula/formula.ts";
import type { LintCode } from "./lint-code.ts";
import { rulePartSpan, ruleSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";
import { CoverIndex } from "./match-cover.ts";
import type { PlainConditions } from "./plain-rule.ts";
import type { Answer, Questions, Regions } from "./question.ts";

/** How many rules one rule is compared with. */
const comparedMax = 256;

/** Rules that another makes idle: a narrower one that always decides, or one of the same effect. */
export function checkCover(dead: ReadonlySet<string>, comparing: Comparing): ReadonlySet<string> {
  const { set } = comparing;
  const living = set.rules.filter(
    ({ name, policy }) => !dead.has(name) && policy.mode === "enforce",
  );
  const shadowed = new Set<string>();
  const denying = new CoverIndex(
    living.filter(({ rule }) => refuses(rule)),
    set,
  );
  for (const placed of living) {
    if (refuses(placed.rule)) continue;
    if (tellShadowed(placed, denying, comparing)) shadowed.add(placed.name);
  }
  for (const [, alike] of byAsking(living.filter(({ name }) => !shadowed.has(name)))) {
    if (alike.length > 1) tellRedundant(alike, comparing);
  }
  return shadowed;
}

/** A rule after which nothing else counts. */
function refuses(rule: Rule): boolean {
  return rule.effect === "deny" || rule.effect === "contain";
}

/** What needs no solver: both conditions are plain, and one says less than the other. */
const proved: Answer = { kind: "none" };

/** What rules are compared with. */
export interface Comparing {
  readonly plain: PlainConditions;
  readonly questions: Questions;
  readonly set: LintSet;
}

function tellShadowed(placed: PlacedRule, denying: CoverIndex, comparing: Comparing): boolean {
  const { plain, questions, set } = comparing;
  const candidates = denying
    .covering(placed)
    .filter((outer) => plain.implies(placed, outer) !== false);
  for (const outer of candidates.slice(0, comparedMax)) {
    const answer =
      plain.implies(placed, outer) === true ? proved : escape(placed, outer, questions);
    if (answer.kind === "unknown") {
      const message = `whether \`${outer.name}\` always decides before it could not be decided: ${answer.because}`;
      tell("shadowed", placed, outer, message, { set, unknown: true });
    }
    if (answer.kind !== "none") continue;
    const held = holding(placed, questions);
    // What never holds at all is shadowed by nothing.
    if (held.kind === "none") return false;
    const witness = questions.confirmed(
      held,
      ({ matched, decision }) =>
        matched.includes(placed.name) && ["deny", "contain"].includes(decision.effect),
    );
    const message = `the rule never decides: whatever it holds for, \`${outer.name}\` refuses`;
    const suggestion =
      placed.rule.effect === "allow"
        ? "narrow one of the two, or remove the allow"
        : "narrow the refusal, or remove this rule";
    const detail = witness === undefined ? {} : { witness };
    tell("shadowed", placed, outer, message, { set, suggestion, ...detail });
    return true;
  }
  return false;
}

/** A request for which one holds and the other neither holds nor errs. */
function escape(one: PlacedRule, other: PlacedRule, questions: Questions): Answer {
  return questions.ask([one, other], ({ of }) => {
    const [left, right] = [of(one), of(other)];
    if (left === undefined) return undefined;
    const open = right === undefined ? [] : [not(right.holds), not(right.errs)];
    return {
      must: [left.holds, ...open],
      expected: ({ matched, errors }) =>
        matched.includes(one.name) && ![...matched, ...errors].includes(other.name),
    };
  });
}

function holding(placed: PlacedRule, questions: Questions): Answer {
  return questions.ask([placed], ({ of }) => {
    const region = of(placed);
    const expected = ({ matched }: { readonly matched: readonly string[] }): boolean =>
      matched.includes(placed.name);
    return region && { must: [region.holds], expected };
  });
}

interface Telling {
  readonly set: LintSet;
  readonly suggestion?: string;
  readonly unknown?: boolean;
  readonly witness?: ReturnType<Questions["confirmed"]>;
}

function tell(
  code: LintCode,
  placed: PlacedRule,
  outer: PlacedRule,
  message: string,
  { set, suggestion, unknown, witness }: Telling,
): void {
  const limit = code === "limit_out_of_reach";
  set.tell(code, message, limit ? rulePartSpan(placed, ["limit"], set) : ruleSpan(placed, set), {
    rules: [placed.name, outer.name],
    ...(unknown === true ? { level: "unknown" } : {}),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(witness === undefined ? {} : { witness }),
    notes: [{ message: `\`${outer.name}\` stands here`, span: ruleSpan(outer, set) }],
  });
}

/** Rules that ask for the same thing, so that of two of them one can be too many. */
function byAsking(rules: readonly PlacedRule[]): ReadonlyMap<string, readonly PlacedRule[]> {
  const groups = new Map<string, PlacedRule[]>();
  for (const placed of rules) {
    const { rule } = placed;
    if (rule.effect === "modify" || rule.fallback !== undefined) continue;
    const { id: _id, source: _source, when: _when, reason: _reason, ...asks } = rule;
    const limit = "limit" in asks && asks.limit !== undefined ? asks.limit.meter : undefined;
    const key = JSON.stringify({ ...asks, limit: rule.effect === "deny" ? undefined : limit });
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [placed]);
    else known.push(placed);
  }
  return groups;
}

function tellRedundant(alike: readonly PlacedRule[], comparing: Comparing): void {
  const { plain, questions, set } = comparing;
  const index = new CoverIndex(alike, set);
  const gone = new Set<PlacedRule>();
  // Of two alike the later is one too many.
  for (const placed of alike.toReversed()) {
    const candidates = index
      .covering(placed)
      .filter((outer) => plain.implies(placed, outer) !== false);
    for (const outer of candidates.slice(0, comparedMax)) {
      // Of two that cover each other, one is kept.
      if (gone.has(outer)) continue;
      const answer =
        plain.implies(placed, outer) === true ? proved : covering(placed, outer, questions);
      if (answer.kind === "unknown") {
        const message = `whether \`${outer.name}\` covers it could not be decided: ${answer.because}`;
        tell("redundant", placed, outer, message, { set, unknown: true });
      }
      if (answer.kind !== "none") continue;
      gone.add(placed);
      tellCovered(placed, outer, comparing);
      break;
    }
  }
}

/** A request for which the one holds, or denies for an error, and the other does neither. */
function covering(one: PlacedRule, other: PlacedRule, questions: Questions): Answer {
  const held = escapeBy("holds", one, other, questions);
  if (held.kind !== "none" || one.rule.effect === "allow") return held;
  return escapeBy("errs", one, other, questions);
}

function escapeBy(
  part: "holds" | "errs",
  one: PlacedRule,
  other: PlacedRule,
  questions: Questions,
): Answer {
  return questions.ask([one, other], ({ of }: Regions) => {
    const [left, right] = [of(one), of(other)];
    if (left === undefined) return undefined;
    const strict = one.rule.effect === "allow" || part === "holds";
    const open =
      right === undefined ? [] : [not(right.holds), ...(strict ? [] : [not(right.errs)])];
    return {
      must: [left[part], ...open],
      expected: ({ matched, errors }) => {
        const own = part === "holds" ? matched : errors;
        const others = strict ? matched : [...matched, ...errors];
        return own.includes(one.name) && !others.includes(other.name);
      },
    };
  });
}

function tellCovered(placed: PlacedRule, outer: PlacedRule, { questions, set }: Comparing): void {
  const limits = [placed, outer].map(({ rule }) => ("limit" in rule ? rule.limit : undefined));
  const [own, others] = limits;
  const both = own !== undefined && others !== undefined && own.meter === others.meter;
  const witness = questions.confirmed(holding(placed, questions), ({ matched }) =>
    [placed, outer].every(({ name }) => matched.includes(name)),
  );
  const detail = witness === undefined ? { set } : { set, witness };
  if (both && own.max !== others.max) {
    const message = `\`${outer.name}\` refuses beyond ${others.max} already, so ${own.max} is never passed`;
    const suggestion = "lower `max`, or remove one of the two";
    tell("limit_out_of_reach", placed, outer, message, { ...detail, suggestion });
    return;
  }
  const message = `\`${outer.name}\` has the same effect for all that this rule holds for`;
  tell("redundant", placed, outer, message, { ...detail, suggestion: "remove one of the two" });
}
