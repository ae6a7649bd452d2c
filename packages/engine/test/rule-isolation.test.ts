import { expect, test } from "vitest";
import { canonicalJson, readRequest } from "@holdfast/model";
import type { Request } from "@holdfast/model";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";

/**
 * Finding the rules of an action must give those and no others. Each rule here has a number of its
 * own that a request can ask for, so that a rule which reaches an action it is not about, or misses
 * one, decides; and each request is decided before and after all others, by one engine.
 */
const tools = ["a.one", "a.two", "b.one", "c.one"];
const agents = ["bot", "bob", "lead"];
const matches = [
  "",
  'tools: ["*"]',
  'agents: ["*"]',
  ...tools.map((tool) => `tools: [${tool}]`),
  ...["a.*", "b.*"].map((pattern) => `tools: ["${pattern}"]`),
  ...["bot", "lead", "bo*"].map((agent) => `agents: ["${agent}"]`),
  ...["dev", "ops"].map((role) => `agent_roles: [${role}]`),
  ...["staff", "admin"].map((role) => `user_roles: [${role}]`),
  ...["read", "egress"].map((label) => `labels: [${label}]`),
  "kinds: [mcp]",
  "environments: [staging]",
  "tools: [a.one, b.one], agents: [bot]",
  'tools: ["a.*"], agent_roles: [dev, ops]',
  'tools: ["a.*", c.one], agents: ["bo*", lead]',
  "labels: [read, egress], user_roles: [staff]",
  "kinds: [mcp, http], agents: [bob]",
  "tools: [a.two], agents: [lead], user_roles: [admin], environments: [staging]",
];

function document(kind: string, name: string, spec: string): string {
  return `{apiVersion: holdfast.dev/v1, kind: ${kind}, metadata: {name: ${name}}, spec: {${spec}}}`;
}

const bundle = bundleOf([
  document("Settings", "settings", "environments: [staging, production]"),
  ...agents.map((agent) => document("Agent", agent, "roles: [dev, ops]")),
  ...tools.map((tool, index) =>
    document("Tool", tool, `labels: [${["read", "egress", "read, egress", "write"][index]}]`),
  ),
  ...matches.map((match, index) =>
    document(
      "Policy",
      `p${index}`,
      `match: {${match}}, rules: [{id: no, effect: deny, when: args.no == ${index}}, {id: yes, effect: allow, when: args.yes == ${index}}, {id: ask, effect: step_up, when: has(args.ask) && args.ask == ${index}, approval: {from: ["user:ann"], quorum: 1, ttl: 15m}}]`,
    ),
  ),
]);

function requests(): readonly Request[] {
  const principals = agents.flatMap((id, index) => [
    { agent: { id, roles: [["dev"], ["ops"], []][index] ?? [] } },
    {
      agent: { id, roles: [["ops", "dev"], [], ["dev"]][index] ?? [] },
      user: { id: "u", roles: ["staff"] },
    },
    { agent: { id }, user: { id: "u", roles: ["admin", "other"] }, environment: "staging" },
  ]);
  return tools.flatMap((tool, at) =>
    principals.flatMap((principal, by) =>
      matches.flatMap((_, number) => {
        const [server = "", name = ""] = tool.split(".");
        const kind = (at + by + number) % 3 === 0 ? ("mcp" as const) : ("tool" as const);
        const yes = (number + at + by) % matches.length;
        const reading = readRequest({
          ...principal,
          tool: { server, name },
          action: { kind },
          args:
            number % 3 === 2
              ? { no: at % 2 === 0 ? -1 : number, yes, ask: by === 0 ? yes : number }
              : number % 2 === 0
                ? { no: number, yes }
                : { yes: number },
        });
        return reading.ok ? [reading.request] : [];
      }),
    ),
  );
}

test.each([true, false])("rules reach what they are about and nothing else (code: %s)", (code) => {
  const all = requests();
  expect(all.length).toBe(tools.length * agents.length * 3 * matches.length);
  const reference = createReferenceEngine(bundle);
  const compiled = createEngine(bundle, { codeGeneration: code });
  const [one, other] = [reference.createState(), compiled.createState()];
  const wanted = all.map((request) =>
    canonicalJson(reference.decide({ request, external: {}, state: one, nowMs: 1_000 })),
  );
  const order = [...all.keys()];
  for (const index of [...order, ...order.toReversed()]) {
    const request = all[index] as Request;
    const decision = compiled.decide({ request, external: {}, state: other, nowMs: 1_000 });
    expect(canonicalJson(decision)).toBe(wanted[index]);
  }
});
