import { helps, meterUses } from "./event-use.ts";
import type { Help, MeterUse } from "./event-use.ts";
import { documentSpan, expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { ruleExpressions, variableOf } from "./rule-expressions.ts";

/** A reading of a Meter, and the Event it is read through. */
interface Reading {
  readonly use: MeterUse;
  readonly through: string | undefined;
}

/**
 * No grant rests on a high amount. A Meter is charged at begin, and gives nothing back when the
 * action fails or is only simulated, so a few failed actions would open what it guards; for that
 * there are Events at `success` (POLICY.md section 3, polarity). A low amount may grant.
 * `eventHelp` is what the occurrence of each Event does.
 */
export function checkMeters(
  eventHelp: ReadonlyMap<string, ReadonlySet<Help>>,
  set: PolicySet,
): void {
  const meters = new Map(set.bundle.meters.map((meter) => [meter.name, meter]));
  for (const { use, through } of [
    ...usesInRules(set),
    ...usesInEvents(eventHelp, set),
    ...usesInAmounts(set),
  ]) {
    const meter = meters.get(use.meter);
    if (meter === undefined) continue;
    const verb = use.direction === "unclear" ? "may help" : "helps";
    const chain = through === undefined ? "" : ` through \`${through}\``;
    const message = `\`${use.meter}\` is charged whether or not the action succeeds, but here a high amount ${verb} to grant${chain}`;
    const suggestion =
      "count an Event at `success` instead, or let only a low amount grant, with `<` or `<=`";
    const span = expressionSpan(use.expression, use.range, set);
    const declared = documentSpan(meter, ["metadata", "name"], set);
    const notes = [{ message: "the Meter", span: declared }];
    set.report.error("meter_polarity", message, span, { suggestion, notes });
  }
}

function granting({ direction }: MeterUse, whenUp: Help): boolean {
  return helps(direction, whenUp).includes("grants");
}

/** In conditions. A `limit` only narrows, and what is set is decided upon with the arguments. */
function usesInRules(set: PolicySet): Reading[] {
  return set.bundle.policies.flatMap((policy) =>
    policy.rules.flatMap((rule) =>
      ruleExpressions(rule).flatMap(({ use, expression }) => {
        if (use !== "when" || !isSound(expression, set)) return [];
        const help: Help = rule.effect === "allow" ? "grants" : "narrows";
        return meterUses(expression, (name) => variableOf(policy, name))
          .filter((read) => granting(read, help))
          .map((read) => ({ use: read, through: undefined }));
      }),
    ),
  );
}

function usesInEvents(
  eventHelp: ReadonlyMap<string, ReadonlySet<Help>>,
  set: PolicySet,
): Reading[] {
  return set.bundle.events.flatMap(({ name, when }) => {
    if (when === undefined || !isSound(when, set)) return [];
    const help = [...(eventHelp.get(name) ?? [])];
    return meterUses(when)
      .filter((read) => help.some((each) => granting(read, each)))
      .map((read) => ({ use: read, through: name }));
  });
}

/** An amount that grows narrows; one that shrinks leaves room. */
function usesInAmounts(set: PolicySet): Reading[] {
  return set.bundle.meters.flatMap(({ name, reserve, settle }) =>
    [reserve, settle].flatMap((expression) => {
      if (expression === undefined || !isSound(expression, set)) return [];
      return meterUses(expression)
        .filter((read) => granting(read, "narrows"))
        .map((read) => ({ use: read, through: name }));
    }),
  );
}
