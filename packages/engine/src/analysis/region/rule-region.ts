import type { Meter } from "../../document/history.ts";
import type { Policy, Rule } from "../../document/policy.ts";
import { above, leastBeyond, numbersAbove, numbersBetween } from "../domain/number-set.ts";
import {
  falseSet,
  numberSet,
  numbersIn,
  otherValues,
  setOf,
  trueSet,
} from "../domain/value-set.ts";
import { all, always, any, atom, not } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import type { SlotTable } from "../formula/slot.ts";
import { keyPresent, meterTerm } from "../condition/history.ts";
import { inlined } from "../condition/inline.ts";
import { opaqueCondition, opaqueText } from "../condition/opaque.ts";
import type { Surroundings } from "../condition/surroundings.ts";
import { scalarOf, test } from "../condition/term.ts";
import type { Term } from "../condition/term.ts";
import { termOf } from "../condition/term-of.ts";
import { conjunction, errs, isError, isTrue, where } from "../condition/three-way.ts";
import type { ThreeWay } from "../condition/three-way.ts";
import { translate } from "../condition/translate.ts";
import { matchRegion } from "./match-region.ts";
import type { Stance } from "./match-region.ts";

/** Where a rule covers an action, where it holds, and where its condition is an error. */
export interface RuleRegion {
  /** its `match` covers the action */
  readonly covers: Formula;
  readonly holds: Formula;
  readonly errs: Formula;
}

function stanceOf(rule: Rule): Stance {
  return rule.effect === "allow"
    ? "granting"
    : rule.effect === "modify"
      ? "modifying"
      : "narrowing";
}

/** The region of one rule in its surroundings, with one agent judged. */
export function judgedRegion(policy: Policy, rule: Rule, surroundings: Surroundings): RuleRegion {
  const covers = matchRegion(policy.match, surroundings, stanceOf(rule));
  if (covers.kind === "false") return { covers, holds: covers, errs: covers };
  const limit = "limit" in rule ? rule.limit : undefined;
  const whole = conjunction([
    conditionRegion(policy, rule, surroundings),
    limit === undefined ? isTrue : exceedsRegion(limit, surroundings),
  ]);
  return { covers, holds: all([covers, whole.holds]), errs: all([covers, errs(whole)]) };
}

/** `when`; absent means true. */
export function conditionRegion(policy: Policy, rule: Rule, surroundings: Surroundings): ThreeWay {
  if (rule.when === undefined) return isTrue;
  const expr = inlined(rule.when.ast, policy);
  if (expr !== undefined) return translate(expr, surroundings);
  const { params, variables } = policy;
  const around = JSON.stringify([
    params,
    variables.map(({ name, expression }) => [name, expression.text]),
  ]);
  const named = { ...surroundings, identity: `${surroundings.identity} ${around}` };
  return opaqueCondition(rule.when.ast, named);
}

/** `limit: {meter, max}`: current + this action's amount > max. */
function exceedsRegion(
  { meter: name, max }: { readonly meter: string; readonly max: number },
  surroundings: Surroundings,
): ThreeWay {
  const meter = surroundings.bundle.meters.find((each) => each.name === name);
  if (meter === undefined) return isError;
  const current = meterTerm(meter, surroundings);
  const charged = surroundings.place.phase === "result";
  const covered = charged ? any([]) : matchRegion(meter.match, surroundings, "narrowing");
  const { amount, sound } = amountOf(meter, surroundings);
  const beyond = (by: Term): ThreeWay => exceeds(current, by, max, { meter, surroundings });
  const nothing: Term = { kind: "constant", data: { type: "int", value: 0n } };
  const free = where(not(covered), beyond(nothing));
  const paid = where(all([covered, sound]), beyond(amount));
  return {
    holds: any([free.holds, paid.holds]),
    fails: any([free.fails, paid.fails]),
  };
}

