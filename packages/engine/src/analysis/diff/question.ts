import { canonicalJson } from "@holdfast/model";
import type { Rule } from "../../document/policy.ts";
import { all, any, not } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import { dropSources } from "../condition/surroundings.ts";
import type { PlacedRule, Side } from "../region/side.ts";

/** One way in which the sets may decide differently, and which rules would be why. */
export interface ChangeQuestion {
  /** what would be different, in words */
  readonly about: string;
  /** rules by name; of the old set, of the new set */
  readonly causes: { readonly old: readonly string[]; readonly new: readonly string[] };
  readonly must: readonly Formula[];
  readonly beside: readonly Formula[];
}

/** The rules that one side has and the other has not, by what they mean. */
export interface OwnRules {
  readonly old: readonly PlacedRule[];
  readonly new: readonly PlacedRule[];
}

/** The rules in which two sides differ. When anything else that all rules read differs, all do. */
function ownRules(old: Side, now: Side): OwnRules {
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

function refuses({ rule }: PlacedRule): boolean {
  return rule.effect === "deny" || rule.effect === "contain";
}

/** Where a rule alone denies: it refuses and holds, or it narrows and fails. */
function denies(placed: PlacedRule): Formula {
  if (placed.rule.effect === "allow") return any([]);
  return refuses(placed) ? any([placed.holds, placed.errs]) : placed.errs;
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

function grants({ rules }: Side): Formula {
  return any(rules.flatMap(({ rule, holds }) => (rule.effect === "allow" ? [holds] : [])));
}

/**
 * Every question whose answers together say what a change of policies does at a place: when all
 * are answered `none`, both sets decide everything there alike.
 */
export function changeQuestions(old: Side, now: Side, call: boolean): readonly ChangeQuestion[] {
  const own = ownRules(old, now);
  const rest =
    JSON.stringify([old.valid, old.conflict, old.uncommittable]) !==
    JSON.stringify([now.valid, now.conflict, now.uncommittable]);
  if (own.old.length + own.new.length === 0 && !rest) return [];
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
  const causes = (names: readonly string[], others: readonly string[]): ChangeQuestion["causes"] =>
    now === "allowed" ? { old: names, new: others } : { old: others, new: names };
  const questions: ChangeQuestion[] = [];
  for (const rule of ownFrom) {
    const hit = denies(rule);
    if (hit.kind === "false") continue;
    questions.push({ about, causes: causes([rule.name], []), must: [hit, ...must], beside });
  }
  if (call) {
    const ungranted = from.rules.flatMap(({ rule, holds }) =>
      rule.effect === "allow" ? [not(holds)] : [],
    );
    for (const rule of ownTo) {
      if (rule.rule.effect !== "allow") continue;
      questions.push({
        about,
        causes: causes([], [rule.name]),
        must: [rule.holds, ...must],
        beside: [...ungranted, ...beside],
      });
    }
  }
  const others = [not(from.valid), from.conflict, from.uncommittable];
  const sameValid = JSON.stringify(from.valid) === JSON.stringify(to.valid);
  const kept = sameValid ? others.slice(1) : others;
  const modifiers = ownFrom.filter(({ rule }) => rule.effect === "modify").map(({ name }) => name);
  const otherwise = any(kept);
  if (otherwise.kind !== "false") {
    questions.push({ about, causes: causes(modifiers, []), must: [otherwise, ...must], beside });
  }
  return questions;
}

/** One thing that rules ask for, and when some rule of a side asks for it. */
interface Demand {
  readonly key: string;
  readonly effect: Rule["effect"];
  readonly obligation: boolean;
}

/** What a rule that holds adds to a decision that lets something happen. */
function demandsOf({ rule, policy }: PlacedRule): readonly Demand[] {
  const obligations = rule.obligations.map((one): Demand => ({
    key: `obligation ${JSON.stringify(one)}`,
    effect: rule.effect,
    obligation: true,
  }));
  const content = demandText(rule, policy);
  return content === undefined
    ? obligations
    : [{ key: content, effect: rule.effect, obligation: false }, ...obligations];
}

function demandText(rule: Rule, policy: PlacedRule["policy"]): string | undefined {
  const limited = "limit" in rule && rule.limit !== undefined;
  const fallback = JSON.stringify(rule.fallback ?? null, dropSources);
  switch (rule.effect) {
    case "allow":
    case "deny":
      return undefined;
    case "contain":
      return undefined;
    case "modify":
      return `modify ${JSON.stringify([rule.modifications, policy.params, policy.variables], dropSources)}`;
    case "sandbox":
      return `sandbox ${rule.sandbox}`;
    case "throttle":
      return `throttle ${limited} ${fallback}`;
    case "defer":
      return `defer ${fallback}`;
    case "step_up":
      return `step_up ${limited} ${fallback} ${canonicalJson(rule.approval)}`;
  }
}

/** What both let happen, and not in the same way. */
function bothLet(old: Side, now: Side, own: OwnRules, call: boolean): readonly ChangeQuestion[] {
  const [was, is] = [lets(old, call), lets(now, call)];
  const must = [...was.must, ...is.must];
  const beside = [...was.beside, ...is.beside];
  const questions: ChangeQuestion[] = [];
  for (const [other, mine, first] of [
    [now, own.old, true],
    [old, own.new, false],
  ] as const) {
    const seen = new Set<string>();
    for (const rule of mine) {
      for (const demand of demandsOf(rule)) {
        const id = `${demand.key} ${demand.obligation ? demand.effect : ""} ${rule.name}`;
        if (seen.has(id)) continue;
        seen.add(id);
        questions.push({
          about: first ? `no longer: ${demand.key}` : `now also: ${demand.key}`,
          causes: first ? { old: [rule.name], new: [] } : { old: [], new: [rule.name] },
          must: [rule.holds, ...must, shows(demand, old, now)],
          beside: [not(wants(other, demand)), ...beside],
        });
      }
    }
  }
  return questions;
}

function wants({ rules }: Side, demand: Demand): Formula {
  return any(
    rules.flatMap((rule) =>
      demandsOf(rule).some(({ key }) => key === demand.key) ? [rule.holds] : [],
    ),
  );
}

function effectHolds({ rules }: Side, effect: Rule["effect"]): Formula {
  return any(rules.flatMap((each) => (each.rule.effect === effect ? [each.holds] : [])));
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

/** What both deny, for another kind of reason or with other consequences. */
function bothDeny(old: Side, now: Side, own: OwnRules, call: boolean): readonly ChangeQuestion[] {
  const [was, is] = [reasonsOf(old, call), reasonsOf(now, call)];
  const decided = [old.valid, now.valid, not(old.conflict), not(now.conflict)];
  const questions: ChangeQuestion[] = [];
  for (const [mine, first] of [
    [own.old, true],
    [own.new, false],
  ] as const) {
    for (const rule of mine) {
      const hit = denies(rule);
      if (hit.kind === "false" && rule.rule.effect !== "allow") continue;
      const differ = any(
        reasonNames.flatMap((one) =>
          reasonNames.flatMap((other) => (one === other ? [] : [all([was[one], is[other]])])),
        ),
      );
      const causes = first ? { old: [rule.name], new: [] } : { old: [], new: [rule.name] };
      const reach = rule.rule.effect === "allow" ? [] : [hit];
      if (reach.length > 0) {
        questions.push({
          about: "denied for another reason",
          causes,
          must: [...reach, ...decided, differ],
          beside: [],
        });
      }
      questions.push(...consequences(rule, first, { old, now, decided, was, is }));
    }
  }
  const others =
    JSON.stringify([old.valid, old.conflict]) !== JSON.stringify([now.valid, now.conflict]);
  if (others) {
    const denied = (side: Side, reasons: Reasons): Formula =>
      any([not(side.valid), side.conflict, ...reasonNames.map((name) => reasons[name])]);
    const differ = any([
      all([old.valid, not(now.valid)]),
      all([not(old.valid), now.valid]),
      all([old.conflict, not(now.conflict)]),
      all([not(old.conflict), now.conflict]),
    ]);
    questions.push({
      about: "denied for another reason",
      causes: { old: [], new: [] },
      must: [differ, denied(old, was), denied(now, is)],
      beside: [],
    });
  }
  return questions;
}

const reasonNames = ["contain", "rule", "limit", "error", "nothing"] as const;
type Reasons = Readonly<Record<(typeof reasonNames)[number], Formula>>;

/** When each kind of reason is the one that a denial of valid actions gives. */
function reasonsOf(side: Side, call: boolean): Reasons {
  const held = (wanted: (rule: Rule) => boolean): Formula =>
    any(side.rules.flatMap(({ rule, holds }) => (wanted(rule) ? [holds] : [])));
  const limited = (rule: Rule): boolean => "limit" in rule && rule.limit !== undefined;
  const contain = held((rule) => rule.effect === "contain");
  const plain = held((rule) => rule.effect === "deny" && !limited(rule));
  const limit = held((rule) => rule.effect === "deny" && limited(rule));
  const failing = any([
    side.uncommittable,
    ...side.rules.flatMap(({ rule, errs }) => (rule.effect === "allow" ? [] : [errs])),
  ]);
  return {
    contain,
    rule: all([plain, not(contain)]),
    limit: all([limit, not(plain), not(contain)]),
    error: all([failing, not(plain), not(limit), not(contain)]),
    nothing: call
      ? all([not(grants(side)), not(failing), not(plain), not(limit), not(contain)])
      : any([]),
  };
}

/** What a refusing rule brings with it: obligations, a restriction, another action instead. */
function consequences(
  placed: PlacedRule,
  first: boolean,
  {
    old,
    now,
    decided,
    was,
    is,
  }: {
    readonly old: Side;
    readonly now: Side;
    readonly decided: readonly Formula[];
    readonly was: Reasons;
    readonly is: Reasons;
  },
): readonly ChangeQuestion[] {
  if (!refuses(placed)) return [];
  const contents = contentsOf(placed.rule);
  const [other, mine, reasons] = first ? [now, was, is] : [old, is, was];
  const level = placed.rule.effect === "contain" ? mine.contain : not(mine.contain);
  return contents.map((content) => ({
    about: first ? `no longer: ${content}` : `now also: ${content}`,
    causes: first ? { old: [placed.name], new: [] } : { old: [], new: [placed.name] },
    must: [placed.holds, ...decided, level, any(reasonNames.map((name) => reasons[name]))],
    beside: [
      not(
        any(
          other.rules.flatMap((each) =>
            refuses(each) && contentsOf(each.rule).includes(content) ? [each.holds] : [],
          ),
        ),
      ),
    ],
  }));
}

function contentsOf(rule: Rule): readonly string[] {
  return [
    ...rule.obligations.map((one) => `obligation ${rule.effect} ${JSON.stringify(one)}`),
    ...(rule.effect === "contain"
      ? [...rule.restrict.map((kind) => `restrict ${kind}`), `for ${rule.ttlMs ?? "good"}`]
      : []),
    ...(rule.fallback === undefined
      ? []
      : [`instead ${JSON.stringify(rule.fallback, dropSources)}`]),
  ];
}
