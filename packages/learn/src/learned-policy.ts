import { printForm } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import type { JsonObject } from "@holdfast/model";
import { baseRules } from "./policy/base-rule.ts";
import type { BaseRule } from "./policy/base-rule.ts";
import { exemptions } from "./policy/exemption.ts";
import type { Exemption, JudgedCall } from "./policy/exemption.ts";
import { knownPlaces } from "./policy/known-place.ts";
import type { KnownPlaces } from "./policy/known-place.ts";
import {
  policyDocument,
  policyNames,
  settingsDocument,
  toolDocument,
} from "./policy/policy-document.ts";
import { familyOf } from "./policy/rule-family.ts";
import type { RuleFamily } from "./policy/rule-family.ts";
import type { LearnedRun } from "./run/learned-run.ts";
import { observedUses } from "./run/observed-use.ts";
import type { ObservedUse } from "./run/observed-use.ts";
import { structuredTools, withStructuredResults } from "./run/structured-result.ts";
import type { ToolDefinition } from "./tool/tool-definition.ts";
import { understandTool } from "./tool/understood-tool.ts";
import type { UnderstoodTool } from "./tool/understood-tool.ts";

/** What a policy is learned from. */
export interface LearnOptions {
  readonly definitions: readonly ToolDefinition[];
  /** honest runs that solved their tasks; none: only what definitions say is known */
  readonly runs: readonly LearnedRun[];
  /** the server of the tools, as policies name it */
  readonly server: string;
  readonly environments: readonly string[];
  /** who may approve what is stepped up: `user:ana`, `group:leads` */
  readonly approvers: readonly string[];
  /** leave out the rules that ask a person, so that the policy only grants and denies */
  readonly withoutStepUp?: boolean;
  /** parts to leave out, to measure what each buys; absent: none */
  readonly without?: readonly RuleFamily[];
  /** decides the calls of a run by policy files; absent: nothing is exempt */
  readonly judge?: (files: readonly PolicyFileText[]) => (run: LearnedRun) => readonly JudgedCall[];
}

/** A learned policy, with what it rests on. */
export interface LearnedPolicy {
  readonly tools: readonly UnderstoodTool[];
  readonly uses: ReadonlyMap<string, ObservedUse>;
  readonly places: KnownPlaces;
  readonly exemptions: readonly Exemption[];
  /** tools whose results are structured data, whatever text they are written in */
  readonly structured: ReadonlySet<string>;
  /** the policy set: one file for Settings, and one for each tool; sorted by path */
  readonly files: readonly PolicyFileText[];
}

/** Nothing is known to be usual. */
const noPlaces: KnownPlaces = { domains: [], hosts: [] };

/**
 * Learns a policy set. Pure and deterministic: the same definitions and runs give the same bytes, in
 * whatever order they come.
 */
export function learnPolicy(options: LearnOptions): LearnedPolicy {
  const structured = structuredTools(options.runs);
  const runs = options.runs.map((run) => withStructuredResults(run, structured));
  const uses = observedUses(runs);
  const tools = toolsOf(options.definitions, uses);
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const isWithout = (part: RuleFamily): boolean => options.without?.includes(part) === true;
  const places = isWithout("places") ? noPlaces : knownPlaces(runs, byName);
  const filesWith = (left: readonly Exemption[]): readonly PolicyFileText[] =>
    policyFiles(options, { tools, uses, places, exemptions: left });
  const found =
    options.judge === undefined || isWithout("exemptions")
      ? []
      : exemptions(runs, options.judge(filesWith([])), byName);
  return {
    tools,
    uses,
    places,
    exemptions: found,
    structured,
    files: filesWith(found),
  };
}

/** All tools that are defined or were used; sorted by name. */
function toolsOf(
  definitions: readonly ToolDefinition[],
  uses: ReadonlyMap<string, ObservedUse>,
): readonly UnderstoodTool[] {
  const byName = new Map(definitions.map((each) => [each.name, each]));
  for (const { tool, arguments: names } of uses.values()) {
    if (byName.has(tool)) continue;
    const all = [...names].sort().map((name) => ({ name, isList: false }));
    byName.set(tool, { name: tool, description: "", arguments: all });
  }
  return [...byName.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((definition) => understandTool(definition));
}

function policyFiles(
  { server, environments, approvers, withoutStepUp = false, without = [] }: LearnOptions,
  known: Pick<LearnedPolicy, "tools" | "uses" | "places" | "exemptions">,
): readonly PolicyFileText[] {
  const isKept = (tool: UnderstoodTool, { id, effect }: BaseRule): boolean =>
    !(withoutStepUp && effect === "step_up") &&
    !without.includes(familyOf[id]) &&
    !known.exemptions.some((each) => each.tool === tool.name && each.rule === id);
  const names = policyNames(known.tools);
  const files = known.tools.map((tool) => {
    const name = names.get(tool.name) ?? "";
    const use = known.uses.get(tool.name);
    const rules = baseRules(tool, known.places).filter((rule) => isKept(tool, rule));
    const documents = [
      toolDocument({ server, tool, use }),
      policyDocument({ server, tool, use, name, rules, approvers }),
    ];
    return { path: `tools/${name}.yaml`, text: textOf(documents) };
  });
  const settings = {
    path: "settings.yaml",
    text: textOf([settingsDocument(environments)]),
  };
  return [settings, ...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function textOf(documents: readonly JsonObject[]): string {
  return documents.map((each) => printForm(each)).join("---\n");
}
