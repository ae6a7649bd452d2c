import { isToolName } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { exemptions } from "./policy/exemption.ts";
import type { Exemption, JudgedCall } from "./policy/exemption.ts";
import { knownPlaces } from "./policy/known-place.ts";
import type { KnownPlaces } from "./policy/known-place.ts";
import type { LearnedRule } from "./policy/learned-rule.ts";
import { isWritable } from "./policy/policy-document.ts";
import { policySet, toolRules } from "./policy/policy-set.ts";
import type { Findings, PolicySetOptions } from "./policy/policy-set.ts";
import { ruleTrack } from "./policy/rule-track.ts";
import type { RuleTrack } from "./policy/rule-track.ts";
import { usualEnvironments } from "./policy/usual-environment.ts";
import { usualSteps } from "./policy/usual-order.ts";
import { noOrigins, usualOrigins } from "./policy/usual-origin.ts";
import { usualPhases } from "./policy/usual-phase.ts";
import { usualRates } from "./policy/usual-rate.ts";
import type { Usual } from "./policy/usual-rule.ts";
import { argumentUses } from "./run/argument-use.ts";
import type { ArgumentUse } from "./run/argument-use.ts";
import { taskOf, tasksMin } from "./run/learned-run.ts";
import type { LearnedRun } from "./run/learned-run.ts";
import { observedUses } from "./run/observed-use.ts";
import type { ObservedUse } from "./run/observed-use.ts";
import { structuredTools, withStructuredResults } from "./run/structured-result.ts";
import { haveRoom } from "./tool/name-room.ts";
import type { ToolDefinition } from "./tool/tool-definition.ts";
import { understandTool } from "./tool/understood-tool.ts";
import type { UnderstoodTool } from "./tool/understood-tool.ts";

/** What a policy is learned from. */
export interface LearnOptions extends PolicySetOptions {
  readonly definitions: readonly ToolDefinition[];
  /** honest runs that solved their tasks; none: only what definitions say is known */
  readonly runs: readonly LearnedRun[];
  /** decides the calls of a run by policy files; absent: nothing is exempt, and nothing is told of honest calls */
  readonly judge?: (files: readonly PolicyFileText[]) => (run: LearnedRun) => readonly JudgedCall[];
}

/** A learned policy, with what it rests on. */
export interface LearnedPolicy {
  readonly tools: readonly UnderstoodTool[];
  /** tools whose names, or those of their arguments, no policy can hold, so that their calls are denied; sorted */
  readonly unnamed: readonly string[];
  readonly uses: ReadonlyMap<string, ObservedUse>;
  readonly places: KnownPlaces;
  readonly usual: Usual;
  readonly exemptions: readonly Exemption[];
  /** what the policy makes of the honest calls; absent without a judge */
  readonly track: RuleTrack | undefined;
  /** tools whose results are structured data, whatever text they are written in */
  readonly structured: ReadonlySet<string>;
  /** the rules that narrow each tool, by its name */
  readonly rules: ReadonlyMap<string, readonly LearnedRule[]>;
  /** the policy set: one file for Settings, and one for each tool; sorted by path */
  readonly files: readonly PolicyFileText[];
}

/** Nothing is known to be usual. */
const noPlaces: KnownPlaces = { domains: [], hosts: [], values: new Map() };

/**
 * Learns a policy set. Pure and deterministic: the same definitions and runs give the same bytes, in
 * whatever order they come.
 */
export function learnPolicy(given: LearnOptions): LearnedPolicy {
  const unnamed = unnamedTools(given);
  const options = unnamed.size === 0 ? given : withoutTools(given, unnamed);
  const learned = learnNamed(options);
  return { ...learned, unnamed: [...unnamed].sort() };
}

function unnamedTools({ definitions, runs, server }: LearnOptions): ReadonlySet<string> {
  const used = runs.flatMap(({ calls }) => calls.map(({ tool }) => tool));
  const names = new Set([...definitions.map(({ name }) => name), ...used]);
  const unheld = definitions.filter((each) => !haveRoom(each.arguments.map(({ name }) => name)));
  return new Set([
    ...[...names].filter((name) => !isToolName(`${server}.${name}`)),
    ...unheld.map(({ name }) => name),
  ]);
}

/** As if they had not been there: where the policy is enforced no call of them gives anything. */
function withoutTools(options: LearnOptions, names: ReadonlySet<string>): LearnOptions {
  return {
    ...options,
    definitions: options.definitions.filter(({ name }) => !names.has(name)),
    runs: options.runs.map((run) =>
      Object.assign({}, run, { calls: run.calls.filter(({ tool }) => !names.has(tool)) }),
    ),
  };
}

