import { counted, printable } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import type { ObservedUse } from "../run/observed-use.ts";
import { fieldLabel } from "../tool/result-field.ts";
import { snakeName } from "../tool/snake-name.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";
import type { LearnedRule } from "./learned-rule.ts";
import { confidenceOf } from "./rule-track.ts";
import type { ToolTrack } from "./rule-track.ts";

const apiVersion = "holdfast.dev/v1";

/** What a Tool document is made from. */
export interface DescribedTool {
  readonly server: string;
  readonly tool: UnderstoodTool;
  readonly use: ObservedUse | undefined;
  /** whether there are no other arguments: of reads, which change nothing, agents often make some up */
  readonly isClosed: boolean;
}

/** The Tool document, for a person to confirm. */
export function toolDocument({ server, tool, use, isClosed }: DescribedTool): JsonObject {
  // Whatever is read may have been written by anybody.
  const labels = tool.isRead ? [...tool.labels, "untrusted"].sort() : tool.labels;
  // One run, a slip or a lie, must not add to what a definition tells.
  const shown = isClosed ? use?.repeated : use?.arguments;
  const given = [...(shown ?? [])].filter(isWritable).sort();
  const results = labelledFields(use?.fields ?? []);
  return {
    apiVersion,
    kind: "Tool",
    metadata: {
      name: `${server}.${tool.name}`,
      description: bounded(tool.evidence.join("; ")),
    },
    spec: {
      labels: [...labels],
      ...(tool.acts.length === 0 ? {} : { acts: [...tool.acts] }),
      // Which arguments there are; what they may be is for rules, as these can ask a person.
      schema: {
        type: "object",
        properties: Object.fromEntries(
          [...tool.arguments.map(({ name }) => name), ...given].map((name) => [name, {}]),
        ),
        additionalProperties: !isClosed,
      },
      ...(results.length === 0 ? {} : { results: Object.fromEntries(results) }),
    },
  };
}

/** The longest path of a field that a document can hold, and what it has room for of them, in units. */
const pathUnitsMax = 4096;
const fieldsUnitsMax = 65_536;

/** About what a field takes besides its path. */
const fieldUnits = 64;

/** Fields that hold what is secret or a person's own, sorted; of very many, which one result can make up, the first. */
function labelledFields(fields: readonly string[]) {
  const found: (readonly [path: string, described: JsonObject])[] = [];
  let left = fieldsUnitsMax;
  for (const path of fields) {
    const label = fieldLabel(path);
    if (label === undefined || path.length > pathUnitsMax) continue;
    left -= path.length + fieldUnits;
    if (left < 0) break;
    found.push([path, { labels: [label, "untrusted"] }]);
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What a Policy document is made from. */
export interface LearnedRules extends DescribedTool {
  /** the name of the policy */
  readonly name: string;
  readonly rules: readonly LearnedRule[];
  readonly approvers: readonly string[];
  /** whom the policy is for; absent or empty: any agent */
  readonly agents?: readonly string[] | undefined;
  readonly roles?: readonly string[] | undefined;
  /** what became of the honest calls of the tool */
  readonly track?: ToolTrack | undefined;
}

/** The Policy document of one tool: a grant, and what narrows it, with what bears each rule out. */
export function policyDocument(learned: LearnedRules): JsonObject {
  const { server, tool, use, name, rules, approvers, agents = [], roles = [] } = learned;
  const seen =
    use === undefined
      ? "not used in the runs that were learned from"
      : `used ${counted(use.calls, "time")}, in ${counted(use.tasks.size, "task")}`;
  const labels = use === undefined ? [] : rules.map((rule) => [rule.id, supportOf(rule, learned)]);
  return {
    apiVersion,
    kind: "Policy",
    metadata: {
      name,
      description: seen,
      ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) as JsonObject }),
    },
    spec: {
      match: {
        tools: [`${server}.${tool.name}`],
        ...(agents.length === 0 ? {} : { agents: [...agents] }),
        ...(roles.length === 0 ? {} : { agent_roles: [...roles] }),
      },
      rules: [
        { id: "grant", effect: "allow" },
        ...rules.map((rule) => ruleDocument(rule, approvers)),
      ],
    },
  };
}

function ruleDocument(
  { id, effect, when, limit, reason }: LearnedRule,
  approvers: readonly string[],
): JsonObject {
  return {
    id,
    effect,
    ...(when === undefined ? {} : { when }),
    ...(limit === undefined ? {} : { limit: { ...limit } }),
    reason,
    ...(effect === "step_up" ? { approval: { from: [...approvers], quorum: 1, ttl: "15m" } } : {}),
  };
}

/** What bears a rule out, the honest calls that it caught, and how sure one may be that the next is let through. */
function supportOf({ id, support }: LearnedRule, { track }: LearnedRules): string {
  const parts = support === undefined ? ["the same for every tool"] : [support];
  if (track !== undefined) {
    const caught = track.caught.get(id);
    parts.push(
      caught === undefined
        ? `let all ${counted(track.calls, "honest call")} through`
        : `caught ${caught.calls} of ${counted(track.calls, "honest call")}: ${caught.examples.join(", ")}`,
      `confidence ${confidenceOf(track, id).toFixed(2)}`,
    );
  }
  return bounded(parts.join("; "));
}

/** What a label or a description of a document may hold. */
const wordsUnitsMax = 4096;

/** Words of a document. Names of arguments and ids of runs are whatever somebody made them. */
function bounded(text: string): string {
  // A cut may halve a character.
  return printable(text.length <= wordsUnitsMax ? text : `${text.slice(0, wordsUnitsMax - 1)}…`);
}

/** Whether a document can hold the name of an argument: no half a character, nor what YAML readers take amiss. */
export function isWritable(name: string): boolean {
  return name !== "__proto__" && !/\p{Cs}/u.test(name);
}

/** The names of the policies of these tools, no two alike, whatever tools are called. */
export function policyNames(tools: readonly UnderstoodTool[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  // Where the next number is looked for: names that somebody made alike must not be counted anew for each.
  const next = new Map<string, number>();
  for (const { name: tool } of tools) {
    const plain = policyName(tool) || "tool";
    let name = plain;
    let at = next.get(plain) ?? 2;
    for (; taken.has(name); at += 1) name = `${plain}-${at}`;
    next.set(plain, at);
    taken.add(name);
    names.set(tool, name);
  }
  return names;
}

/** What a file's name has room for, with a number behind it. */
const nameUnitsMax = 100;

/** The name of the policy of a tool, which another may share; empty where it has no letter or digit. */
function policyName(tool: string): string {
  return snakeName(tool)
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .slice(0, nameUnitsMax)
    .replaceAll(/^-+|-+$/gu, "");
}

/** The vocabulary of learned policies. */
export function settingsDocument(environments: readonly string[]): JsonObject {
  return {
    apiVersion,
    kind: "Settings",
    metadata: { name: "settings" },
    spec: {
      environments: [...environments],
      classifications: ["public", "internal", "confidential", "restricted"],
      labels:
        "read write destructive egress exec money pii secrets untrusted internal delegate".split(
          " ",
        ),
    },
  };
}
