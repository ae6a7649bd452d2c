import { digestOf } from "@holdfast/model";
import type { Bundle } from "../../document/bundle.ts";
import type { Tool } from "../../document/kinds.ts";
import type { Policy, Rule } from "../../document/policy.ts";
import { otherValues, present, textsIn } from "../domain/value-set.ts";
import { all, any, atom, not } from "../formula/formula.ts";
import type { Formula } from "../formula/formula.ts";
import type { SlotTable } from "../formula/slot.ts";
import { placeSlot } from "../condition/place.ts";
import { someTexts } from "../text/text-set.ts";
import { test } from "../condition/term.ts";
import { inlined } from "../condition/inline.ts";
import { dropSources, hopsOf, toolLabels } from "../condition/surroundings.ts";
import type { Place, Surroundings } from "../condition/surroundings.ts";
import { conditionRegion, judgedRegion, uncommittable } from "./rule-region.ts";
import type { RuleRegion } from "./rule-region.ts";
import { references } from "../../cel/reference.ts";
import type { Expr } from "../../cel/syntax.ts";
import { printExpression } from "../../cel/printer.ts";
import { askedArguments, runArguments } from "./argument-view.ts";
import { declaredEnvironment, matchRegion } from "./match-region.ts";
import { rewriteRegion } from "./rewrite-region.ts";
import type { Modifier } from "./rewrite-region.ts";
import { schemaRegion } from "./schema-region.ts";
import { where } from "../condition/three-way.ts";

/** A rule of a policy set, read once. */
export interface KnownRule {
  /** `policy/rule` */
  readonly name: string;
  readonly policy: Policy;
  readonly rule: Rule;
  /** what it means, so that rules of two sets that mean the same are told */
  readonly meaning: string;
}

/** A rule at a place, and where it covers, holds and fails there. */
export interface PlacedRule extends RuleRegion, KnownRule {
  /** where it holds and wants a sandbox that does not cover the kind of action: nothing then runs */
  readonly beyond: Formula;
  /** where it changes something, as far as that is seen; of a rule that does not modify, everywhere */
  readonly alters: Formula;
}

/** What one policy set makes of the actions of a place. */
export interface Side {
  readonly bundle: Bundle;
  readonly rules: readonly PlacedRule[];
  /** the request is one that rules decide: its environment is declared, its arguments fit */
  readonly valid: Formula;
  /** modify rules contradict each other, which denies */
  readonly conflict: Formula;
  /** history could not be kept of it, which denies */
  readonly uncommittable: Formula;
  /** a name for all that conditions read besides the request */
  readonly identity: string;
}

/** What to read a side of. */
export interface SideRequest {
  readonly bundle: Bundle;
  readonly place: Place;
  readonly table: SlotTable;
  readonly axioms: Map<string, Formula>;
  readonly hops: number;
  /** rules that can cover actions of the place */
  readonly rules: readonly KnownRule[];
  readonly historyRead: ReadonlySet<string>;
  /** the Tool document of the place */
  readonly tool: Tool | undefined;
  /** names all that conditions of the place read besides the request */
  readonly identity: string;
  /** names what the Tool document says of arguments */
  readonly annotations: string;
  /** of the schema of the set it is compared with */
  readonly schema: { readonly shared: boolean; readonly otherNames: readonly string[] };
}

/** The rules of a policy set as they are at one place. */
export function readSide(request: SideRequest): Side {
  const { bundle, place, table, axioms, hops } = request;
  const { tool, identity, annotations } = request;
  const base = { table, bundle, place, tool, hops, bound: new Map(), axioms };
  const labels = toolLabels(base).join(" ");
  const asked: Surroundings = {
    ...base,
    judged: "agent",
    identity: `${identity} asked`,
    view: `${annotations} asked`,
    argument: askedArguments(table),
  };
  const enforced = request.rules.filter(({ policy }) => policy.match.phase === place.phase);
  const modifiers = enforced.flatMap(({ policy, rule, meaning }): readonly Modifier[] => {
    if (rule.effect !== "modify") return [];
    const covers = matchRegion(policy.match, asked, "modifying");
    if (covers.kind === "false") return [];
    const matches = coveredCondition(covers, policy, rule, asked);
    return [{ policy, rule, meaning, matches }];
  });
  const rewritten = rewriteRegion(modifiers, asked);
  const change = modifiers.length === 0 ? "" : changeName(modifiers);
  const ways = rewritten.ways.map(({ guard, changed }, index) => {
    const view = change === "" ? "" : ` changed ${change} ${index}`;
    const argument = runArguments(table, tool?.schema, changed);
    const judged = (who: Surroundings["judged"]): Surroundings => ({
      ...base,
      judged: who,
      identity: `${identity}${view}`,
      view: `${annotations}${view}`,
      argument,
    });
    return { guard, agent: judged("agent"), hops: hopsOf(hops).map(judged) };
  });
  const over = (read: (way: (typeof ways)[number]) => Formula): Formula =>
    any(ways.map((way) => all([way.guard, read(way)])));
  const rules = enforced.map((known): PlacedRule => {
    const { policy, rule } = known;
    if (rule.effect === "modify") {
      const region = rewritten.rules.get(rule) ?? { holds: any([]), errs: any([]) };
      return Object.assign(
        {
          covers: matchRegion(policy.match, asked, "modifying"),
          beyond: any([]),
          alters: altersRegion(rule, asked),
        },
        region,
        known,
      );
    }
    const byWay = ways.map((way) => [way.guard, ruleRegion(policy, rule, way)] as const);
    const part = (key: keyof RuleRegion): Formula =>
      any(byWay.map(([guard, region]) => all([guard, region[key]])));
    const holds = part("holds");
    const beyond = all([holds, uncoveredKind(rule, asked)]);
    const regions = { covers: part("covers"), holds, errs: part("errs"), beyond };
    return Object.assign(regions, known, { alters: all([]) });
  });
  return {
    bundle,
    rules,
    valid: all([
      declaredEnvironment(asked),
      over(({ agent }) => schemaRegion(agent, request.schema)),
    ]),
    conflict: rewritten.conflict,
    uncommittable: over(({ agent }) => uncommittable(agent, request.historyRead)),
    identity: `${identity} ${labels} ${change}`,
  };
}