/** What an action that a Meter covers would charge, and where that can be charged at all. */
function amountOf(
  meter: Meter,
  surroundings: Surroundings,
): { readonly amount: Term; readonly sound: Formula } {
  if (meter.reserve === undefined) {
    return { amount: { kind: "constant", data: { type: "int", value: 1n } }, sound: always };
  }
  const amount = termOf(meter.reserve.ast, surroundings);
  const chargeable = numbersIn(numbersAbove(0, true));
  // WHY `absent` too: what a rule has taken away is an error to read, and no amount.
  if (amount.kind === "slot" || amount.kind === "constant" || amount.kind === "absent") {
    return { amount, sound: test(amount, chargeable) };
  }
  const sound = opaqueText(`${meter.reserve.text} can be charged`, surroundings).holds;
  return { amount, sound };
}

/** `current + amount > max` for numbers of at least 0. */
function exceeds(
  current: Term,
  amount: Term,
  max: number,
  { meter, surroundings }: { readonly meter: Meter; readonly surroundings: Surroundings },
): ThreeWay {
  const constant = amount.kind === "constant" ? scalarOf(amount.data) : undefined;
  if (typeof constant === "number") {
    const least = leastBeyond(constant, max);
    const over = numbersIn(numbersAbove(least, true));
    const set = least === 0 ? numberSet : over;
    return { holds: test(current, set), fails: test(current, rest(set)) };
  }
  const over = numbersIn(numbersAbove(max, false));
  const { table } = surroundings;
  const sum = sumBeyond(current, amount, max, table);
  if (amount.kind !== "slot" || sum === undefined) {
    const text = `${meter.name} and ${meter.reserve?.text ?? "1"} exceed ${max}`;
    const open = opaqueText(text, surroundings);
    return {
      holds: any([test(current, over), all([test(current, rest(over)), open.holds])]),
      fails: all([test(current, rest(over)), open.fails]),
    };
  }
  const between = numbersIn(numbersBetween(above(0), max));
  const nothing = numbersIn(numbersBetween(0, 0));
  return {
    holds: any([
      test(current, over),
      all([test(current, numberSet), test(amount, over)]),
      all([test(current, between), test(amount, rest(over)), sum.holds]),
    ]),
    fails: all([
      test(amount, rest(over)),
      any([
        all([test(current, nothing), test(current, rest(over))]),
        all([test(current, between), sum.fails]),
      ]),
    ]),
  };
}

/** Whether the numbers at two slots add up to more than `max`; `undefined` for other terms. */
function sumBeyond(
  current: Term,
  amount: Term,
  max: number,
  table: SlotTable,
): ThreeWay | undefined {
  if (current.kind !== "slot" || amount.kind !== "slot" || "otherwise" in amount) return undefined;
  const slot = table.declare({
    name: `sum ${current.slot} ${amount.slot} > ${max}`,
    meaning: { kind: "sum", one: current.slot, other: amount.slot, beyond: max },
    universe: setOf({ true: true, false: true }),
  });
  return { holds: atom(slot, trueSet), fails: atom(slot, falseSet) };
}

function rest(set: ReturnType<typeof numbersIn>): ReturnType<typeof numbersIn> {
  const others = otherValues(set);
  return numbersIn(others.numbers);
}

/** When `begin` could not charge a Meter or could not note an Event, which denies. */
export function uncommittable(
  surroundings: Surroundings,
  historyRead: ReadonlySet<string>,
): Formula {
  if (surroundings.place.phase !== "call") return any([]);
  const { meters, events } = surroundings.bundle;
  const parts: Formula[] = [];
  for (const meter of meters) {
    const covered = matchRegion(meter.match, surroundings, "narrowing");
    if (covered.kind === "false") continue;
    const { sound } = amountOf(meter, surroundings);
    const keyed = historyRead.has(meter.name) ? keyPresent(meter, surroundings) : always;
    parts.push(all([covered, not(all([sound, keyed]))]));
  }
  for (const event of events) {
    if (event.at !== "begin" && event.at !== "decision") continue;
    if (!historyRead.has(event.name)) continue;
    const covered = matchRegion(event.match, surroundings, "narrowing");
    const occurs = event.when === undefined ? isTrue : translate(event.when.ast, surroundings);
    parts.push(all([covered, not(occurs.fails), not(keyPresent(event, surroundings))]));
  }
  return any(parts);
}
