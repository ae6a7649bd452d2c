import { factNames } from "@holdfast/model";
import type { Agent, FactName, Json, JsonObject, Request } from "@holdfast/model";
import { derivableLabels } from "../../document/fact-vocabulary.ts";
import type { DecisionInput } from "../../engine.ts";
import type { Frame, KeptCalls } from "../expression/frame.ts";
import { actionLabels } from "../fact/derived-label.ts";
import type { ActionLabels } from "../fact/derived-label.ts";
import { StageFacts } from "../fact/stage-fact.ts";
import type { StageFact } from "../fact/stage-fact.ts";
import type { CompiledState } from "../history/compiled-state.ts";
import type { Failure } from "../value/failure.ts";
import type { Result } from "../value/value.ts";
import type { PolicyPlan, Program, ToolPlan } from "./program.ts";
import type { ResourceFacts } from "./resource-facts.ts";
import { variableValue } from "./request-variable.ts";

/** What `fold` and `decide` know of an action, but the state. */
export type Recorded = Omit<DecisionInput, "state">;

/** What differs between the stages of a decision. */
export interface Stage {
  readonly args: JsonObject;
  readonly result: Json | undefined;
  /** whether rules in mode observe took part in rewriting */
  readonly observed?: boolean;
}

/** What was found of one action at one stage, to be taken up when it is decided in another way. */
export interface Judged {
  /** what calls in conditions came to */
  readonly calls: KeptCalls;
  /** by number of the rule: whether it holds */
  readonly verdicts: Map<number, boolean | Failure>;
}

/** One action at one stage of deciding; values of variables are made when first read. */
export class Situation {
  readonly program: Program;
  readonly recorded: Recorded;
  readonly request: Request;
  readonly state: CompiledState;
  readonly plan: ToolPlan;
  readonly args: JsonObject;
  readonly result: Json | undefined;
  readonly #values = new Map<string, Result>();
  #resources: readonly ResourceFacts[] | Failure | undefined;
  readonly #observed: boolean;
  #facts: StageFacts | undefined;
  #labels: ActionLabels | undefined;
  readonly judged: Judged;
  /** arguments that nobody knows yet: whoever reads them gets this error */
  readonly unknown: Failure | undefined;

  constructor(
    program: Program,
    recorded: Recorded,
    state: CompiledState,
    plan: ToolPlan,
    stage: Stage,
    { unknown, judged }: { readonly unknown?: Failure; readonly judged?: Judged | undefined } = {},
  ) {
    this.program = program;
    this.recorded = recorded;
    this.request = recorded.request;
    this.state = state;
    this.plan = plan;
    this.args = stage.args;
    this.result = stage.result;
    this.#observed = stage.observed ?? false;
    this.judged = judged ?? { calls: new Map(), verdicts: new Map() };
    this.unknown = unknown;
  }

  /** Whether a Tool document registers the tool; the runtime may only say that it is not. */
  get registered(): boolean {
    return this.plan.tool !== undefined && this.recorded.registry !== "unregistered";
  }

  /** Labels of the action, sorted: what narrows asks for these. */
  get labels(): readonly string[] {
    return this.plan.derives ? this.#derived().all : this.plan.labels;
  }

  /** Those of them that no opaque and no missing fact has added: what grants asks for these. */
  get sureLabels(): readonly string[] {
    return this.plan.derives ? this.#derived().sure : this.plan.labels;
  }

  /** The labels as conditions read them. */
  get shownLabels(): readonly string[] | Failure {
    if (!this.plan.derives) return this.plan.labels;
    const { all, unknown } = this.#derived();
    return unknown ?? all;
  }

  /** One fact of this stage. */
  fact(name: FactName): StageFact | Failure {
    this.#facts ??= new StageFacts(
      {
        recorded: this.recorded,
        args: this.args,
        result: this.result,
        observed: this.#observed,
      },
      this.plan.annotated,
    );
    return this.#facts.of(name);
  }

  #derived(): ActionLabels {
    this.#labels ??= this.unknown === undefined ? this.#found() : this.#foreseen(this.unknown);
    return this.#labels;
  }

  #found(): ActionLabels {
    const { labels, annotated } = this.plan;
    return actionLabels(labels, annotated, (name) => this.fact(name));
  }

  /** Without arguments nothing narrows for sure by a derived label, and any may grant. */
  #foreseen(unknown: Failure): ActionLabels {
    const { labels } = this.plan;
    return { all: labels, sure: [...labels, ...derivableLabels], unknown };
  }

  /** The variable `args` where it is known and no schema makes numbers of it doubles. */
  get plainArgs(): JsonObject | undefined {
    return this.unknown === undefined && this.plan.numbers === undefined ? this.args : undefined;
  }

  /** The value of a variable that depends on no policy; `undefined`: there is none. */
  value(name: string): Result | undefined {
    const { unknown } = this;
    if (unknown !== undefined && argumentVariables.has(name)) return unknown;
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const value = variableValue(name, this);
    if (value !== undefined) this.#values.set(name, value);
    return value;
  }

  /** The resources the action touches, found by `find` when first asked for. */
  resources(
    find: (situation: Situation) => readonly ResourceFacts[] | Failure,
  ): readonly ResourceFacts[] | Failure {
    if (this.unknown !== undefined) return this.unknown;
    this.#resources ??= find(this);
    return this.#resources;
  }
}

/** Variables that arguments decide. */
export const argumentVariables: ReadonlySet<string> = new Set([
  "args",
  "original",
  "resource",
  "resources",
  ...factNames,
]);

/** What an expression is evaluated for: an action, and the agent and policy that judge it. */
export interface Subject {
  readonly situation: Situation;
  readonly agent: Agent;
  readonly policy: PolicyPlan | undefined;
  /** values of the policy's variables once evaluated */
  readonly variables: (Result | undefined)[];
}

/** A frame for one evaluation. */
export function frameFor(
  situation: Situation,
  agent: Agent,
  policy: PolicyPlan | undefined,
): Frame<Subject> {
  const host: Subject = { situation, agent, policy, variables: [] };
  return { host, bench: situation.program.bench, slots: [] };
}

/** The agents an allow must hold for: the acting one, then the chain from the outside in. */
export function chainOf(request: Request): readonly Agent[] {
  return [request.agent, ...request.delegation.map((hop) => hop.agent)];
}

/** The key of session state. */
export function sessionRootOf({ session }: Request): string | undefined {
  return session === undefined ? undefined : (session.root ?? session.id);
}
