import type { Request } from "@holdfast/model";
import type { Tool } from "../../document/kinds.ts";
import { compileExpression } from "../expression/compile.ts";
import { byUnit } from "../value/map.ts";
import { namesNumbers } from "../value/schema-number.ts";
import type { ArgumentChecks } from "./argument-check.ts";
import { unlabelled } from "./coverage.ts";
import { resourceNames } from "./policy-names.ts";
import type { Program, ToolPlan } from "./program.ts";
import { unclassified } from "./resource-facts.ts";
import { recordedSchema } from "../../document/recorded-schema.ts";

/** The plan of the tool that a request names; made anew for one that no document describes. */
export function toolPlan(program: Program, { server, name }: Request["tool"]): ToolPlan {
  const text = `${server}.${name}`;
  return program.tools.get(text) ?? planOf(text, undefined, undefined);
}

/** What is known of a tool before a request names it. */
export function planOf(
  name: string,
  tool: Tool | undefined,
  checks: ArgumentChecks | undefined,
): ToolPlan {
  const { schema } = tool ?? {};
  const recorded = tool === undefined ? undefined : recordedSchema(tool);
  return {
    name,
    tool,
    labels: [...new Set(tool?.labels ?? [unlabelled])].sort(byUnit),
    classification: tool?.classification ?? unclassified,
    check: recorded === undefined ? undefined : checks?.of(recorded),
    numbers: schema !== undefined && namesNumbers(schema) ? schema : undefined,
    resources: (tool?.resources ?? []).map(({ type, id }) => ({
      type,
      id: compileExpression(id.ast, resourceNames),
    })),
    targets: undefined,
    acts: undefined,
  };
}
