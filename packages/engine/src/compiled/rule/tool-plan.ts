import type { Request } from "@holdfast/model";
import type { Tool } from "../../document/kinds.ts";
import type { Match } from "../../document/policy.ts";
import { compileExpression } from "../expression/compile.ts";
import { byUnit } from "../value/map.ts";
import { namesNumbers } from "../value/schema-number.ts";
import { argumentCheck } from "./argument-check.ts";
import { fits, unlabelled } from "./coverage.ts";
import { resourceNames } from "./policy-names.ts";
import type { Commits, Program, ToolPlan } from "./program.ts";
import { unclassified } from "./resource-facts.ts";

/** The plan of the tool that a request names; made anew for one that no document describes. */
export function toolPlan(program: Program, { server, name }: Request["tool"]): ToolPlan {
  const text = `${server}.${name}`;
  return program.tools.get(text) ?? planOf(text, undefined);
}

/** What is known of a tool before a request names it. */
export function planOf(name: string, tool: Tool | undefined): ToolPlan {
  const { schema } = tool ?? {};
  return {
    name,
    tool,
    labels: [...new Set(tool?.labels ?? [unlabelled])].sort(byUnit),
    classification: tool?.classification ?? unclassified,
    check: schema === undefined ? undefined : argumentCheck(schema),
    numbers: schema !== undefined && namesNumbers(schema) ? schema : undefined,
    resources: (tool?.resources ?? []).map(({ type, id }) => ({
      type,
      id: compileExpression(id.ast, resourceNames),
    })),
    targets: undefined,
    commits: undefined,
    acts: undefined,
  };
}

/** The Events and Meters that an action of this tool may fail to be committed to. */
export function commitsOf(program: Program, plan: ToolPlan): Commits {
  if (plan.commits !== undefined) return plan.commits;
  const mayCover = ({ tools, labels }: Match): boolean =>
    (tools === undefined || tools.some((pattern) => fits(pattern, plan.name))) &&
    (labels === undefined || labels.some((label) => plan.labels.includes(label)));
  const commits = {
    meters: program.meters.filter(
      ({ meter }) =>
        mayCover(meter.match) &&
        (meter.reserve !== undefined || program.historyRead.has(meter.name)),
    ),
    events: program.events.filter(
      ({ event }) =>
        (event.at === "begin" || event.at === "decision") &&
        mayCover(event.match) &&
        program.historyRead.has(event.name),
    ),
  };
  plan.commits = commits;
  return commits;
}
