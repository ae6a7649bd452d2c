import type { Condition } from "../condition.ts";
import { isHistory } from "../condition.ts";
import type { Candidate } from "../contender.ts";
import type { RuleSource } from "../rule-source.ts";
import { peerModule } from "./peer-module.ts";

interface Enforcer {
  enforceSync(...request: readonly unknown[]): boolean;
}

interface Casbin {
  newModelFromString(text: string): unknown;
  newEnforcer(model: unknown, adapter: unknown): Promise<Enforcer>;
  readonly StringAdapter: new (policy: string) => unknown;
}

const effects = `[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
`;
// WHY no space before a bracket: casbin would take it for the list of an `in`.
const keys = '(p.role == "*"||r.role == p.role)&&(p.tool == "*"||r.tool == p.tool)';

/** Limits as columns of the policy: what casbin is fastest with. */
const numericModel = `[request_definition]
r = role, tool, args
[policy_definition]
p = role, tool, below, above, eft
${effects}[matchers]
m = ${keys}&&r.args.amount < p.below && r.args.quantity > p.above
`;

/** A condition of each rule's own, by `eval`. */
const mixedModel = `[request_definition]
r = role, tool, args
[policy_definition]
p = role, tool, when, eft
${effects}[matchers]
m = ${keys}&&eval(p.when)
`;

/** casbin, synchronous, roles as they are (one per agent, so no role graph). */
export const casbin: Candidate = {
  name: "casbin",
  indexed: false,
  partial: false,
  method: "enforceSync",
  holds: ["numeric", "mixed"],
  async load(source) {
    const module = await peerModule<Casbin>("casbin");
    const numeric = source.conditions === "numeric";
    const text = policyText(source, numeric);
    const started = performance.now();
    const model = module.newModelFromString(numeric ? numericModel : mixedModel);
    const enforcer = await module.newEnforcer(model, new module.StringAdapter(text));
    return {
      loadMs: performance.now() - started,
      prepare: ({ agent, request, args }) =>
        [
          request.agent.roles[0],
          `${request.tool.server}.${request.tool.name}`,
          { ...args, agent },
        ] as const,
      decide: (call: readonly unknown[]) => (enforcer.enforceSync(...call) ? 1 : 0),
    };
  },
};

function policyText(source: RuleSource, numeric: boolean): string {
  const lines: string[] = [];
  for (const { effect, role = "*", tool = "*", condition } of source.all()) {
    if (isHistory(condition)) continue;
    const columns = numeric ? limits(condition) : `"${expression(condition)}"`;
    lines.push(`p, ${role}, ${tool}, ${columns}, ${effect}`);
  }
  return lines.join("\n");
}

function limits(condition: Condition): string {
  if (condition.kind !== "compare") throw new RangeError("a numeric rule compares");
  return condition.sign === "<" ? `${condition.number}, -1` : `1000000000, ${condition.number}`;
}

function expression(condition: Condition): string {
  switch (condition.kind) {
    case "compare":
      return `r.args.${condition.argument} ${condition.sign} ${condition.number}`;
    case "equals":
      return `r.args.currency == '${condition.text}'`;
    case "one-of":
      return `r.args.region in [${condition.texts.map((text) => `'${text}'`).join(", ")}]`;
    case "prefix":
      return `r.args.${condition.argument}.startsWith('${condition.text}')`;
    case "flag":
      return `r.args.urgent == ${condition.urgent} && r.args.quantity ${condition.sign} ${condition.number}`;
    case "own":
      return "r.args.owner == r.args.agent";
  }
}
