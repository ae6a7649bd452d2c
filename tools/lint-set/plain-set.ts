/** A policy of one role and one tool; its rules and variables are flow maps and lines of YAML. */
export interface PlainPolicy {
  readonly name: string;
  readonly role: number;
  readonly tool: number;
  readonly variables: string[];
  readonly rules: string[];
}

/** The first line of every document. */
export const header = "apiVersion: holdfast.dev/v1\n";

function toolOf(index: number): string {
  return `service-${Math.floor(index / 10)}.update-${index}`;
}

/** An agent for each role, so that roles are closed. */
export function agentDocument(role: number): string {
  return `${header}kind: Agent\nmetadata: {name: agent-${role}}\nspec: {roles: [team-${role}]}\n`;
}

/** A tool whose schema says what conditions read. */
export function toolDocument(index: number): string {
  return `${header}kind: Tool
metadata: {name: ${toolOf(index)}}
spec:
  labels: [write]
  schema:
    type: object
    required: [amount, quantity, region, path, owner, urgent]
    properties:
      amount: {type: integer, minimum: 0, maximum: 1000000}
      quantity: {type: integer, minimum: 0}
      region: {type: string}
      path: {type: string, maxLength: 256}
      owner: {type: string}
      urgent: {type: boolean}
      note: {type: string}
`;
}

/** The text of a policy. */
export function policyDocument({ name, role, tool, variables, rules }: PlainPolicy): string {
  const named =
    variables.length === 0
      ? ""
      : `  variables:\n${variables.map((line) => `    ${line}\n`).join("")}`;
  return `${header}kind: Policy
metadata: {name: ${name}}
spec:
  match: {agent_roles: [team-${role}], tools: [${toolOf(tool)}]}
${named}  rules:
${rules.map((rule) => `    - ${rule}\n`).join("")}`;
}
