import type { DecisionTrace, Span } from "@holdfast/model";
import { takeApart } from "../compiled/trace/logic.ts";
import type { LogicPart } from "../compiled/trace/logic.ts";
import { positionOf } from "../compiled/explanation/rule-reference.ts";
import type { Bundle } from "../document/bundle.ts";

type TracedRule = DecisionTrace["rules"][number];
type PartOutcome = "true" | "false" | "error";

/**
 * A part of a condition, or a limit, and in how many cases each of its outcomes decided: turned
 * round with all else kept, the rule's condition would have come out otherwise (as in
 * modified condition/decision coverage). An outcome that another part made irrelevant is `masked`.
 */
export interface PartCoverage {
  /** the rules that read it, `policy/rule`, sorted: several share a variable */
  readonly rules: readonly string[];
  /** as written */
  readonly expression: string;
  readonly kind: "condition" | "limit";
  readonly source: Span;
  /** of a limit, `true` is that it is passed */
  readonly decided: Readonly<Record<PartOutcome, number>>;
  readonly masked: Readonly<Record<PartOutcome, number>>;
}

interface Counted {
  readonly rules: Set<string>;
  readonly part: Pick<PartCoverage, "expression" | "kind" | "source">;
  readonly decided: Record<PartOutcome, number>;
  readonly masked: Record<PartOutcome, number>;
}

/** Counts what cases see of every part of every condition and of every limit of a bundle. */
export class PartCounter {
  readonly #parts = new Map<string, Counted>();

  constructor({ policies }: Bundle) {
    for (const policy of policies) {
      for (const rule of policy.rules) {
        const name = `${policy.name}/${rule.id}`;
        const { parts } = rule.when === undefined ? noParts : takeApart(rule.when, policy);
        for (const part of parts.values()) {
          // What is written down as true or false can be nothing else.
          if (part.expr.kind !== "constant") this.#add(name, conditionPart(part));
        }
        const limit = "limit" in rule ? rule.limit : undefined;
        if (limit !== undefined) {
          const expression = `limit: {meter: ${limit.meter}, max: ${limit.max}}`;
          this.#add(name, { expression, kind: "limit", source: limit.source });
        }
      }
    }
  }

  /** Counts one case by the trace of its decision. */
  count({ rules }: DecisionTrace): void {
    for (const rule of rules) {
      const judged = rule.verdict !== "skipped" && rule.unmatched.length === 0;
      if (judged) this.#countRule(rule);
    }
  }

  /** All parts, by place. */
  get parts(): readonly PartCoverage[] {
    return [...this.#parts.values()]
      .map(({ rules, part, decided, masked }): PartCoverage => {
        const sorted = [...rules].sort();
        return Object.assign({ rules: sorted, decided, masked }, part);
      })
      .sort(byPlace);
  }

  #countRule({ condition, limit }: TracedRule): void {
    for (const { outcome, decides, ...part } of condition?.parts ?? []) {
      const counted = this.#parts.get(keyOf(part, part.expression));
      if (counted !== undefined) counted[decides ? "decided" : "masked"][outcome] += 1;
    }
    if (limit === undefined) return;
    const counted = this.#parts.get(keyOf(limit, "limit"));
    const outcome = limit.exceeded === undefined ? "error" : limit.exceeded ? "true" : "false";
    const decides = condition === undefined || condition.outcome === "true";
    if (counted !== undefined) counted[decides ? "decided" : "masked"][outcome] += 1;
  }

  #add(rule: string, part: Counted["part"]): void {
    const { file, start } = part.source;
    const place = { file, line: start.line, column: start.column };
    const key = keyOf(place, part.kind === "limit" ? "limit" : part.expression);
    const counted = this.#parts.get(key) ?? {
      rules: new Set(),
      part,
      decided: { true: 0, false: 0, error: 0 },
      masked: { true: 0, false: 0, error: 0 },
    };
    counted.rules.add(rule);
    this.#parts.set(key, counted);
  }
}

const noParts: { readonly parts: ReadonlyMap<string, LogicPart> } = { parts: new Map() };

function keyOf(
  { file, line, column }: { readonly file: string; readonly line: number; readonly column: number },
  what: string,
): string {
  return `${file}:${line}:${column}:${what}`;
}

function conditionPart({ expr, expression }: LogicPart): Counted["part"] {
  const { range } = expr;
  const { offsets, source, text } = expression;
  const at = (place: number): Span["start"] => ({
    offset: offsets[place] ?? source.start.offset,
    ...positionOf(expression, place),
  });
  return {
    expression: text.slice(range.start, range.end),
    kind: "condition",
    source: { file: source.file, start: at(range.start), end: at(range.end) },
  };
}

function byPlace({ source: a }: PartCoverage, { source: b }: PartCoverage): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.start.offset - b.start.offset;
}
