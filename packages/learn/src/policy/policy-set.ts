import { printForm } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import type { JsonObject } from "@holdfast/model";
import type { ObservedUse } from "../run/observed-use.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";
import { affordable } from "./affordable-rule.ts";
import { baseRules } from "./base-rule.ts";
import type { Exemption } from "./exemption.ts";
import type { KnownPlaces } from "./known-place.ts";
import { namesRead } from "./learned-rule.ts";
import type { LearnedRule, UsualRules } from "./learned-rule.ts";
import { policyDocument, policyNames, settingsDocument, toolDocument } from "./policy-document.ts";
import type { DescribedTool } from "./policy-document.ts";
import { familyOf } from "./rule-family.ts";
import type { RuleFamily } from "./rule-family.ts";
import type { RuleTrack } from "./rule-track.ts";
import { phaseEvents } from "./usual-phase.ts";
import { usualRules } from "./usual-rule.ts";
import type { Usual } from "./usual-rule.ts";

/** How a policy set is written. */
export interface PolicySetOptions {
  /** the server of the tools, as policies name it */
  readonly server: string;
  /** all that are declared */
  readonly environments: readonly string[];
  /** who may approve what is stepped up: `user:ana`, `group:leads` */
  readonly approvers: readonly string[];
  /** ids of the agents that the policies are for; absent or empty: any */
  readonly agents?: readonly string[] | undefined;
  /** roles of the agents that the policies are for; absent or empty: any */
  readonly roles?: readonly string[] | undefined;
  /** leave out the rules that ask a person, so that the policy only grants and denies */
  readonly withoutStepUp?: boolean | undefined;
  /** parts to leave out, to measure what each buys; absent: none */
  readonly without?: readonly RuleFamily[] | undefined;
}

/** What a policy set is written from. */
export interface Findings {
  readonly tools: readonly UnderstoodTool[];
  readonly uses: ReadonlyMap<string, ObservedUse>;
  readonly places: KnownPlaces;
  readonly usual: Usual;
  /** names of tools that a definition tells the arguments of */
  readonly defined: ReadonlySet<string>;
  readonly exemptions: readonly Exemption[];
  /** what became of honest calls, once that is known */
  readonly track?: RuleTrack | undefined;
}

/** The files of a policy set: one for Settings, one for each tool, and one for what all share; sorted by path. */
export function policySet(options: PolicySetOptions, found: Findings): readonly PolicyFileText[] {
  const { environments, approvers, agents, roles } = options;
  const names = policyNames(found.tools);
  const rulesByTool = toolRules(options, found);
  const files = found.tools.map((tool) => {
    const name = names.get(tool.name) ?? "";
    const { rules, documents: asked } = rulesByTool.get(tool.name) ?? { rules: [], documents: [] };
    const described = describedTool(tool, options, found);
    const track = found.track?.get(tool.name);
    const whose = { agents, roles };
    const documents = [
      toolDocument(described),
      ...asked,
      policyDocument({ ...described, name, rules, approvers, track, ...whose }),
    ];
    return { path: `tools/${name}.yaml`, text: textOf(documents) };
  });
  const all = [...rulesByTool.values()].flatMap(({ rules }) => rules);
  const shared = phaseEvents(options.server, namesRead(all));
  if (shared.length > 0) files.push({ path: "phases.yaml", text: textOf(shared) });
  const settings = { path: "settings.yaml", text: textOf([settingsDocument(environments)]) };
  return [settings, ...files].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function describedTool(
  tool: UnderstoodTool,
  { server }: PolicySetOptions,
  { uses, defined }: Findings,
): DescribedTool {
  const isClosed = !tool.isRead && defined.has(tool.name);
  return { server, tool, use: uses.get(tool.name), isClosed };
}

/** What narrows each tool, by its name, with the Events and Meters that are asked. */
export function toolRules(
  options: PolicySetOptions,
  found: Findings,
): ReadonlyMap<string, UsualRules> {
  const { server, environments } = options;
  const naming = { server, environments, names: policyNames(found.tools) };
  const all = found.tools.map((tool): readonly [string, UsualRules] => {
    const usual = usualRules(tool, found.usual, naming);
    const rules = [...baseRules(tool, found.places), ...usual.rules].filter((rule) =>
      isWanted(tool, rule, options, found.exemptions),
    );
    const described = describedTool(tool, options, found);
    const asked = { rules, documents: usual.documents };
    const affording = affordable(described, asked, options.withoutStepUp === true);
    return [tool.name, { rules: affording, documents: usual.documents }];
  });
  const read = namesRead(all.flatMap(([, { rules }]) => rules));
  const isRead = ({ metadata }: JsonObject): boolean => {
    const name = (metadata as JsonObject)["name"];
    return typeof name === "string" && read.has(name);
  };
  return new Map(
    all.map(([tool, { rules, documents }]) => [
      tool,
      { rules, documents: documents.filter(isRead) },
    ]),
  );
}

function isWanted(
  tool: UnderstoodTool,
  { id, effect }: LearnedRule,
  { withoutStepUp = false, without = [] }: PolicySetOptions,
  left: readonly Exemption[],
): boolean {
  if (withoutStepUp && effect === "step_up") return false;
  if (without.includes(familyOf[id])) return false;
  return !left.some((each) => each.tool === tool.name && each.rule === id);
}

function textOf(documents: readonly JsonObject[]): string {
  return documents.map((each) => printForm(each)).join("---\n");
}
