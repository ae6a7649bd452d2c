import type { Rule } from "../../document/policy.ts";
import { all, any, not } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import type { PlacedRule, Side } from "../region/side.ts";
import { lessNarrow, narrower } from "./change-question.ts";
import type { ChangeQuestion, OwnRules } from "./change-question.ts";
import { fallbackWords } from "./demand.ts";
import { effectHolds, obligationWords } from "./side-formula.ts";

/** Something that a decision of one side shows, and what hides it from the other's. */
interface Hidden {
  readonly words: string;
  readonly must: readonly Formula[];
  readonly beside: readonly Formula[];
}

/**
 * What both sets ask for and only one of them shows: a narrower effect, a sandbox of lower rank, a
 * shorter approval or a rule without a limit stands before it, though the rule that asks for it
 * has not moved. `lets`: what must be so for both to let the action happen.
 */
export function hiddenQuestions(
  old: Side,
  now: Side,
  own: OwnRules,
  lets: Pick<ChangeQuestion, "must" | "beside">,
): readonly ChangeQuestion[] {
  const directions = [
    { side: old, other: now, showing: own.old, hiding: own.new, first: true },
    { side: now, other: old, showing: own.new, hiding: own.old, first: false },
  ] as const;
  return directions.flatMap(({ side, other, showing, hiding, first }) => {
    const ask =
      (rule: PlacedRule, ofOld: boolean) =>
      (hidden: Hidden): ChangeQuestion => ({
        about: first ? `no longer: ${hidden.words}` : `now also: ${hidden.words}`,
        expects: first ? lessNarrow : narrower,
        causes: ofOld ? { old: [rule.name], new: [] } : { old: [], new: [rule.name] },
        must: [rule.holds, ...hidden.must, ...lets.must],
        beside: [...hidden.beside, ...lets.beside],
      });
    const shown = showing.flatMap((rule) => waitingFor(rule, side, other).map(ask(rule, first)));
    return shown.concat(
      hiding.flatMap((rule) => hiddenBy(rule, side, other).map(ask(rule, !first))),
    );
  });
}

/** Obligations of a rule that makes an action wait, where the other side waits without them. */
function waitingFor({ rule }: PlacedRule, side: Side, other: Side): readonly Hidden[] {
  if (rule.effect !== "throttle" && rule.effect !== "defer") return [];
  const deciding = rule.effect === "defer" ? [] : [not(effectHolds(side, "defer"))];
  return obligationsIn([rule]).map((words) => ({
    words,
    must: [...deciding, bothWait(side, other)],
    beside: [not(waitsWith(other, words))],
  }));
}

/** What one rule of the other side hides, by its effect. */
function hiddenBy({ rule }: PlacedRule, side: Side, other: Side): readonly Hidden[] {
  switch (rule.effect) {
    case "defer":
      return [...behindDefer(side, other), ...otherFallbacks(rule, side, other)];
    case "throttle":
      return [...withoutLimit(rule, side, other), ...otherFallbacks(rule, side, other)];
    case "step_up":
      return [
        ...withoutLimit(rule, side, other),
        ...otherFallbacks(rule, side, other),
        ...longerApproval(rule, side),
      ];
    case "sandbox":
      return outrankedBy(rule, side, other);
    case "allow":
    case "modify":
    case "deny":
    case "contain":
      return [];
  }
}

/** Obligations and the fallback of a throttle, once something defers. */
function behindDefer(side: Side, other: Side): readonly Hidden[] {
  const throttles = rulesOf(side, "throttle");
  const throttled = [not(effectHolds(side, "defer")), bothWait(side, other)];
  return [
    ...obligationsIn(throttles.map(({ rule }) => rule)).map((words) => ({
      words,
      must: [...throttled, holdsOf(throttles, (rule) => obligationsIn([rule]).includes(words))],
      beside: [not(waitsWith(other, words))],
    })),
    ...fallbacksIn(throttles).map((words) => ({
      words,
      must: [...throttled, showsFallback(side, "throttle", words)],
      beside: [not(showsFallback(other, "defer", words))],
    })),
  ];
}

/** A fallback that is none once another rule of the same effect names another one. */
function otherFallbacks({ effect, fallback }: Rule, side: Side, other: Side): readonly Hidden[] {
  if (fallback === undefined) return [];
  const mine = fallbackWords(fallback);
  return fallbacksIn(rulesOf(side, effect))
    .filter((words) => words !== mine)
    .map((words) => ({
      words,
      must: [showsFallback(side, effect, words), ...decides(effect, side, other)],
      beside: [],
    }));
}

/** That a limit alone is why, once a rule without one is why too. */
function withoutLimit(rule: Rule, side: Side, other: Side): readonly Hidden[] {
  const limited = (one: Rule): boolean => "limit" in one && one.limit !== undefined;
  const { effect } = rule;
  const rules = rulesOf(side, effect);
  if (limited(rule) || !rules.some((one) => limited(one.rule))) return [];
  const must = [holdsOf(rules, limited), ...decides(effect, side, other)];
  const beside = [not(holdsOf(rules, (one) => !limited(one)))];
  return [{ words: `${effect} for a limit alone`, must, beside }];
}

