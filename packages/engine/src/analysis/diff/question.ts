import type { Rule } from "../../document/policy.ts";
import { all, any, not } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import type { PlacedRule, Side } from "../region/side.ts";
import { lessNarrow, narrower } from "./change-question.ts";
import type { ChangeQuestion, OwnRules } from "./change-question.ts";
import { demandsOf } from "./demand.ts";
import type { Demand } from "./demand.ts";
import { bothDeny } from "./denial-question.ts";
import { hiddenQuestions, outranked } from "./hidden-question.ts";
import type { ChangeKind } from "./signature.ts";
import { denies, effectHolds, grants, sameBefore, sameText } from "./side-formula.ts";

/** The rules in which two sides differ. When anything else that all rules read differs, all do. */
export function ownRules(old: Side, now: Side): OwnRules {
  if (old.identity !== now.identity) return { old: old.rules, new: now.rules };
  return { old: without(old.rules, now.rules), new: without(now.rules, old.rules) };
}

function without(
  rules: readonly PlacedRule[],
  others: readonly PlacedRule[],
): readonly PlacedRule[] {
  const meanings = new Set(others.map(({ meaning }) => meaning));
  return rules.filter(({ meaning }) => !meanings.has(meaning));
}

/** What must be so for a side to let something happen, one formula for each thing that could deny. */
function lets(
  side: Side,
  call: boolean,
): { readonly must: readonly Formula[]; readonly beside: readonly Formula[] } {
  return {
    must: [side.valid, ...(call ? [grants(side)] : [])],
    beside: [
      not(side.conflict),
      not(side.uncommittable),
      ...side.rules.map((rule) => not(denies(rule))),
    ],
  };
}

/**
 * Every question whose answers together say what a change of policies does at a place: when all
 * are answered `none`, both sets decide everything there alike. `denialsOnly`: those about what both deny.
 */
export function changeQuestions(
  old: Side,
  now: Side,
  { call, denialsOnly }: { readonly call: boolean; readonly denialsOnly: boolean },
): readonly ChangeQuestion[] {
  const own = ownRules(old, now);
  if (own.old.length + own.new.length === 0 && sameBefore(old, now)) return [];
  if (denialsOnly) return bothDeny(old, now, own, call);
  return [
    ...crossing({ from: old, to: now }, own.old, own.new, call, "allowed"),
    ...crossing({ from: now, to: old }, own.new, own.old, call, "denied"),
    ...bothLet(old, now, own, call),
    ...bothDeny(old, now, own, call),
  ];
}

/** What `from` denies and `to` lets happen. */
function crossing(
  { from, to }: { readonly from: Side; readonly to: Side },
  ownFrom: readonly PlacedRule[],
  ownTo: readonly PlacedRule[],
  call: boolean,
  now: "allowed" | "denied",
): readonly ChangeQuestion[] {
  const { must, beside } = lets(to, call);
  const about = `newly ${now}`;
  const expects: readonly ChangeKind[] = [`newly_${now}`];
  const causes = (names: readonly string[], others: readonly string[]): ChangeQuestion["causes"] =>
    now === "allowed" ? { old: names, new: others } : { old: others, new: names };
  const questions: ChangeQuestion[] = [];
  for (const rule of ownFrom) {
    const hit = denies(rule);
    if (hit.kind === "false") continue;
    questions.push({
      about,
      expects,
      causes: causes([rule.name], []),
      must: [hit, ...must],
      beside,
    });
  }
  if (call) {
    const ungranted = from.rules.flatMap(({ rule, holds }) =>
      rule.effect === "allow" ? [not(holds)] : [],
    );
    for (const rule of ownTo) {
      if (rule.rule.effect !== "allow") continue;
      questions.push({
        about,
        expects,
        causes: causes([], [rule.name]),
        must: [rule.holds, ...must],
        beside: [...ungranted, ...beside],
      });
    }
  }
  const others = [not(from.valid), from.conflict, from.uncommittable];
  const sameValid = sameText(from.valid, to.valid);
  const kept = sameValid ? others.slice(1) : others;
  const modifiers = ownFrom.filter(({ rule }) => rule.effect === "modify").map(({ name }) => name);
  const otherwise = any(kept);
  if (otherwise.kind !== "false") {
    questions.push({
      about,
      expects,
      causes: causes(modifiers, []),
      must: [otherwise, ...must],
      beside,
    });
  }
  return questions;
}

/** What both let happen, and not in the same way. */
function bothLet(old: Side, now: Side, own: OwnRules, call: boolean): readonly ChangeQuestion[] {
  const [was, is] = [lets(old, call), lets(now, call)];
  const must = [...was.must, ...is.must];
  const beside = [...was.beside, ...is.beside];
  const questions: ChangeQuestion[] = [];
  for (const { side, other, mine, first } of [
    { side: old, other: now, mine: own.old, first: true },
    { side: now, other: old, mine: own.new, first: false },
  ]) {
    const seen = new Set<string>();
    for (const rule of mine) {
      for (const demand of demandsOf(rule)) {
        const id = `${demand.key} ${demand.obligation ? demand.effect : ""} ${rule.name}`;
        if (seen.has(id)) continue;
        seen.add(id);
        const question: ChangeQuestion = {
          about: first ? `no longer: ${demand.words}` : `now also: ${demand.words}`,
          expects: first ? lessNarrow : narrower,
          causes: first ? { old: [rule.name], new: [] } : { old: [], new: [rule.name] },
          must: [rule.holds, ...must, shows(demand, old, now)],
          beside: [not(wants(other, demand, first)), ...before(rule, demand, side), ...beside],
        };
        questions.push(question);
        // Other arguments run: that it does so is asked beside that it does no more.
        if (rule.rule.effect === "modify" && !demand.obligation) {
          const altered = [...question.must, rule.alters];
          questions.push({ ...question, expects: ["changed"], must: altered });
        }
      }
    }
  }
  return [...questions, ...hiddenQuestions(old, now, own, { must, beside })];
}

/** What must not stand before a demand in a decision of its own side. */
function before({ rule }: PlacedRule, demand: Demand, side: Side): readonly Formula[] {
  const sandboxed = rule.effect === "sandbox" && !demand.obligation;
  return sandboxed ? [not(outranked(side, rule.sandbox))] : [];
}

/** When a side asks for the same; with `whole`, what is waited for longer is asked for less. */
function wants({ rules }: Side, demand: Demand, whole: boolean): Formula {
  const asked = ({ key, timeoutMs = 0 }: Demand): boolean =>
    key === demand.key && (!whole || timeoutMs <= (demand.timeoutMs ?? 0));
  return any(rules.flatMap((rule) => (demandsOf(rule).some(asked) ? [rule.holds] : [])));
}

/** When a demand shows in the decision: it is not hidden below a narrower effect on both sides. */
function shows(demand: Demand, old: Side, now: Side): Formula {
  const neither = (effect: Rule["effect"]): Formula =>
    all([not(effectHolds(old, effect)), not(effectHolds(now, effect))]);
  const both = all([effectHolds(old, "step_up"), effectHolds(now, "step_up")]);
  switch (demand.effect) {
    case "step_up":
    case "defer":
      return all([]);
    case "throttle":
      return neither("defer");
    case "allow":
    case "modify":
    case "sandbox":
    case "deny":
    case "contain":
      return any([both, all([neither("defer"), neither("throttle")])]);
  }
}
