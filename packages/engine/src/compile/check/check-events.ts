import type { Event } from "../../document/history.ts";
import { inDependencyOrder } from "./cycle.ts";
import type { Direction } from "./direction.ts";
import { eventUses, helps } from "./event-use.ts";
import type { EventUse, Help } from "./event-use.ts";
import { documentSpan, expressionSpan, isSound } from "./policy-set.ts";
import type { PolicySet } from "./policy-set.ts";
import { ruleExpressions, variableOf } from "./rule-expressions.ts";

interface Helping {
  readonly use: EventUse;
  readonly help: Help;
  readonly through: string | undefined;
}

/**
 * Events read each other without circles, and each is recorded at a moment that fits its use: a
 * grant may rest only on what really came about (`success`, `approved`), and what narrows must
 * count from the start (`begin`, `decision`), or be `polarity: accepted` (POLICY.md section 3).
 * Returns what the occurrence of each Event does, for what Events read themselves.
 */
export function checkEvents(set: PolicySet): ReadonlyMap<string, ReadonlySet<Help>> {
  const { events } = set.bundle;
  const byName = new Map(events.map((event) => [event.name, event]));
  const reads = new Map(events.map((event) => [event.name, usesIn(event, set)]));
  const graph = new Map([...reads].map(([name, uses]) => [name, uses.map(({ event }) => event)]));
  const { order, cycles } = inDependencyOrder(graph);
  for (const cycle of cycles) {
    const [first = ""] = cycle;
    const event = byName.get(first);
    if (event === undefined) continue;
    const circle = [...cycle, first].map((name) => `\`${name}\``).join(" reads ");
    const span = documentSpan(event, ["spec", "when"], set);
    set.report.error("event_cycle", `Events read each other in a circle: ${circle}`, span, {
      suggestion: "let one of them stand on its own: take `happened` out of its `when`",
    });
  }
  const helping = new Map<string, Helping[]>(events.map(({ name }) => [name, []]));
  for (const found of usesInRules(set)) helping.get(found.use.event)?.push(found);
  // Readers come after what they read, so going backwards every reader is complete.
  for (const name of cycles.length > 0 ? [] : order.toReversed()) {
    for (const use of reads.get(name) ?? []) {
      const kinds = new Set((helping.get(name) ?? []).map(({ help }) => help));
      for (const help of kinds) {
        const through = name;
        for (const each of helps(use.direction, help)) {
          helping.get(use.event)?.push({ use, help: each, through });
        }
      }
    }
  }
  for (const event of events) checkMoment(event, helping.get(event.name) ?? [], set);
  return new Map([...helping].map(([name, found]) => [name, new Set(found.map(helpOf))]));
}

function helpOf({ help }: Helping): Help {
  return help;
}

function usesIn(event: Event, set: PolicySet): EventUse[] {
  return event.when === undefined || !isSound(event.when, set) ? [] : eventUses(event.when);
}

function usesInRules(set: PolicySet): Helping[] {
  const found: Helping[] = [];
  const add = (use: EventUse, direction: Direction, help: Help): void => {
    for (const each of helps(direction, help)) found.push({ use, help: each, through: undefined });
  };
  for (const policy of set.bundle.policies) {
    const variables = (name: string) => variableOf(policy, name);
    for (const rule of policy.rules) {
      const help: Help = rule.effect === "allow" ? "grants" : "narrows";
      for (const { use, expression } of ruleExpressions(rule)) {
        if (!isSound(expression, set) || use === "reason" || use === "fallback") continue;
        // What is set can widen as well as narrow, whichever way the Event moves it.
        for (const read of eventUses(expression, variables)) {
          add(read, use === "set" ? "unclear" : read.direction, help);
        }
      }
    }
  }
  for (const { reserve, settle } of set.bundle.meters) {
    for (const expression of [reserve, settle]) {
      if (expression === undefined || !isSound(expression, set)) continue;
      // An amount that grows narrows; one that shrinks leaves room.
      for (const read of eventUses(expression)) add(read, read.direction, "narrows");
    }
  }
  return found;
}

const fitting: Readonly<Record<Help, readonly string[]>> = {
  grants: ["success", "approved"],
  narrows: ["begin", "decision"],
};

function checkMoment(event: Event, helping: readonly Helping[], set: PolicySet): void {
  if (event.polarityAccepted) return;
  const both = new Set(helping.map(({ help }) => help)).size > 1;
  for (const { use, help, through } of helping) {
    if (!both && fitting[help].includes(event.at)) continue;
    const span = expressionSpan(use.expression, use.range, set);
    const chain = through === undefined ? "" : ` through \`${through}\``;
    const effect = help === "grants" ? "helps to grant" : "narrows";
    const wanted = `\`${fitting[help].join("` or `")}\``;
    const message = both
      ? `\`${event.name}\` both grants and narrows, so no moment fits it; here it ${effect}${chain}`
      : `\`${event.name}\` is recorded at \`${event.at}\`, but here it ${effect}${chain}, which needs ${wanted}`;
    const suggestion = both
      ? "use two Events, one at success and one at begin, or set `polarity: accepted`"
      : `record it at \`${fitting[help][0] ?? ""}\`, or set \`polarity: accepted\` in the Event`;
    const notes = [
      { message: "where it is recorded", span: documentSpan(event, ["spec", "at"], set) },
    ];
    set.report.error("event_polarity", message, span, { suggestion, notes });
  }
}
