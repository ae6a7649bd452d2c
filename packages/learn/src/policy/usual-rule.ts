import { counted } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import type { ArgumentUse } from "../run/argument-use.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";
import { isGiven, reaches, valueOf } from "./condition-text.ts";
import { roundHeadroom } from "./headroom.ts";
import type { LearnedRule, UsualRules } from "./learned-rule.ts";
import { usualArguments } from "./usual-argument.ts";
import { unusualEnvironment } from "./usual-environment.ts";
import type { UsualEnvironments } from "./usual-environment.ts";
import { supportOf } from "./usual-order.ts";
import type { Step } from "./usual-order.ts";
import { namesRead } from "./learned-rule.ts";
import { changeEvent, usualPhaseRules } from "./usual-phase.ts";
import type { UsualPhase } from "./usual-phase.ts";
import { knownNames, usualKinds } from "./usual-kind.ts";
import { usualOriginRules } from "./usual-origin.ts";
import type { UsualOrigins } from "./usual-origin.ts";
import type { Rate } from "./usual-rate.ts";

/** What is usual for the tools of a policy set, by tool. */
export interface Usual {
  /** tools that a run used */
  readonly used: ReadonlySet<string>;
  /** tools that another agent's task led to in two tasks */
  readonly delegated: ReadonlySet<string>;
  readonly environments: UsualEnvironments;
  readonly arguments: ReadonlyMap<string, ReadonlyMap<string, ArgumentUse>>;
  readonly steps: readonly Step[];
  /** when in a task tools are used, by tool */
  readonly phases: ReadonlyMap<string, UsualPhase>;
  readonly rates: ReadonlyMap<string, Rate>;
  /** where arguments come from */
  readonly origins: UsualOrigins;
  /** tasks with each tool that no definition describes */
  readonly undefined: ReadonlyMap<string, number>;
}

/** What names documents of a policy set, and what is declared in it. */
interface Naming {
  readonly server: string;
  readonly names: ReadonlyMap<string, string>;
  readonly environments: readonly string[];
}

const apiVersion = "holdfast.dev/v1";

/** Tasks that paid before the total of a session is taken for usual. */
const totalTasksMin = 5;

/** The rules that hold a tool to what honest runs did with it, and the Events and Meters that they ask. */
export function usualRules(tool: UnderstoodTool, usual: Usual, naming: Naming): UsualRules {
  const uses = usual.arguments.get(tool.name);
  const steps = usual.steps.filter((step) => step.tool === tool.name);
  const parts = [rate(tool, usual.rates.get(tool.name), naming), total(tool, uses, naming)];
  const elsewhere = unusualEnvironment(tool.name, usual.environments, naming.environments);
  const changed = `changed-before-${naming.names.get(tool.name)}`;
  const phases = usualPhaseRules(tool, usual.phases.get(tool.name), changed);
  const done = usual.steps.some(({ before }) => before === tool.name);
  return {
    rules: [
      ...(usual.delegated.has(tool.name) ? [] : [passedOn]),
      ...(elsewhere === undefined ? [] : [elsewhere]),
      ...(isUnused(tool, usual) ? [unused] : []),
      ...usualOriginRules(tool, usual.origins),
      ...usualKinds(tool, uses),
      ...knownNames(tool, uses, usual.undefined.get(tool.name) ?? 0),
      ...usualArguments(tool, uses),
      ...(steps.length === 0 ? [] : [skipped(steps, naming)]),
      ...phases,
      ...parts.flatMap(({ rules }) => rules),
    ],
    documents: [
      ...(done ? [doneEvent(tool, naming)] : []),
      ...(namesRead(phases).has(changed)
        ? [changeEvent(changed, { server: naming.server, tool: tool.name })]
        : []),
      ...parts.flatMap(({ documents }) => documents),
    ],
  };
}

/** Who passes a task on would act with what was granted to this agent. */
const passedOn: LearnedRule = {
  id: "passed-on",
  effect: "step_up",
  when: "delegation != []",
  reason: "another agent passed this task on, which honest runs do not show",
  support: "no two tasks with this tool were passed on by another agent",
};

