import type { RE2JS } from "re2js";
import type { Expr } from "../../cel/syntax.ts";
import type { Bundle } from "../../document/bundle.ts";
import type { Expression } from "../../document/expression.ts";
import type { Event, Meter } from "../../document/history.ts";
import type { Policy } from "../../document/policy.ts";
import { compileExpression } from "../expression/compile.ts";
import type { Evaluate } from "../expression/compile.ts";
import type { Place } from "../history/compiled-state.ts";
import { Window } from "../history/window.ts";
import { LabelLists } from "../origin/label-list.ts";
import { Budget } from "../value/budget.ts";
import { byUnit, recordOf } from "../value/map.ts";
import { Zones } from "../value/zone.ts";
import { ArgumentChecks } from "./argument-check.ts";
import { keyReader } from "./key-reader.ts";
import { readsOrigins } from "./origin-reading.ts";
import { situationNames } from "./policy-names.ts";
import type { EventPlan, MeterPlan, Program, ToolPlan } from "./program.ts";
import { RuleList } from "./rule-list.ts";
import { RuleTable } from "./rule-table.ts";
import type { Subject } from "./subject.ts";
import { someWithin } from "./syntax.ts";
import { planOf } from "./tool-plan.ts";

/** Makes a bundle ready to decide. Conditions of rules are compiled when they are first judged. */
export function compileBundle(
  bundle: Bundle,
  generates: boolean,
  checks: ArgumentChecks = new ArgumentChecks(),
): Program {
  const zones = new Zones(bundle.zones);
  const bench = { budget: new Budget(), zones, patterns: new Map<string, RE2JS>() };
  const events = sorted(bundle.events).map((event) => eventPlan(event));
  const meters = sorted(bundle.meters).map((meter) => meterPlan(meter));
  const tools = bundle.tools.map((tool) => planOf(tool.name, tool, checks));
  return {
    bundle,
    table: new RuleTable(new RuleList(bundle)),
    tools: new Map(tools.map((plan) => [plan.name, plan])),
    toolIndex: toolIndex(tools),
    events,
    meters,
    eventsByName: new Map(events.map((plan) => [plan.event.name, plan])),
    metersByName: new Map(meters.map((plan) => [plan.meter.name, plan])),
    sandboxes: new Map(bundle.sandboxes.map((sandbox) => [sandbox.name, sandbox])),
    lists: recordOf(bundle.lists.map(({ name, items }) => [name, items])),
    historyRead: historyRead(bundle),
    observes: bundle.policies.some(({ mode }) => mode === "observe"),
    readsOrigins: readsOrigins(bundle),
    labelLists: new LabelLists(),
    bench,
    generates,
  };
}

function sorted<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => byUnit(a.name, b.name));
}

function eventPlan(event: Event): EventPlan {
  return {
    event,
    shelf: placeOf(event),
    key: keyReader(event.key),
    when: compiled(event.when),
  };
}

function meterPlan(meter: Meter): MeterPlan {
  return {
    meter,
    shelf: placeOf(meter),
    key: keyReader(meter.key),
    window: new Window(meter.window),
    reserve: compiled(meter.reserve),
    settle: compiled(meter.settle),
    reservePath: meter.reserve === undefined ? undefined : argumentName(meter.reserve.ast),
  };
}

/** Keys of different lengths, or of a home of their own, are kept apart. */
function placeOf({ name, key }: Event | Meter): Place {
  const [only, ...more] = key;
  if (more.length > 0) return { name: `${name}/${key.length}`, home: undefined };
  if (only === "session.id") return { name: `${name}@session`, home: "session" };
  if (only === "agent.id") return { name: `${name}@agent`, home: "agent" };
  return { name: `${name}/${key.length}`, home: undefined };
}

/** The name in `args.NAME`. */
function argumentName(expr: Expr): string | undefined {
  if (expr.kind !== "select" || expr.optional || expr.operand.kind !== "ident") return undefined;
  const plain = expr.operand.name === "args" && !(expr.field in Object.prototype);
  return plain ? expr.field : undefined;
}

function toolIndex(tools: readonly ToolPlan[]): ReadonlyMap<string, ReadonlyMap<string, ToolPlan>> {
  const index = new Map<string, Map<string, ToolPlan>>();
  for (const plan of tools) {
    const { server, tool } = plan.tool ?? { server: "", tool: "" };
    const same = index.get(server) ?? new Map<string, ToolPlan>();
    same.set(tool, plan);
    index.set(server, same);
  }
  return index;
}

function compiled(expression: Expression | undefined): Evaluate<Subject> | undefined {
  return expression === undefined ? undefined : compileExpression(expression.ast, situationNames);
}

const historyFunctions: ReadonlySet<string> = new Set(["happened", "count", "since", "meter"]);

/** Events and Meters that rules read, closed over what those read in their own conditions. */
function historyRead(bundle: Bundle): ReadonlySet<string> {
  const read = new Set<string>();
  const seen = new Set<Expr>();
  const note = (expression: Expression | undefined): void => {
    // Rules mostly share few conditions: each is looked through once.
    if (expression === undefined || seen.has(expression.ast)) return;
    seen.add(expression.ast);
    noteNames(expression.ast, read);
  };
  for (const policy of bundle.policies) noteOfPolicy(policy, read, note);
  const own = new Map<string, Expression | undefined>();
  for (const { name, when } of bundle.events) own.set(name, when);
  for (const { name, reserve } of bundle.meters) own.set(name, reserve);
  // A set visits what is added while it is walked, so names read by names read are read too.
  for (const name of read) note(own.get(name));
  return read;
}

function noteOfPolicy(
  { variables, rules }: Policy,
  read: Set<string>,
  note: (expression: Expression | undefined) => void,
): void {
  for (const { expression } of variables) note(expression);
  for (const rule of rules) {
    note(rule.when);
    for (const part of rule.reason?.parts ?? []) if (typeof part !== "string") note(part);
    if (rule.effect === "modify") for (const { value } of rule.modifications) note(value);
    if ("limit" in rule && rule.limit !== undefined) read.add(rule.limit.meter);
  }
}

function noteNames(expr: Expr, read: Set<string>): void {
  someWithin(expr, (part) => {
    if (part.kind === "call" && historyFunctions.has(part.function)) {
      for (const arg of part.args) {
        const named = arg.kind === "constant" && arg.constant.type === "string";
        if (named) read.add(arg.constant.value);
      }
    }
    return false;
  });
}
