import type { Decision, Request } from "@holdfast/model";
import type { Program, ToolPlan } from "../rule/program.ts";
import type { HistoryNames } from "../shape/emitter.ts";
import { scopeOf } from "./action-scope.ts";
import type { ActionScope } from "./action-scope.ts";
import { ArgumentTests } from "./argument-test.ts";
import type { ArgumentTest } from "./argument-test.ts";
import { GuardWriter } from "./guard.ts";
import type { Guard } from "./guard.ts";
import { noRules } from "./rule-code.ts";
import { recordedSchema } from "../../document/recorded-schema.ts";

type Kind = Request["action"]["kind"];

/** All that can be known of an action before its agent and arguments are. */
export interface ActionPlan {
  readonly tool: ToolPlan;
  readonly server: string;
  readonly kind: Kind;
  readonly environment: string | undefined;
  readonly test: ArgumentTest | undefined;
  readonly guards: readonly Guard[];
  /** where the code of rules for everyone is: narrowing ones of this tool alone, and allow rules */
  rules: number;
  /** of the code that `rules` is a place of */
  generation: number;
  readonly scope: ActionScope;
  /** its place among the plans of an engine */
  readonly number: number;
  /** whether there are rules for certain agents or users */
  readonly isBound: boolean;
  /** whether a rule may rewrite the action, or facts decide its labels: the long way decides */
  readonly isLong: boolean;
  /** 1 for each Meter, by number, that may be charged */
  readonly charges: Uint8Array;
  readonly defaultDeny: Decision;
}

/** Guards of scopes remembered at most. */
const guardsMax = 4_096;

/** The plans of registered tools, each made when its tool is first asked about. */
export class ActionPlans {
  readonly #program: Program;
  readonly #tests = new ArgumentTests();
  readonly #writer: GuardWriter;
  readonly #guards = new Map<string, readonly Guard[]>();
  /** by name of the tool: the plans of all servers, kinds and environments */
  readonly #byName = new Map<string, readonly ActionPlan[]>();
  readonly #environments: ReadonlySet<string>;
  #count = 0;

  constructor(program: Program, history: HistoryNames) {
    this.#program = program;
    this.#writer = new GuardWriter(program, history);
    this.#environments = new Set(program.bundle.settings.environments);
  }

  /** The plan of an action; `undefined` for a tool or environment that nobody declared. */
  of({ tool, action, environment }: Request): ActionPlan | undefined {
    const plans = this.#byName.get(tool.name);
    if (plans !== undefined) {
      for (let at = 0; at < plans.length; at += 1) {
        const plan = plans[at];
        if (
          plan?.kind === action.kind &&
          plan.environment === environment &&
          plan.server === tool.server
        ) {
          return plan;
        }
      }
    }
    return this.#make(tool, action.kind, environment);
  }

  #make(
    { server, name }: Request["tool"],
    kind: Kind,
    environment: string | undefined,
  ): ActionPlan | undefined {
    if (environment !== undefined && !this.#environments.has(environment)) return undefined;
    const tool = this.#program.toolIndex.get(server)?.get(name);
    if (tool === undefined) return undefined;
    const scope = scopeOf(this.#program, tool, kind, environment);
    const plan: ActionPlan = {
      tool,
      server,
      kind,
      environment,
      test: this.#testOf(tool),
      guards: this.#guardsOf(scope),
      rules: noRules,
      generation: -1,
      scope,
      number: this.#count,
      isBound: scope.boundTargets.length > 0,
      isLong: scope.rewrites || tool.derives,
      charges: chargesOf(scope, this.#program.meters.length),
      defaultDeny: defaultDeny(tool, this.#program.bundle.digest),
    };
    this.#count += 1;
    this.#byName.set(name, [...(this.#byName.get(name) ?? []), plan]);
    return plan;
  }

  #testOf({ tool }: ToolPlan): ArgumentTest | undefined {
    const schema = tool === undefined ? undefined : recordedSchema(tool);
    return schema === undefined || !this.#program.generates ? undefined : this.#tests.of(schema);
  }

  /** Tools under the same rules, Events and Meters share their guards. */
  #guardsOf(scope: ActionScope): readonly Guard[] {
    const { shared, meters, events } = scope;
    const numbers = [meters, events].map((list) => list.map(({ number }) => number).join());
    const key = `${shared.join()};${numbers.join(";")}`;
    let known = this.#guards.get(key);
    if (known === undefined) {
      known = this.#writer.guardsOf(scope);
      if (this.#guards.size >= guardsMax) this.#guards.clear();
      this.#guards.set(key, known);
    }
    return known;
  }
}

function chargesOf({ meters }: ActionScope, count: number): Uint8Array {
  const charges = new Uint8Array(count);
  for (const { number } of meters) charges[number] = 1;
  return charges;
}

function defaultDeny({ name }: ToolPlan, bundle: string): Decision {
  const reason = `no policy allows \`${name}\``;
  return frozenDecision({
    effect: "deny",
    code: "default_deny",
    rules: [],
    reason,
    obligations: [],
    bundle,
  });
}

/** Decisions are shared between requests, so nobody may change one. */
export function frozenDecision(decision: Decision): Decision {
  Object.freeze(decision.rules);
  Object.freeze(decision.obligations);
  Object.freeze(decision.approvals);
  return Object.freeze(decision);
}
