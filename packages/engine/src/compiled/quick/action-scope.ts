import type { Request } from "@holdfast/model";
import type { Match } from "../../document/policy.ts";
import { covers, keyBits } from "../rule/coverage.ts";
import type { Covered } from "../rule/coverage.ts";
import type { EventPlan, MeterPlan, Program, ToolPlan } from "../rule/program.ts";
import { ruleClass } from "../rule/rule-table.ts";

type Kind = Request["action"]["kind"];

/** Keys of a match that the kind of action settles, whoever acts. */
const settledKeys = keyBits.tools | keyBits.labels | keyBits.kinds | keyBits.environments;

/** A Meter or Event that an action is committed to, unless the agent is none it covers. */
export interface Commit<P> {
  readonly plan: P;
  /** its number in the program */
  readonly number: number;
  /** whether it covers certain agents or users alone */
  readonly bound: boolean;
}

/** What covers an action of one tool, kind and environment, whoever acts. */
export interface ActionScope {
  /** narrowing rules that stand under more than this tool, in order of name */
  readonly shared: readonly number[];
  /** narrowing rules of this tool alone, in order of name */
  readonly own: readonly number[];
  readonly allow: readonly number[];
  /** whether a rule may rewrite the action */
  readonly rewrites: boolean;
  /** targets under which rules for certain agents or users stand */
  readonly boundTargets: readonly number[];
  readonly meters: readonly Commit<MeterPlan>[];
  readonly events: readonly Commit<EventPlan>[];
}

/** Finds what covers an action of a registered tool, whoever acts. */
export function scopeOf(
  program: Program,
  plan: ToolPlan,
  kind: Kind,
  environment: string | undefined,
): ActionScope {
  const { table } = program;
  const targets = table.targetsOf(plan, kind);
  const own = targets.filter((target) => table.isOwn(target, plan));
  const shared = targets.filter((target) => !own.includes(target));
  const asked = askedOf(plan, kind, environment);
  const under = (on: readonly number[], of: 0 | 1 | 2): readonly number[] =>
    table
      .ofAnyone(on, of)
      .filter((rule) => isCovered(program, rule, asked))
      .toSorted((a, b) => a - b);
  const shares = under(shared, ruleClass.narrow);
  return {
    shared: shares,
    own: under(own, ruleClass.narrow).filter((rule) => !shares.includes(rule)),
    allow: under(targets, ruleClass.allow),
    rewrites: under(targets, ruleClass.modify).length > 0,
    boundTargets: targets.filter((target) => table.isBound(target)),
    ...commitsOf(program, asked),
  };
}

/** An action of which only tool, kind and environment are known. */
interface Asked {
  readonly covered: Covered;
  readonly agent: Request["agent"];
}

function askedOf(plan: ToolPlan, kind: Kind, environment: string | undefined): Asked {
  const agent = { id: "", roles: [], attributes: {} };
  const request: Covered["request"] = {
    tenant: "",
    agent,
    user: null,
    delegation: [],
    tool: { server: plan.tool?.server ?? "", name: plan.tool?.tool ?? "" },
    action: { kind, operation: "", phase: "call" },
    args: {},
    resources: [],
    context: {},
    claims: {},
    ...(environment === undefined ? {} : { environment }),
  };
  // INVARIANT: labels of this plan's actions are those of its tool; others are decided the long way.
  const { labels } = plan;
  return { covered: { request, plan, labels, sureLabels: labels, registered: true }, agent };
}

function isCovered({ table }: Program, index: number, { covered, agent }: Asked): boolean {
  const rule = table.rules.at(index);
  if (rule === undefined) return false;
  const { effect } = rule.rule;
  const stance = effect === "allow" ? "granting" : effect === "modify" ? "modifying" : "narrowing";
  return covers(rule.plan.policy.match, covered, agent, stance, settledKeys);
}

/** The Events and Meters that `begin` commits an action to, or fails to. */
function commitsOf(
  { events, meters, historyRead }: Program,
  { covered, agent }: Asked,
): Pick<ActionScope, "meters" | "events"> {
  const may = (match: Match): boolean => covers(match, covered, agent, "narrowing", settledKeys);
  return {
    meters: meters.flatMap((plan, number) =>
      may(plan.meter.match) ? [{ plan, number, bound: namesSome(plan.meter.match) }] : [],
    ),
    events: events.flatMap((plan, number) => {
      const { at, match, name } = plan.event;
      const begins = at === "begin" || at === "decision";
      if (!begins || !historyRead.has(name) || !may(match)) return [];
      return [{ plan, number, bound: namesSome(match) }];
    }),
  };
}

/** Whether a match is for certain agents or users alone. */
export function namesSome({ agents, agentRoles, userRoles }: Match): boolean {
  return agents !== undefined || agentRoles !== undefined || userRoles !== undefined;
}
