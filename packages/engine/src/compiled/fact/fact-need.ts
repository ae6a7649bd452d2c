import { factNames, phases } from "@holdfast/model";
import type { FactName, Phase } from "@holdfast/model";
import type { Expr } from "../../cel/syntax.ts";
import { derivableLabels } from "../../document/fact-vocabulary.ts";
import type { Match, Policy, Rule } from "../../document/policy.ts";
import type { CompiledState } from "../history/compiled-state.ts";
import { fits, unlabelled } from "../rule/coverage.ts";
import type { Program, ToolPlan } from "../rule/program.ts";
import type { Recorded } from "../rule/subject.ts";
import { someWithin } from "../rule/syntax.ts";
import { toolPlan } from "../rule/tool-plan.ts";

/** What is asked of facts where a match covers an action: names of facts, `action`, and masks. */
interface Asking {
  readonly match: Match;
  /** facts that conditions read; `content` also where a mask needs it */
  readonly facts: ReadonlySet<FactName>;
  /** whether a condition reads `action`, and so may read its labels */
  readonly labels: boolean;
}

/** What is needed of the facts of one tool's actions in one phase. */
interface Need {
  readonly read: readonly FactName[];
  /** what also derives labels */
  readonly all: readonly FactName[];
  /** whether something follows from derived labels, whoever acts */
  readonly labels: boolean;
}

/** Finds the facts that decisions depend on, once for each tool and phase. */
export class FactNeeds {
  readonly #program: Program;
  readonly #kept = new Map<ToolPlan, Partial<Record<Phase, Need>>>();
  #askings: Partial<Record<Phase, readonly Asking[]>> | undefined;

  constructor(program: Program) {
    this.#program = program;
  }

  /** The facts that a decision on this input can depend on. */
  of({ request }: Recorded, state: CompiledState): readonly FactName[] {
    const plan = toolPlan(this.#program, request.tool);
    const { phase } = request.action;
    if (plan.annotated.size === 0 && phase === "call") return [];
    const need = this.#needOf(plan, phase);
    const follows = need.labels || request.delegation.length > 0 || state.restrictions.length > 0;
    return follows ? need.all : need.read;
  }

  #needOf(plan: ToolPlan, phase: Phase): Need {
    const known = this.#kept.get(plan)?.[phase];
    if (known !== undefined) return known;
    const need = needOf(plan, phase, this.#asked(phase));
    // The plan of a tool that no document describes is made anew for each request.
    if (plan.tool === undefined) return need;
    this.#kept.set(plan, { ...this.#kept.get(plan), [phase]: need });
    return need;
  }

  #asked(phase: Phase): readonly Asking[] {
    this.#askings ??= Object.fromEntries(
      phases.map((each) => [each, askingsOf(this.#program, each)]),
    );
    return this.#askings[phase] ?? [];
  }
}

function needOf(plan: ToolPlan, phase: Phase, askings: readonly Asking[]): Need {
  const { name, labels, annotated, derives, tool } = plan;
  const derived = new Set(derives ? derivableLabels.filter((one) => !labels.includes(one)) : []);
  const asked = askings.filter(
    ({ match: { tools } }) => tools === undefined || tools.some((pattern) => fits(pattern, name)),
  );
  const isDerived = (label: string): boolean => [...derived].some((one) => one === label);
  const may = asked.filter(
    ({ match }) =>
      match.labels === undefined ||
      match.labels.some((label) => labels.includes(label) || isDerived(label)) ||
      (tool === undefined && match.labels.includes(unlabelled)),
  );
  const isRead = (fact: FactName): boolean => may.some(({ facts }) => facts.has(fact));
  const known = factNames.filter(
    (fact) => annotated.has(fact) || (fact === "content" && phase === "result"),
  );
  return {
    read: known.filter(isRead),
    all: known.filter((fact) => isRead(fact) || (fact !== "content" && annotated.has(fact))),
    labels:
      may.some((asking) => asking.labels) ||
      asked.some(({ match }) => match.labels?.some(isDerived) === true) ||
      (tool?.resources ?? []).some(({ id }) => reads(id.ast, "action")),
  };
}

function askingsOf({ bundle }: Program, phase: Phase): readonly Asking[] {
  const askings = bundle.policies
    .filter(({ match }) => match.phase === phase)
    .map((policy) =>
      askingOf(policy.match, expressionsOf(policy), policy.rules.some(masksFindings)),
    );
  for (const { match, when } of bundle.events) askings.push(askingOf(match, [when?.ast], false));
  for (const { match, reserve, settle } of bundle.meters) {
    askings.push(askingOf(match, [reserve?.ast, settle?.ast], false));
  }
  // What asks for nothing is the most of a large set.
  return askings.filter(
    ({ match, facts, labels }) => facts.size > 0 || labels || match.labels !== undefined,
  );
}

/** Rules mostly share few conditions: each is looked through once. */
function askingOf(
  match: Match,
  expressions: readonly (Expr | undefined)[],
  masks: boolean,
): Asking {
  const distinct = [...new Set(expressions)].filter((expr) => expr !== undefined);
  const facts = new Set(factNames.filter((name) => distinct.some((expr) => reads(expr, name))));
  if (masks) facts.add("content");
  return { match, facts, labels: distinct.some((expr) => reads(expr, "action")) };
}

function expressionsOf({ variables, rules }: Policy): readonly (Expr | undefined)[] {
  return [
    ...variables.map(({ expression }) => expression.ast),
    ...rules.flatMap((rule) => [
      rule.when?.ast,
      ...(rule.reason?.parts ?? []).map((part) =>
        typeof part === "string" ? undefined : part.ast,
      ),
      ...(rule.effect === "modify" ? rule.modifications.map(({ value }) => value?.ast) : []),
      fallbackOf(rule),
    ]),
  ];
}

function fallbackOf({ fallback }: Rule): Expr | undefined {
  if (fallback === undefined || !("ast" in fallback.args && "offsets" in fallback.args)) {
    return undefined;
  }
  return fallback.args.ast as Expr;
}

function masksFindings(rule: Rule): boolean {
  if (rule.effect !== "modify") return false;
  return rule.modifications.some(({ mask }) => mask !== undefined && mask !== "whole");
}

function reads(expr: Expr, name: string): boolean {
  return someWithin(expr, (part) => part.kind === "ident" && part.name === name);
}