/**
 * Whether a tool was defined that nobody used, and that acts on more than the agent's own files: to make a file or
 * a folder, or to copy one, is work of any task.
 */
function isUnused(tool: UnderstoodTool, { used }: Usual): boolean {
  const { name, labels, isRead, isFetch, isCredential } = tool;
  if (used.size === 0 || used.has(name) || isRead || isFetch) return false;
  const isGrave = isCredential || labels.some((each) => grave.has(each));
  return isGrave || !tool.makesFiles || reaches(tool);
}

const grave: ReadonlySet<string> = new Set(["destructive", "egress", "exec", "money"]);

const unused: LearnedRule = {
  id: "unused-tool",
  effect: "step_up",
  when: "!names_act(tool)",
  reason: "no honest run did this, and the user does not speak of it",
  support: "not used in the runs that were learned from",
};

function skipped(steps: readonly Step[], { names }: Naming): LearnedRule {
  const missing = steps.map(({ before }) => `!happened("done-${names.get(before)}")`);
  return {
    id: "skipped-step",
    effect: "step_up",
    when: missing.join(" || "),
    reason: "what honest runs always do before this was not done",
    support: steps.map(supportOf).join("; "),
  };
}

function doneEvent(tool: UnderstoodTool, { server, names }: Naming): JsonObject {
  return {
    apiVersion,
    kind: "Event",
    metadata: { name: `done-${names.get(tool.name)}` },
    spec: { match: { tools: [`${server}.${tool.name}`] }, at: "success", key: ["session.id"] },
  };
}

const nothing: UsualRules = { rules: [], documents: [] };

function rate(tool: UnderstoodTool, found: Rate | undefined, naming: Naming): UsualRules {
  if (found === undefined) return nothing;
  const meter = `calls-${naming.names.get(tool.name)}`;
  const rule: LearnedRule = {
    id: "many-calls",
    effect: "step_up",
    limit: { meter, max: found.limit },
    reason: "far more calls in one session than honest runs make",
    support: `at most ${counted(found.most, "call")} in a run, in ${counted(found.tasks, "task")}`,
  };
  return { rules: [rule], documents: [meterDocument(meter, tool, naming)] };
}

/** What a session spends in all, where each honest run gave the amount as a number. */
function total(
  tool: UnderstoodTool,
  uses: ReadonlyMap<string, ArgumentUse> | undefined,
  naming: Naming,
): UsualRules {
  const amounts = tool.arguments.filter(({ role }) => role === "amount");
  const [amount] = amounts;
  const use = amount === undefined ? undefined : uses?.get(amount.name);
  if (!tool.labels.includes("money") || amounts.length !== 1) return nothing;
  if (amount === undefined || use === undefined || use.tasks.size < totalTasksMin) return nothing;
  if (use.kinds.size !== 1 || !use.kinds.has("number") || use.least < 0) return nothing;
  const meter = `total-${naming.names.get(tool.name)}`;
  const value = valueOf(amount);
  // What is no number has a rule of its own; an amount that errs would deny with nothing to say.
  const isNumber = `${isGiven(amount)} && type(${value}) in [int, double]`;
  const reserve = `${isNumber} ? max(0.0, double(${value})) : 0.0`;
  const rule: LearnedRule = {
    id: "large-total",
    effect: "step_up",
    limit: { meter, max: roundHeadroom(use.greatestSum) },
    reason: "far more in one session than honest runs move",
    support: `at most ${use.greatestSum} in a run, in ${counted(use.tasks.size, "task")}`,
  };
  return { rules: [rule], documents: [meterDocument(meter, tool, naming, reserve)] };
}

function meterDocument(
  name: string,
  tool: UnderstoodTool,
  { server }: Naming,
  reserve?: string,
): JsonObject {
  return {
    apiVersion,
    kind: "Meter",
    metadata: { name },
    spec: {
      match: { tools: [`${server}.${tool.name}`] },
      ...(reserve === undefined ? {} : { reserve }),
      key: ["session.id"],
      window: "24h",
    },
  };
}
