import type { Policy, Rule } from "../../document/policy.ts";
import type { AgentDocument } from "../../document/kinds.ts";
import { documentSpan } from "../../compile/check/policy-set.ts";
import { partSpan, rulePartSpan, ruleSpan } from "./lint-set.ts";
import type { LintSet, PlacedRule } from "./lint-set.ts";

/** Rules that wait for what can never come: agents, approvers, a change. */
export function checkReach(set: LintSet): void {
  for (const policy of set.bundle.policies) checkAgents(policy, set);
  for (const placed of set.rules) {
    if (placed.rule.effect === "step_up") checkApproval(placed, placed.rule, set);
    if (placed.rule.effect === "defer") checkDefer(placed, set);
    if (placed.rule.effect === "sandbox") checkSandbox(placed, placed.rule, set);
  }
}

/**
 * An Agent document says all roles of its agent. Where `match` names agents that all have one,
 * what it asks of them can be compared.
 */
function checkAgents(policy: Policy, set: LintSet): void {
  const { agents, agentRoles, environments } = policy.match;
  const all = set.bundle.agents;
  if (all.length === 0 || (agents === undefined && agentRoles === undefined)) return;
  const named = all.filter(({ name }) => agents?.some((pattern) => fits(pattern, name)) ?? true);
  // An agent without a document may come with any roles.
  const open = agents?.some((pattern) => !named.some(({ name }) => fits(pattern, name))) ?? false;
  if (open) return;
  const roles = agentRoles ?? [];
  const holding =
    agentRoles === undefined ? named : named.filter((agent) => has(agent.roles, roles));
  const rules = policy.rules.map(({ id }) => `${policy.name}/${id}`);
  if (holding.length === 0 && agents !== undefined) {
    const span = documentSpan(policy, ["spec", "match", "agent_roles"], set);
    const message = `no Agent that \`agents\` names has ${listed(roles)}, so no rule of \`${policy.name}\` ever holds`;
    const suggestion = "name other agents, or give them the role";
    set.tell("match_without_agent", message, span, { rules, suggestion });
  } else if (environments !== undefined && holding.length > 0) {
    if (
      holding.some(
        (agent) => agent.environments === undefined || has(agent.environments, environments),
      )
    )
      return;
    const span = documentSpan(policy, ["spec", "match", "environments"], set);
    const message = `no Agent that is matched works in ${listed(environments)}, so no rule of \`${policy.name}\` ever holds`;
    const suggestion = "match an environment of these agents, or add it to their documents";
    set.tell("match_without_agent", message, span, { rules, suggestion });
  }
}

function fits(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function has(found: readonly string[], wanted: readonly string[]): boolean {
  return wanted.some((each) => found.includes(each));
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length > 1 ? `one of ${quoted.join(", ")}` : (quoted[0] ?? "");
}

type StepUp = Extract<Rule, { effect: "step_up" }>;

/** Nobody who owns the agent approves for it (POLICY.md section 2, joins). */
function checkApproval(placed: PlacedRule, { approval }: StepUp, set: LintSet): void {
  const groups = new Map(set.bundle.groups.map(({ name, members }) => [name, members]));
  const people = new Set(
    approval.from.flatMap((from) =>
      from.startsWith("group:") ? (groups.get(from.slice("group:".length)) ?? []) : [from],
    ),
  );
  const owner = onlyOwner(placed.policy, set.bundle.agents);
  const counted = [...people].filter((person) => person !== owner);
  if (counted.length >= approval.quorum) return;
  const owned =
    counted.length < people.size ? `, the agent's owner \`${owner ?? ""}\` left out` : "";
  const who = counted.length === 1 ? "1 person" : `${counted.length} people`;
  const message = `${approval.quorum} must approve, and \`from\` has ${who}${owned}: it can never be met`;
  const suggestion = "add people to the group, or lower the quorum";
  const span = rulePartSpan(placed, ["approval"], set);
  set.tell("approval_out_of_reach", message, span, { rules: [placed.name], suggestion });
}

function onlyOwner(policy: Policy, agents: readonly AgentDocument[]): string | undefined {
  const [pattern, ...more] = policy.match.agents ?? [];
  if (pattern === undefined || more.length > 0 || pattern.endsWith("*")) return undefined;
  return agents.find(({ name }) => name === pattern)?.owner;
}

/** What a defer can wait for: whatever is not the action itself. */
const lasting: ReadonlySet<string> = new Set([
  "tenant",
  "agent",
  "user",
  "delegation",
  "tool",
  "action",
  "args",
  "original",
  "resources",
  "resource",
  "environment",
  "params",
  "variables",
  "lists",
  "shell",
  "sql",
  "urls",
  "k8s",
  "content",
  "claims",
  "session",
]);

const changing: ReadonlySet<string> = new Set([
  "happened",
  "count",
  "since",
  "meter",
  "origin",
  "from_only",
  "touches",
  "requested_by",
  "names_act",
  "in_window",
]);

/** A deferred action is decided again when context or state changes; this one would see neither. */
function checkDefer(placed: PlacedRule, set: LintSet): void {
  const { paths, calls } = set.whenReads(placed);
  const remote = set.bundle.lists.some(({ remote }) => remote !== undefined);
  const waits =
    calls.some((call) => changing.has(call.function)) ||
    paths.some(({ path: [root = ""] }) => !lasting.has(root) || (root === "lists" && remote));
  if (waits) return;
  const { when } = placed.rule;
  const span = when === undefined ? ruleSpan(placed, set) : partSpan(when, undefined, set);
  const message =
    "the condition reads nothing that changes while the action waits, so it is denied at the timeout";
  const suggestion = "read `context`, an External, `now` or history, or use `deny` or `step_up`";
  set.tell("defer_never_ready", message, span, { rules: [placed.name], suggestion });
}

type Sandboxed = Extract<Rule, { effect: "sandbox" }>;

function checkSandbox(placed: PlacedRule, rule: Sandboxed, set: LintSet): void {
  const sandbox = set.bundle.sandboxes.find(({ name }) => name === rule.sandbox);
  const missing = (placed.policy.match.kinds ?? []).filter(
    (kind) => sandbox !== undefined && !Object.hasOwn(sandbox.covers, kind),
  );
  if (missing.length === 0 || sandbox === undefined) return;
  const kinds = missing.map((kind) => `\`${kind}\``).join(", ");
  const message = `sandbox \`${sandbox.name}\` does not cover ${kinds}, so such an action is denied`;
  const suggestion = `add ${kinds} to the Sandbox, or take it out of \`match.kinds\``;
  set.tell("sandbox_kind", message, rulePartSpan(placed, ["in"], set), {
    rules: [placed.name],
    suggestion,
  });
}
