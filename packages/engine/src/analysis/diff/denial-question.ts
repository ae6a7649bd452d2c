import { all, any, not } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import type { Rule } from "../../document/policy.ts";
import type { PlacedRule, Side } from "../region/side.ts";
import { lessNarrow, narrower } from "./change-question.ts";
import type { ChangeQuestion, OwnRules } from "./change-question.ts";
import { fallbackWords } from "./demand.ts";
import type { ChangeKind } from "./signature.ts";
import { denies, grants, obligationWords, sameText } from "./side-formula.ts";

const deniedOtherwise: readonly ChangeKind[] = ["consequences", "reason"];

/** What both deny, for another kind of reason or with other consequences. */
export function bothDeny(
  old: Side,
  now: Side,
  own: OwnRules,
  call: boolean,
): readonly ChangeQuestion[] {
  const [was, is] = [reasonsOf(old, call), reasonsOf(now, call)];
  const decided = [old.valid, now.valid, not(old.conflict), not(now.conflict)];
  const differ = any(
    reasonNames.flatMap((one) =>
      // Where only one contains, the restriction that it installs is asked about.
      reasonNames.flatMap((other) =>
        one === other || one === "contain" || other === "contain"
          ? []
          : [all([was[one], is[other]])],
      ),
    ),
  );
  const about = otherReason;
  const expects = deniedOtherwise;
  const questions: ChangeQuestion[] = [];
  for (const [mine, first] of [
    [own.old, true],
    [own.new, false],
  ] as const) {
    for (const rule of mine) {
      const beyonds = any([was.beyond, is.beyond]);
      // A grant makes no denial, but for want of a sandbox that covers what is granted.
      const hit = rule.rule.effect === "allow" ? all([rule.holds, beyonds]) : denies(rule);
      if (hit.kind === "false") continue;
      const causes = first ? { old: [rule.name], new: [] } : { old: [], new: [rule.name] };
      questions.push({ about, expects, causes, must: [hit, ...decided, differ], beside: [] });
      const [side, other, reasons] = first ? [old, now, is] : [now, old, was];
      const mineReasons = first ? was : is;
      const denied = any(reasonNames.map((name) => reasons[name]));
      const neither = all([not(was.contain), not(is.contain)]);
      for (const content of contentsOf(rule.rule)) {
        const shown = shownBy(rule, content, side, mineReasons.beyond);
        const asked = {
          about: first ? `no longer: ${content}` : `now also: ${content}`,
          causes,
          beside: [
            not(any(other.rules.map((each) => shownBy(each, content, other, reasons.beyond)))),
          ],
        };
        const must = [shown, ...decided, denied];
        // Where one set contains, the effect is another too.
        questions.push({ ...asked, expects: deniedOtherwise, must: [...must, neither] });
        if (rule.rule.effect !== "contain") continue;
        const wider = first ? lessNarrow : narrower;
        const held = [rule.holds, ...must];
        questions.push({ ...asked, expects: wider, must: [...held, not(reasons.contain)] });
        questions.push({ ...asked, expects: deniedOtherwise, must: [...held, reasons.contain] });
      }
    }
  }
  if (!sameText(old.uncommittable, now.uncommittable)) {
    questions.push({ about, expects, causes: noCauses, must: [...decided, differ], beside: [] });
  }
  return [...questions, ...setAside(old, now, was, is)];
}

/** What only one side denies before rules are judged, and both deny. */
function setAside(old: Side, now: Side, was: Reasons, is: Reasons): readonly ChangeQuestion[] {
  if (sameText([old.valid, old.conflict], [now.valid, now.conflict])) return [];
  const denied = (side: Side, reasons: Reasons): Formula =>
    any([not(side.valid), side.conflict, ...reasonNames.map((name) => reasons[name])]);
  const apart = any([
    all([old.valid, not(now.valid)]),
    all([not(old.valid), now.valid]),
    all([old.conflict, not(now.conflict)]),
    all([not(old.conflict), now.conflict]),
  ]);
  const [first, second] = [containing(old, was), containing(now, is)];
  const alike = any([all([first, second]), all([not(first), not(second)])]);
  const kinds = [
    [deniedOtherwise, alike],
    [lessNarrow, all([first, not(second)])],
    [narrower, all([not(first), second])],
  ] as const;
  return kinds.map(([expects, contained]) => ({
    about: otherReason,
    expects,
    causes: noCauses,
    must: [apart, denied(old, was), denied(now, is), contained],
    beside: [],
  }));
}

/** When a side decides by a rule that contains. */
function containing(side: Side, reasons: Reasons): Formula {
  return all([side.valid, not(side.conflict), reasons.contain]);
}

const otherReason = "denied for another reason";
const noCauses: ChangeQuestion["causes"] = { old: [], new: [] };

const reasonNames = ["contain", "rule", "limit", "error", "nothing", "beyond"] as const;
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
  const granted = call ? grants(side) : all([]);
  const clear = all([not(failing), not(plain), not(limit), not(contain)]);
  return {
    contain,
    rule: all([plain, not(contain)]),
    limit: all([limit, not(plain), not(contain)]),
    error: all([failing, not(plain), not(limit), not(contain)]),
    nothing: all([clear, not(granted)]),
    beyond: all([clear, granted, any(side.rules.map(({ beyond }) => beyond))]),
  };
}

/**
 * When a denial shows what a rule brings: one that contains shows what its rules bring, any other
 * what those that deny or fail do; what fails brings no restriction and no other action.
 */
function shownBy(placed: PlacedRule, content: string, side: Side, beyond: Formula): Formula {
  const { rule, holds, errs } = placed;
  if (rule.effect === "allow" || !contentsOf(rule).includes(content)) return any([]);
  const contained = any(
    side.rules.flatMap((each) => (each.rule.effect === "contain" ? [each.holds] : [])),
  );
  const failing = content.startsWith(obligationStart) ? errs : any([]);
  if (rule.effect === "contain") return any([holds, all([not(contained), failing])]);
  const asked = content.startsWith(obligationStart) ? all([beyond, placed.beyond]) : any([]);
  const hit = rule.effect === "deny" ? any([holds, failing]) : any([failing, asked]);
  return all([not(contained), hit]);
}

const obligationStart = "on denial: ";

function contentsOf(rule: Rule): readonly string[] {
  return [
    ...rule.obligations.map((one) => `${obligationStart}${obligationWords(one)}`),
    ...(rule.effect === "contain"
      ? [...rule.restrict.map((kind) => `restrict ${kind}`), `for ${rule.ttlMs ?? "good"}`]
      : []),
    ...(rule.fallback === undefined ? [] : [fallbackWords(rule.fallback)]),
  ];
}
