import type { Condition } from "../condition.ts";
import { isHistory } from "../condition.ts";
import type { Candidate } from "../contender.ts";
import { roleName } from "../rule-source.ts";
import type { RuleSource } from "../rule-source.ts";
import { peerModule } from "./peer-module.ts";

interface Answer {
  readonly type: "success" | "failure";
  readonly errors?: readonly { readonly message: string }[];
  readonly response?: { readonly decision: "allow" | "deny" };
}

interface Cedar {
  readonly preparsePolicySet: (id: string, policies: { readonly staticPolicies: string }) => Answer;
  readonly statefulIsAuthorized: (call: object) => Answer;
}

const policySetId = "bench";

/** Cedar, its policy set parsed once; roles are entities an agent is in, tools are actions. */
export const cedar: Candidate = {
  name: "@cedar-policy/cedar-wasm",
  indexed: false,
  partial: false,
  method: "preparsePolicySet, statefulIsAuthorized",
  holds: ["numeric", "mixed"],
  async load(source) {
    const { preparsePolicySet, statefulIsAuthorized } = await peerModule<Cedar>(
      "@cedar-policy/cedar-wasm/nodejs",
    );
    const staticPolicies = policyText(source);
    const started = performance.now();
    const parsed = preparsePolicySet(policySetId, { staticPolicies });
    const loadMs = performance.now() - started;
    if (parsed.type !== "success") throw new Error(JSON.stringify(parsed.errors));
    return {
      loadMs,
      prepare: ({ agent, role, request, args }) => {
        const principal = { type: "Agent", id: agent };
        const group = { type: "Role", id: role < 0 ? "visitor-team-0000" : roleName(role) };
        return {
          principal,
          action: { type: "Action", id: `${request.tool.server}.${request.tool.name}` },
          resource: { type: "Tool", id: "tool" },
          context: { ...args },
          preparsedPolicySetId: policySetId,
          entities: [{ uid: principal, attrs: { id: agent }, parents: [group] }],
        };
      },
      decide: (call: object) => (statefulIsAuthorized(call).response?.decision === "allow" ? 1 : 0),
    };
  },
};

function policyText(source: RuleSource): string {
  const texts: string[] = [];
  for (const { effect, role, tool, condition } of source.all()) {
    if (isHistory(condition)) continue;
    const principal = role === undefined ? "principal" : `principal in Role::"${role}"`;
    const action = tool === undefined ? "action" : `action == Action::"${tool}"`;
    const verb = effect === "allow" ? "permit" : "forbid";
    texts.push(`${verb}(${principal}, ${action}, resource) when { ${expression(condition)} };`);
  }
  return texts.join("\n");
}

function expression(condition: Condition): string {
  switch (condition.kind) {
    case "compare":
      return `context.${condition.argument} ${condition.sign} ${condition.number}`;
    case "equals":
      return `context.currency == "${condition.text}"`;
    case "one-of":
      return `[${condition.texts.map((text) => `"${text}"`).join(", ")}].contains(context.region)`;
    case "prefix":
      return `context.${condition.argument} like "${condition.text}*"`;
    case "flag":
      return `context.urgent == ${condition.urgent} && context.quantity ${condition.sign} ${condition.number}`;
    case "own":
      return "context.owner == principal.id";
  }
}