function learnNamed(options: LearnOptions): Omit<LearnedPolicy, "unnamed"> {
  const structured = structuredTools(options.runs);
  const runs = options.runs.map((run) => withStructuredResults(run, structured));
  const found = findingsOf(options, runs);
  const first = { ...found, exemptions: [] };
  if (options.judge === undefined) {
    const rules = rulesOf(options, first);
    return { ...first, structured, track: undefined, rules, files: policySet(options, first) };
  }
  const byName = new Map(found.tools.map((tool) => [tool.name, tool]));
  // Whoever acted in the runs is judged as the one that the policy is for.
  const anybody = { ...options, agents: undefined, roles: undefined };
  const judge = options.judge(policySet(anybody, first));
  const left = options.without?.includes("exemptions") ? [] : exemptions(runs, judge, byName);
  const exempted = { ...found, exemptions: left };
  // With rules left out, calls go on that were refused before, and others are judged otherwise.
  const again = left.length === 0 ? judge : options.judge(policySet(anybody, exempted));
  const track = ruleTrack(runs, again);
  const files = policySet(options, { ...exempted, track });
  return { ...exempted, structured, track, rules: rulesOf(options, exempted), files };
}

function rulesOf(options: PolicySetOptions, found: Findings): LearnedPolicy["rules"] {
  return new Map([...toolRules(options, found)].map(([tool, { rules }]) => [tool, rules]));
}

/** All that runs tell, but for what their rules make of them. */
function findingsOf(
  { definitions, without = [], withoutStepUp = false }: LearnOptions,
  runs: readonly LearnedRun[],
): Omit<Findings, "exemptions" | "track"> {
  const uses = observedUses(runs);
  const values = argumentUses(runs);
  const tools = toolsOf(definitions, uses, values);
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  const isAsked = !withoutStepUp && !without.includes("order");
  const areOriginsAsked = !withoutStepUp && !without.includes("origins");
  const origins = areOriginsAsked ? usualOrigins(runs) : noOrigins;
  const defined = new Set(definitions.map(({ name }) => name));
  return {
    tools,
    uses,
    places: without.includes("places") ? noPlaces : knownPlaces(runs, byName, origins.values),
    usual: {
      used: new Set(uses.keys()),
      delegated: delegatedTools(runs),
      environments: usualEnvironments(runs),
      arguments: values,
      steps: isAsked ? usualSteps(runs, byName) : [],
      phases: isAsked ? usualPhases(runs, byName) : new Map(),
      rates: usualRates(runs),
      origins,
      undefined: new Map(
        [...uses]
          .filter(([name]) => !defined.has(name))
          .map(([name, use]) => [name, use.tasks.size]),
      ),
    },
    defined,
  };
}

/** Tools that two tasks led to on behalf of another agent. */
function delegatedTools(runs: readonly LearnedRun[]): ReadonlySet<string> {
  const found = new Map<string, Set<string>>();
  for (const run of runs) {
    for (const { tool, delegation = [] } of run.calls) {
      if (delegation.length === 0) continue;
      const tasks = found.get(tool) ?? new Set();
      found.set(tool, tasks.add(taskOf(run)));
    }
  }
  const isUsual = ([, tasks]: [string, ReadonlySet<string>]): boolean => tasks.size >= tasksMin;
  return new Set([...found].filter(isUsual).map(([tool]) => tool));
}

/** All tools that are defined or were used; sorted by name. */
function toolsOf(
  definitions: readonly ToolDefinition[],
  uses: ReadonlyMap<string, ObservedUse>,
  values: ReadonlyMap<string, ReadonlyMap<string, ArgumentUse>>,
): readonly UnderstoodTool[] {
  const isListed = (tool: string, name: string): boolean =>
    values.get(tool)?.get(name)?.kinds.has("list") === true;
  // A definition may say nothing of kinds, and runs show them.
  const byName = new Map(
    definitions.map((each) => {
      const all = each.arguments
        .filter(({ name }) => isWritable(name))
        .map((argument) =>
          Object.assign({}, argument, {
            isList: argument.isList || isListed(each.name, argument.name),
          }),
        );
      return [each.name, { ...each, arguments: all }];
    }),
  );
  for (const { tool, arguments: names } of uses.values()) {
    if (byName.has(tool)) continue;
    const all = [...names]
      .filter(isWritable)
      .sort()
      .map((name) => ({ name, isList: isListed(tool, name) }));
    byName.set(tool, { name: tool, description: "", arguments: all });
  }
  return [...byName.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((definition) => understandTool(definition));
}
