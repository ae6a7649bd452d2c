import { changeBetween } from "@holdfast/engine";
import type { ChangeKind } from "@holdfast/engine";
import type { Decision } from "@holdfast/model";
import type { ComparedDecision } from "@holdfast/runtime";

/** A decision of the log that stands for others like it. */
export interface ReplayExample {
  /** index of the record */
  readonly sequence: number;
  /** Unix ms */
  readonly timeMs: number;
  readonly agent: string;
  /** `server.name` */
  readonly tool: string;
}

/** What was and would be decided, as far as it is told. */
type Told = Pick<Decision, "effect" | "code" | "rules">;

/** Decisions that change in one way, by the same rules. */
export interface ChangeGroup {
  readonly change: ChangeKind;
  readonly phase: "call" | "result";
  readonly before: Told;
  readonly after: Told;
  readonly count: number;
  /** of calls that are newly denied: those that had succeeded */
  readonly succeeded: number;
  readonly examples: readonly ReplayExample[];
}

const examplesShown = 3;

type Counted = { -readonly [K in keyof ChangeGroup]: ChangeGroup[K] } & {
  examples: ReplayExample[];
};

/** Counts how decisions change, group by group; holds no decision but the examples. */
export class ChangeCount {
  decisions = 0;
  changed = 0;
  readonly #groups = new Map<string, Counted>();
  /** groups of calls that would not have run, by the index of their record */
  readonly #denied = new Map<number, Counted>();

  add(compared: ComparedDecision): void {
    this.decisions += 1;
    const { entry, before, after } = compared;
    if (entry.kind === "outcome" && entry.record.status === "success") {
      const denied = this.#denied.get(entry.record.decision);
      if (denied !== undefined) denied.succeeded += 1;
    }
    const change = changeBetween(judged(before), judged(after));
    if (change === undefined) return;
    this.changed += 1;
    const group = this.#groupOf(change, compared);
    group.count += 1;
    if (change === "newly_denied" && compared.phase === "call") {
      this.#denied.set(compared.sequence, group);
    }
    if (group.examples.length >= examplesShown) return;
    const { sequence, timeMs, agent, tool } = compared;
    group.examples.push({ sequence, timeMs, agent, tool: `${tool.server}.${tool.name}` });
  }

  /** The most frequent first. */
  get groups(): readonly ChangeGroup[] {
    return [...this.#groups.values()].toSorted((a, b) => b.count - a.count);
  }

  #groupOf(change: ChangeKind, { phase, before, after }: ComparedDecision): Counted {
    const key = JSON.stringify([change, phase, told(before), told(after)]);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    const group: Counted = {
      change,
      phase,
      before: told(before),
      after: told(after),
      count: 0,
      succeeded: 0,
      examples: [],
    };
    this.#groups.set(key, group);
    return group;
  }
}

/** A decision for comparing; what an approval would change of it is not in a log. */
export function judged(decision: Decision): Parameters<typeof changeBetween>[0] {
  return { decision, approved: decision };
}

function told({ effect, code, rules }: Decision): Told {
  return { effect, code, rules };
}