/** What is removed or masked is there; what is set may always differ from what was asked. */
function altersRegion(
  rule: Extract<Rule, { readonly effect: "modify" }>,
  { argument, place }: Surroundings,
): Formula {
  if (place.phase === "result") return all([]);
  return any(
    rule.modifications.map(({ operation, path }) => {
      const term = operation === "set" ? undefined : argument(path);
      return term === undefined ? all([]) : test(term, present);
    }),
  );
}

/** When a rule wants a sandbox that does not cover the kind of action. */
function uncoveredKind(rule: Rule, surroundings: Surroundings): Formula {
  if (rule.effect !== "sandbox") return any([]);
  const sandbox = surroundings.bundle.sandboxes.find(({ name }) => name === rule.sandbox);
  const slot = placeSlot(surroundings, ["action", "kind"]);
  const covered = textsIn(someTexts(Object.keys(sandbox?.covers ?? {})));
  return slot === undefined ? any([]) : atom(slot, otherValues(covered));
}

function coveredCondition(
  covers: Formula,
  policy: Policy,
  rule: Rule,
  surroundings: Surroundings,
): Modifier["matches"] {
  const condition = conditionRegion(policy, rule, surroundings);
  const inside = where(covers, condition);
  return { holds: inside.holds, fails: any([not(covers), inside.fails]) };
}

/** An allow must hold for every agent of the chain, unless it is about the agent's own authority. */
function ruleRegion(
  policy: Policy,
  rule: Rule,
  way: { readonly agent: Surroundings; readonly hops: readonly Surroundings[] },
): RuleRegion {
  const own = judgedRegion(policy, rule, way.agent);
  if (rule.effect !== "allow" || rule.ownAuthority || way.hops.length === 0) return own;
  const chain = [own, ...way.hops.map((hop) => judgedRegion(policy, rule, hop))];
  const holds = all(chain.map((each) => each.holds));
  const failing = any(chain.map((each) => each.errs));
  const covers = all(chain.map((each) => each.covers));
  return { covers, holds, errs: all([failing, covers, not(holds)]) };
}

function changeName(modifiers: readonly Modifier[]): string {
  return digestOf(modifiers.map(({ meaning }) => meaning)).slice(7, 15);
}

/**
 * What a rule means, whatever it is called and wherever it stands: its match, its condition with
 * all that it names put in its place, and what it asks for. A reason is words alone.
 */
export function meaningOf(policy: Policy, rule: Rule, bundle: Bundle): string {
  const { id: _id, source: _source, reason: _reason, when, ...rest } = rule;
  const body =
    rule.effect === "modify" ? { ...rest, modifications: modificationText(rule, policy) } : rest;
  const expr = when === undefined ? undefined : inlined(when.ast, policy);
  const around = JSON.stringify([policy.params, policy.variables], dropSources);
  const condition =
    when === undefined
      ? "true"
      : expr === undefined
        ? `${when.text} ${around}`
        : printExpression(expr);
  // A value that is set, or the arguments of a fallback, may name what the policy defines.
  const makes = rule.effect === "modify" || rule.fallback !== undefined;
  const limited = "limit" in rule && rule.limit !== undefined;
  const named = makes || (when !== undefined && expr === undefined) ? everyDefinition(bundle) : "";
  const read = expr === undefined ? "" : definitionsRead(expr, bundle);
  return JSON.stringify(
    [
      policy.match,
      condition,
      body,
      rule.fallback === undefined ? "" : around,
      named,
      read,
      limited ? bundle.meters : "",
    ],
    dropSources,
  );
}

/** What a modify rule makes of what it finds, with all that its values name put in its place. */
export function modificationText(
  rule: Extract<Rule, { readonly effect: "modify" }>,
  policy: Policy,
): string {
  const parts = rule.modifications.map(({ operation, path, mask, value }) => {
    const expr = value === undefined ? undefined : inlined(value.ast, policy);
    const around =
      expr === undefined && value !== undefined ? [policy.params, policy.variables] : [];
    const written = expr === undefined ? value?.text : printExpression(expr);
    return [operation, path, mask ?? null, written ?? null, around];
  });
  return JSON.stringify(parts, dropSources);
}

function everyDefinition({ lists, events, meters }: Bundle): string {
  return digestOf(JSON.stringify({ lists, events, meters }, dropSources));
}

/** The definitions that an expression reads by name: Lists, Events and Meters. */
function definitionsRead(expr: Expr, bundle: Bundle): string {
  const { paths, calls } = references(expr);
  const lists = new Set(paths.filter(({ path }) => path[0] === "lists").map(({ path }) => path[1]));
  const names = new Set(
    calls.flatMap(({ args }) =>
      args.flatMap((arg) =>
        arg !== undefined && "constant" in arg && arg.constant.type === "string"
          ? [arg.constant.value]
          : [],
      ),
    ),
  );
  const read = {
    lists: bundle.lists.filter(({ name }) => lists.has(name) || lists.has("*")),
    events: bundle.events.filter(({ name }) => names.has(name)),
    meters: bundle.meters.filter(({ name }) => names.has(name)),
  };
  const empty = read.lists.length + read.events.length + read.meters.length === 0;
  return empty ? "" : digestOf(JSON.stringify(read, dropSources));
}
