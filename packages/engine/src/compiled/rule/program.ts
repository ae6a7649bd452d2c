import type { FactName, JsonObject } from "@holdfast/model";
import type { Expr } from "../../cel/syntax.ts";
import type { Bundle } from "../../document/bundle.ts";
import type { Event, Meter } from "../../document/history.ts";
import type { Sandbox, Tool } from "../../document/kinds.ts";
import type { Policy, Rule } from "../../document/policy.ts";
import type { Evaluate } from "../expression/compile.ts";
import type { Workbench } from "../function/family.ts";
import type { Place } from "../history/compiled-state.ts";
import type { Window } from "../history/window.ts";
import type { ActWords } from "../origin/act-word.ts";
import type { LabelLists } from "../origin/label-list.ts";
import type { Value } from "../value/value.ts";
import type { ArgumentCheck } from "./argument-check.ts";
import type { KeyReader } from "./key-reader.ts";
import type { RuleTable } from "./rule-table.ts";
import type { Subject } from "./subject.ts";

/** A policy with what its rules share. */
export interface PolicyPlan {
  readonly policy: Policy;
  readonly params: Value;
  /** where each variable's value is kept while a rule is judged */
  readonly variables: ReadonlyMap<string, number>;
  /** compiled when first read, in the order of `variables` */
  readonly evaluations: (Evaluate<Subject> | undefined)[];
  /** conditions of its rules, compiled when first judged; policies of their own names share none */
  readonly conditions: Map<Expr, Evaluate<Subject>>;
}

/** One rule; `index` is its place among all rules sorted by name. */
export interface RulePlan<R extends Rule = Rule> {
  readonly index: number;
  /** `policy/rule` */
  readonly name: string;
  readonly plan: PolicyPlan;
  readonly rule: R;
  /** compiled when first judged */
  when: Evaluate<Subject> | undefined;
}

export interface EventPlan {
  readonly event: Event;
  readonly shelf: Place;
  readonly key: KeyReader;
  readonly when: Evaluate<Subject> | undefined;
}

export interface MeterPlan {
  readonly meter: Meter;
  readonly shelf: Place;
  readonly key: KeyReader;
  readonly window: Window;
  readonly reserve: Evaluate<Subject> | undefined;
  readonly settle: Evaluate<Subject> | undefined;
  /** the argument that `reserve` is, when it is nothing but one */
  readonly reservePath: string | undefined;
}

/** All that is known of a tool before a request names it. */
export interface ToolPlan {
  /** `server.name` */
  readonly name: string;
  readonly tool: Tool | undefined;
  /** sorted, each once */
  readonly labels: readonly string[];
  readonly classification: string;
  /** facts that its arguments are annotated for */
  readonly annotated: ReadonlySet<FactName>;
  /** whether labels of its actions are derived from facts */
  readonly derives: boolean;
  readonly check: ArgumentCheck | undefined;
  /** the schema, when it can make whole numbers doubles */
  readonly numbers: JsonObject | undefined;
  readonly resources: readonly {
    readonly type: string;
    readonly id: Evaluate<Subject>;
  }[];
  /** numbers of the targets it is found under, once the table has looked for them */
  targets: readonly number[] | undefined;
  /** its act words, once a condition has asked for them */
  acts: ActWords | undefined;
}

/** A bundle made ready to decide: everything a request can name is looked up once. */
export interface Program {
  readonly bundle: Bundle;
  readonly table: RuleTable;
  readonly tools: ReadonlyMap<string, ToolPlan>;
  /** by server, then by name */
  readonly toolIndex: ReadonlyMap<string, ReadonlyMap<string, ToolPlan>>;
  readonly events: readonly EventPlan[];
  readonly meters: readonly MeterPlan[];
  readonly eventsByName: ReadonlyMap<string, EventPlan>;
  readonly metersByName: ReadonlyMap<string, MeterPlan>;
  readonly sandboxes: ReadonlyMap<string, Sandbox>;
  readonly lists: Value;
  /** Events and Meters that a rule reads, itself or through other Events */
  readonly historyRead: ReadonlySet<string>;
  /** whether any policy is in mode observe */
  readonly observes: boolean;
  /** whether any expression reads origins; without one nothing is remembered of a session */
  readonly readsOrigins: boolean;
  /** the lists of labels that conditions accept */
  readonly labelLists: LabelLists;
  readonly bench: Workbench;
  /** whether conditions may become JavaScript of their own */
  readonly generates: boolean;
}
