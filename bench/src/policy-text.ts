import type { PolicyFileText } from "@holdfast/engine";
import type { Rule } from "./condition.ts";
import { directoryTool, toolLabels, toolText } from "./rule-source.ts";
import type { RuleSource } from "./rule-source.ts";

const header = "apiVersion: holdfast.dev/v1\n";

/** The policy set as an operator would write it: a file of tools, and one for each role. */
export function policyFiles(source: RuleSource): readonly PolicyFileText[] {
  const { roles, tools } = source.grid;
  const files = [...baseFiles(source)];
  for (let role = 0; role < roles; role += 1) {
    const text = documents(tools, (tool) => pairDocument(source.of(role, tool)));
    files.push({ path: `policies/role-${role}.yaml`, text });
  }
  return files;
}

/** The files of what is not one role's: settings, history, tools, rules for everyone. */
export function baseFiles(source: RuleSource): readonly PolicyFileText[] {
  const { tools } = source.grid;
  const files = [
    { path: "policies/settings.yaml", text: settings + historyText(source) },
    { path: "policies/baseline.yaml", text: baselineText(source.globals) },
  ];
  // A policy file has at most 256 KiB.
  for (let from = 0; from < tools; from += toolsPerFile) {
    const count = Math.min(toolsPerFile, tools - from);
    const text = documents(count, (index) => toolDocument(from + index));
    files.push({ path: `policies/tools-${from / toolsPerFile}.yaml`, text });
  }
  return files.filter(({ text }) => text !== "");
}

/** A condition in CEL; `undefined` for a limit, which is no condition. */
export function celText(condition: Rule["condition"]): string | undefined {
  switch (condition.kind) {
    case "compare":
      return `args.${condition.argument} ${condition.sign} ${condition.number}`;
    case "equals":
      return `args.currency == "${condition.text}"`;
    case "one-of":
      return `args.region in [${condition.texts.map((text) => `"${text}"`).join(", ")}]`;
    case "prefix":
      return `args.${condition.argument}.startsWith("${condition.text}")`;
    case "flag": {
      const flag = condition.urgent ? "args.urgent" : "!args.urgent";
      return `${flag} && args.quantity ${condition.sign} ${condition.number}`;
    }
    case "own":
      return "args.owner == agent.id";
    case "happened": {
      const { event, minutes, above } = condition;
      return `happened("${event}", duration("${minutes}m")) && args.amount > ${above}`;
    }
    case "count":
      return `count("${condition.event}", duration("${condition.minutes}m")) > ${condition.more}`;
    case "foreign":
      return '!from_only(args.to, ["user", "crm"])';
    case "limit":
      return undefined;
  }
}

const toolsPerFile = 200;

function documents(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join("---\n");
}

function pairDocument([allow, deny]: readonly [Rule, Rule]): string {
  const [policy = ""] = allow.name.split("/");
  return `${header}kind: Policy
metadata: {name: ${policy}}
spec:
  match: {agent_roles: [${allow.role ?? ""}], tools: [${allow.tool ?? ""}]}
  rules:
${ruleLine(allow)}${ruleLine(deny)}`;
}

function ruleLine(rule: Rule, reason = ""): string {
  const id = rule.name.split("/")[1] ?? "";
  const { condition } = rule;
  const asks =
    condition.kind === "limit"
      ? `limit: {meter: ${condition.meter}, max: ${condition.max}}`
      : `when: '${celText(condition) ?? ""}'`;
  return `    - {id: ${id}, effect: ${rule.effect}, ${asks}${reason}}\n`;
}

/** Rules for everyone, with words for people as such rules have them. */
function baselineText(rules: readonly Rule[]): string {
  const policies = new Map<string, Rule[]>();
  for (const rule of rules) {
    const [policy = ""] = rule.name.split("/");
    policies.set(policy, [...(policies.get(policy) ?? []), rule]);
  }
  return [...policies]
    .map(([policy, held]) => {
      const label = held[0]?.label;
      const match = label === undefined ? "{}" : `{labels: [${label}]}`;
      const lines = held.map((rule) => ruleLine(rule, ", reason: refused for everyone"));
      return `${header}kind: Policy\nmetadata: {name: ${policy}}\nspec:\n  match: ${match}\n  rules:\n${lines.join("")}`;
    })
    .join("---\n");
}

function toolDocument(tool: number): string {
  return `${header}kind: Tool
metadata: {name: ${toolText(tool)}}
spec:
  labels: [${toolLabels(tool).join(", ")}]
  schema:
    type: object
    required: [amount, quantity, currency, region, path, urgent, owner, to]
    properties:
      amount: {type: integer, minimum: 0, maximum: 1000000}
      quantity: {type: integer, minimum: 0}
      currency: {type: string, enum: [EUR, USD, GBP, JPY, XAU]}
      region: {type: string}
      path: {type: string, maxLength: 256}
      urgent: {type: boolean}
      owner: {type: string}
      to: {type: string, maxLength: 256}
`;
}

const settings = `${header}kind: Settings
metadata: {name: settings}
spec:
  environments: [production]
  classifications: [public, internal]
  labels: [read, write, money, egress, untrusted, crm]
`;

function historyText({ conditions }: RuleSource): string {
  if (conditions !== "history") return "";
  return [
    `kind: Tool
metadata: {name: ${directoryTool.server}.${directoryTool.name}}
spec:
  labels: [read]
  results: {"customers[].mail": {labels: [crm]}}
`,
    `kind: Event
metadata: {name: untrusted-read}
spec: {match: {labels: [untrusted]}, at: begin, key: [session.id]}
`,
    `kind: Event
metadata: {name: egress-begun}
spec: {match: {labels: [egress]}, at: begin, key: [session.id]}
`,
    `kind: Event
metadata: {name: large-amount}
spec: {at: decision, when: args.amount > 9000, key: [agent.id]}
`,
    `kind: Meter
metadata: {name: spend}
spec: {match: {labels: [money]}, reserve: args.amount, key: [agent.id], window: 1h}
`,
    `kind: Meter
metadata: {name: calls}
spec: {key: [session.id], window: 10m}
`,
  ]
    .map((text) => `---\n${header}${text}`)
    .join("");
}
