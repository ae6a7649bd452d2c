import { loadPolicySet } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";

const fixed = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: stripe.refund}
spec:
  labels: [money]
  schema:
    type: object
    properties:
      amount: {type: integer, minimum: 0}
      to: {type: string}
      note: {type: string, maxLength: 20}
      tags: {type: array, items: {type: string}}
      count: {type: integer, minimum: 0, maximum: 99, default: 1}
    required: [amount]
---
apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: bot}
spec: {roles: [support]}
---
apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: chief}
spec: {roles: [lead]}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: seen}
spec: {match: {tools: [stripe.refund]}, at: begin, key: [session.id], polarity: accepted}
`;

/** A policy set of one policy for refunds with these rules, each a line of YAML. */
export function refundSet(rules: readonly string[], more = ""): Bundle {
  const text = `${fixed}---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds}
spec:
  match: {tools: [stripe.refund], agent_roles: [support]}
  params: {limit: 100}
  rules:
${rules.map((rule) => `    - ${rule}\n`).join("")}${more}`;
  const loaded = loadPolicySet([{ path: "policies/refunds.yaml", text }], { root: "policies" });
  if (loaded.ok) return loaded.bundle;
  throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
}