/** Where rules of an effect that makes an action wait decide on both sides. */
function decides(effect: Rule["effect"], side: Side, other: Side): readonly Formula[] {
  if (effect === "step_up") return [effectHolds(side, effect)];
  const agree = bothOrNeitherAsk(side, other);
  if (effect === "defer") return [effectHolds(side, effect), agree];
  const deferred = [side, other].map((one) => not(effectHolds(one, "defer")));
  return [effectHolds(side, effect), agree, ...deferred];
}

/** Approvals all wait as long as the shortest of them. */
function longerApproval(
  { approval }: Extract<Rule, { readonly effect: "step_up" }>,
  side: Side,
): readonly Hidden[] {
  const rules = rulesOf(side, "step_up");
  const longer = ({ rule }: PlacedRule): boolean =>
    rule.effect === "step_up" && rule.approval.ttlMs > approval.ttlMs;
  const must = [any(rules.filter(longer).map(({ holds }) => holds))];
  const shorter = rules.filter((each) => !longer(each)).map(({ holds }) => not(holds));
  return [{ words: "approval with more time", must, beside: shorter }];
}

/** Sandboxes that are not run in once one of lower rank is asked for. */
function outrankedBy(
  { sandbox }: Extract<Rule, { readonly effect: "sandbox" }>,
  side: Side,
  other: Side,
): readonly Hidden[] {
  const names = [...new Set(rulesOf(side, "sandbox").flatMap(({ rule }) => sandboxOf(rule)))];
  return names
    .filter((name) => isBefore(other, sandbox, name))
    .map((name) => ({
      words: `sandbox ${name}`,
      must: [
        holdsOf(side.rules, (rule) => sandboxOf(rule).includes(name)),
        runs(side),
        runs(other),
      ],
      beside: [not(outranked(side, name))],
    }));
}

/** When a sandbox of lower rank is asked for, which is run in instead. */
export function outranked(side: Side, sandbox: string): Formula {
  return holdsOf(side.rules, (rule) =>
    sandboxOf(rule).some((name) => isBefore(side, name, sandbox)),
  );
}

function sandboxOf(rule: Rule): readonly string[] {
  return rule.effect === "sandbox" ? [rule.sandbox] : [];
}

/** Whether one sandbox is run in where both are asked for: of equal ranks, the first by name. */
function isBefore({ bundle }: Side, one: string, other: string): boolean {
  const rankOf = (wanted: string): number =>
    bundle.sandboxes.find(({ name }) => name === wanted)?.rank ?? -1;
  const apart = rankOf(one) - rankOf(other);
  return apart === 0 ? one < other : apart < 0;
}

/** When something runs, or does once people approve. */
function runs(side: Side): Formula {
  return any([effectHolds(side, "step_up"), not(waits(side))]);
}

function waits(side: Side): Formula {
  return any([effectHolds(side, "throttle"), effectHolds(side, "defer")]);
}

/** When both make an action wait, before or after people approve. */
function bothWait(side: Side, other: Side): Formula {
  return all([waits(side), waits(other), bothOrNeitherAsk(side, other)]);
}

function bothOrNeitherAsk(side: Side, other: Side): Formula {
  const [one, two] = [effectHolds(side, "step_up"), effectHolds(other, "step_up")];
  return any([all([one, two]), all([not(one), not(two)])]);
}

/** When the effect that makes an action wait brings an obligation. */
function waitsWith(side: Side, words: string): Formula {
  const bringing = (effect: Rule["effect"]): Formula =>
    holdsOf(rulesOf(side, effect), (rule) => obligationsIn([rule]).includes(words));
  const throttled = all([not(effectHolds(side, "defer")), bringing("throttle")]);
  return any([bringing("defer"), throttled]);
}

/** When one fallback, and no other, is that of the rules of an effect. */
function showsFallback(side: Side, effect: Rule["effect"], words: string): Formula {
  const rules = rulesOf(side, effect);
  const named = (rule: Rule): string | undefined =>
    rule.fallback === undefined ? undefined : fallbackWords(rule.fallback);
  return all([
    holdsOf(rules, (rule) => named(rule) === words),
    not(holdsOf(rules, (rule) => named(rule) !== undefined && named(rule) !== words)),
  ]);
}

function rulesOf({ rules }: Side, effect: Rule["effect"]): readonly PlacedRule[] {
  return rules.filter(({ rule }) => rule.effect === effect);
}

function holdsOf(rules: readonly PlacedRule[], wanted: (rule: Rule) => boolean): Formula {
  return any(rules.flatMap(({ rule, holds }) => (wanted(rule) ? [holds] : [])));
}

function obligationsIn(rules: readonly Rule[]): readonly string[] {
  return [...new Set(rules.flatMap(({ obligations }) => obligations.map(obligationWords)))];
}

function fallbacksIn(rules: readonly PlacedRule[]): readonly string[] {
  const found = rules.flatMap(({ rule: { fallback } }) =>
    fallback === undefined ? [] : [fallbackWords(fallback)],
  );
  return [...new Set(found)];
}
