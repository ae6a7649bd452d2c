import type { FactName, Request } from "@holdfast/model";
import { factOfUse } from "../../document/fact-vocabulary.ts";
import type { Tool } from "../../document/kinds.ts";
import { compileExpression } from "../expression/compile.ts";
import { derivesFrom } from "../fact/derived-label.ts";
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

const none: ReadonlySet<FactName> = new Set();

/** What is known of a tool before a request names it. */
export function planOf(
  name: string,
  tool: Tool | undefined,
  checks: ArgumentChecks | undefined,
): ToolPlan {
  const { schema } = tool ?? {};
  const uses = Object.values(tool?.arguments ?? {});
  const annotated = uses.length === 0 ? none : new Set(uses.map((use) => factOfUse[use]));
  const recorded = tool === undefined ? undefined : recordedSchema(tool);
  return {
    name,
    tool,
    labels: [...new Set(tool?.labels ?? [unlabelled])].sort(byUnit),
    classification: tool?.classification ?? unclassified,
    annotated,
    derives: derivesFrom(annotated),
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
