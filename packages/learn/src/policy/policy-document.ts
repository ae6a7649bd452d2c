import type { JsonObject } from "@holdfast/model";
import type { ObservedUse } from "../run/observed-use.ts";
import { fieldLabel } from "../tool/result-field.ts";
import { snakeName } from "../tool/snake-name.ts";
import type { UnderstoodTool } from "../tool/understood-tool.ts";
import type { BaseRule } from "./base-rule.ts";

const apiVersion = "holdfast.dev/v1";

/** What a Tool document is made from. */
export interface DescribedTool {
  readonly server: string;
  readonly tool: UnderstoodTool;
  readonly use: ObservedUse | undefined;
}

/** The Tool document, for a person to confirm. */
export function toolDocument({ server, tool, use }: DescribedTool): JsonObject {
  // Whatever is read may have been written by anybody.
  const labels = tool.isRead ? [...tool.labels, "untrusted"].sort() : tool.labels;
  const results = (use?.fields ?? []).flatMap((path) => {
    const label = fieldLabel(path);
    return label === undefined ? [] : [[path, { labels: [label, "untrusted"] }] as const];
  });
  return {
    apiVersion,
    kind: "Tool",
    metadata: {
      name: `${server}.${tool.name}`,
      description: tool.evidence.join("; "),
    },
    spec: {
      labels: [...labels],
      ...(tool.acts.length === 0 ? {} : { acts: [...tool.acts] }),
      // Which arguments there are; not yet what they may be.
      schema: {
        type: "object",
        properties: Object.fromEntries(tool.arguments.map(({ name }) => [name, {}])),
        additionalProperties: true,
      },
      ...(results.length === 0 ? {} : { results: Object.fromEntries(results) }),
    },
  };
}

/** What a Policy document is made from. */
export interface LearnedRules extends DescribedTool {
  /** the name of the policy */
  readonly name: string;
  readonly rules: readonly BaseRule[];
  readonly approvers: readonly string[];
}

/** The Policy document of one tool: a grant, and what narrows it. */
export function policyDocument({
  server,
  tool,
  use,
  name,
  rules,
  approvers,
}: LearnedRules): JsonObject {
  const seen =
    use === undefined
      ? "not used in the runs that were learned from"
      : `used ${use.calls} times, in ${use.tasks.size} tasks`;
  return {
    apiVersion,
    kind: "Policy",
    metadata: { name, description: seen },
    spec: {
      match: { tools: [`${server}.${tool.name}`] },
      rules: [
        { id: "grant", effect: "allow" },
        ...rules.map(({ id, effect, when, reason }) => ({
          id,
          effect,
          when,
          reason,
          ...(effect === "step_up"
            ? { approval: { from: [...approvers], quorum: 1, ttl: "15m" } }
            : {}),
        })),
      ],
    },
  };
}

/** The names of the policies of these tools, no two alike, whatever tools are called. */
export function policyNames(tools: readonly UnderstoodTool[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const { name: tool } of tools) {
    const plain = policyName(tool) || "tool";
    let name = plain;
    for (let at = 2; taken.has(name); at += 1) name = `${plain}-${at}`;
    taken.add(name);
    names.set(tool, name);
  }
  return names;
}

/** The name of the policy of a tool, which another may share; empty where it has no letter or digit. */
function policyName(tool: string): string {
  return snakeName(tool)
    .replaceAll(/[^a-z0-9]+/gu, "-")
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
