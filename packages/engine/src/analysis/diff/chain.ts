import { delegationDepthMax } from "@holdfast/model";
import { freeNames, parts } from "../../compile/check/syntax-walk.ts";
import type { Expr } from "../../cel/syntax.ts";
import { inlined } from "../condition/inline.ts";
import { dropSources } from "../condition/surroundings.ts";
import type { PlacedRule, Side } from "../region/side.ts";
import type { OwnRules } from "./change-question.ts";
import { sameBefore } from "./side-formula.ts";

/** How conditions look at the chain: numbers its length is compared with, and agents asked for. */
interface ChainUse {
  readonly lengths: Set<number>;
  agents: number;
}

/** A length of delegation chains to ask about. */
export interface ChainToAsk {
  readonly hops: number;
  /** whether only what both sets deny can differ there */
  readonly denialsOnly: boolean;
}

/**
 * The lengths of delegation chains to ask about, so that what is found at none of them is found at
 * no length. WHY these: an allow that holds for a chain holds for the acting agent, so that only
 * rules that no longer grant, or newly, and what itself speaks of delegation make a difference to
 * what is let happen; but to what is denied it does that a chain may not be granted what its last
 * agent always is. Who is twice in a chain counts once for every quantifier, so that the longest
 * chain stands for all that no comparison tells apart; one agent is enough for each allow that must
 * not hold and for each quantifier.
 */
export function chainsToAsk(old: Side, now: Side, own: OwnRules): readonly ChainToAsk[] {
  const rules = [...old.rules, ...now.rules];
  const asked = (lengths: readonly number[], denialsOnly = false): readonly ChainToAsk[] =>
    lengths.map((hops) => ({ hops, denialsOnly }));
  const everyLength = Array.from({ length: delegationDepthMax }, (_, index) => index + 1);
  if ([old, now].some(historyOfChains)) return asked(everyLength);
  if (own.old.length + own.new.length === 0 && sameBefore(old, now)) return [];
  const use: ChainUse = { lengths: new Set(), agents: 0 };
  const speaking = distinct(rules.filter(({ meaning }) => meaning.includes("delegation")));
  if (!speaking.every((rule) => usesOf(rule, use))) return asked(everyLength);
  const granting = distinct(
    rules.filter(({ rule, holds }) => {
      return rule.effect === "allow" && !rule.ownAuthority && holds.kind !== "false";
    }),
  );
  const moved = [...own.old, ...own.new].some(({ rule }) => rule.effect === "allow");
  const longest = Math.min(
    Math.max(1, granting.length + use.agents, ...[...use.lengths].map((to) => to + 1)),
    delegationDepthMax,
  );
  if (!moved && speaking.length === 0) return granting.length === 0 ? [] : asked([longest], true);
  const ends = [...use.lengths].flatMap((length) => [length - 1, length]);
  const lengths = [...new Set([1, ...ends, longest])]
    .filter((length) => length >= 1 && length <= delegationDepthMax)
    .toSorted((a, b) => a - b);
  return asked(lengths);
}

function distinct(rules: readonly PlacedRule[]): readonly PlacedRule[] {
  return [...new Map(rules.map((rule) => [rule.meaning, rule])).values()];
}

/** Whether what is noted or charged may depend on delegation. */
function historyOfChains({ bundle: { events, meters } }: Side): boolean {
  const read = [...events.map(({ when }) => when), ...meters.map(({ reserve }) => reserve)];
  return read.some((expression) => expression !== undefined && !noteUses(expression.ast, unused()));
}

function unused(): ChainUse {
  return { lengths: new Set(), agents: 0 };
}

/** Notes how a rule looks at the chain; false when it does so in a way that is not looked into. */
function usesOf({ rule, policy }: PlacedRule, use: ChainUse): boolean {
  const { when, reason: _reason, ...rest } = rule;
  // What is set, and the arguments of a fallback, may hold any of it.
  if (JSON.stringify(rest, dropSources).includes("delegation")) return false;
  if (when === undefined) return true;
  const expr = inlined(when.ast, policy);
  return expr !== undefined && noteUses(expr, use);
}

function noteUses(expr: Expr, use: ChainUse): boolean {
  if (isChain(expr)) return false;
  if (expr.kind === "macro" && isChain(expr.operand)) {
    if (expr.macro !== "exists" && expr.macro !== "all") return false;
    use.agents += 1;
    // Each agent that is judged could want another one in the chain.
    return !expr.args.some(
      (part) => freeNames(part).has("delegation") || freeNames(part).has("agent"),
    );
  }
  if (expr.kind === "call") {
    const [first, second] = expr.args;
    const length = [
      [first, second],
      [second, first],
    ].flatMap(([side, other]) => (isLength(side) ? numbersIn(other) : []));
    if (length.length > 0 && comparisons.has(expr.function)) {
      for (const number of length) use.lengths.add(number);
      return true;
    }
  }
  return parts(expr).every((part) => noteUses(part.expr, use));
}

const comparisons: ReadonlySet<string> = new Set(["_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_"]);

function isChain(expr: Expr | undefined): boolean {
  return expr?.kind === "ident" && expr.name === "delegation";
}

/** `size(delegation)` and `delegation.size()`. */
function isLength(expr: Expr | undefined): boolean {
  if (expr?.kind !== "call" || expr.function !== "size") return false;
  return isChain(expr.target ?? expr.args[0]);
}

function numbersIn(expr: Expr | undefined): readonly number[] {
  if (expr?.kind !== "constant" || expr.constant.type !== "int") return [];
  return [Number(expr.constant.value)];
}
