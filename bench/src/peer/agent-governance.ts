import type { Condition, Rule } from "../condition.ts";
import { isHistory } from "../condition.ts";
import type { Candidate } from "../contender.ts";
import { peerModule } from "./peer-module.ts";

interface PolicyEngine {
  loadPolicy(policy: object): void;
  evaluatePolicy(agent: string, context: object): { readonly allowed: boolean };
  evaluate(action: string, context: object): string;
}

interface AgentGovernance {
  readonly PolicyEngine: new (rules?: readonly object[], strategy?: string) => PolicyEngine;
}

const moduleName = "@microsoft/agent-governance-sdk";

/** Agent Governance Toolkit, full policies with conditions, deny overrides. */
export const agentGovernance: Candidate = {
  name: moduleName,
  indexed: false,
  partial: false,
  method: "evaluatePolicy, deny-overrides",
  // Its expressions have no prefix test and compare no two attributes.
  holds: ["numeric"],
  async load(source) {
    const { PolicyEngine } = await peerModule<AgentGovernance>(moduleName);
    const rules = [...source.all()].map(fullRule);
    const started = performance.now();
    const engine = new PolicyEngine([], "deny_overrides");
    engine.loadPolicy({
      apiVersion: "governance.toolkit/v1",
      name: "bench",
      scope: "global",
      rules,
      default_action: "deny",
    });
    return {
      loadMs: performance.now() - started,
      prepare: ({ agent, request, args }) => ({
        agent,
        context: {
          ...args,
          role: request.agent.roles[0],
          tool: `${request.tool.server}.${request.tool.name}`,
        },
      }),
      decide: ({ agent, context }: { readonly agent: string; readonly context: object }) =>
        engine.evaluatePolicy(agent, context).allowed ? 1 : 0,
    };
  },
};

/** The same engine's flat rules, which compare nothing: role and tool alone. */
export const agentGovernanceLegacy: Candidate = {
  name: `${moduleName} legacy`,
  indexed: false,
  partial: true,
  method: "evaluate; holds role and tool of the allow rules, no conditions",
  holds: ["numeric"],
  judge: ({ role }) => role >= 0,
  async load(source) {
    const { PolicyEngine } = await peerModule<AgentGovernance>(moduleName);
    const rules = [...source.all()].flatMap(({ name, effect, role, tool }) =>
      effect === "allow" ? [{ name, action: tool, conditions: { role }, effect }] : [],
    );
    const started = performance.now();
    const engine = new PolicyEngine(rules);
    return {
      loadMs: performance.now() - started,
      prepare: ({ request }) => ({
        action: `${request.tool.server}.${request.tool.name}`,
        context: { role: request.agent.roles[0] },
      }),
      decide: ({ action, context }: { readonly action: string; readonly context: object }) =>
        engine.evaluate(action, context) === "allow" ? 1 : 0,
    };
  },
};

function fullRule({ name, effect, role, tool, condition }: Rule): object {
  if (isHistory(condition)) throw new RangeError("no history");
  const keys = [
    ...(role === undefined ? [] : [`role == '${role}'`]),
    ...(tool === undefined ? [] : [`tool == '${tool}'`]),
  ];
  return { name, ruleAction: effect, condition: [...keys, expression(condition)].join(" and ") };
}

function expression(condition: Condition): string {
  if (condition.kind !== "compare") throw new RangeError(`no condition \`${condition.kind}\``);
  return `${condition.argument} ${condition.sign} ${condition.number}`;
}
