import { loadPolicySet, parseExpression } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import type { Chance } from "../engine-fuzz/chance.ts";
import { conditionText } from "./condition.ts";
import type { ToolName } from "./condition.ts";

type Policy = Bundle["policies"][number];
type Rule = Policy["rules"][number];
type Expression = NonNullable<Rule["when"]>;
type Match = Policy["match"];

/** Two policy sets that have much in common, as two versions of one have. */
export interface Pair {
  readonly old: Bundle;
  readonly now: Bundle;
}

const position = { offset: 0, line: 1, column: 1 };
const source = { file: "policies/made.yaml", start: position, end: position };

const fixedText = `
{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: mail.send}, spec: {labels: [write, egress], schema: {type: object, properties: {to: {type: string}, n: {type: integer, minimum: 0}, flag: {type: boolean}}}}}
---
{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: db.read}, spec: {labels: [read], schema: {type: object, properties: {to: {type: string, maxLength: 12}, n: {type: integer, default: 1}, tags: {type: array, items: {type: string}}}, required: [to]}}}
---
{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: raw.do}, spec: {labels: [exec]}}
---
{apiVersion: holdfast.dev/v1, kind: Tool, metadata: {name: fs.put}, spec: {labels: [write], arguments: {to: path}, schema: {type: object, properties: {to: {type: string}, n: {type: number}}, additionalProperties: true}}}
---
{apiVersion: holdfast.dev/v1, kind: Agent, metadata: {name: bot}, spec: {roles: [support]}}
---
{apiVersion: holdfast.dev/v1, kind: Agent, metadata: {name: lead}, spec: {roles: [lead]}}
---
{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: seen}, spec: {at: begin, key: [session.id], polarity: accepted}}
---
{apiVersion: holdfast.dev/v1, kind: Event, metadata: {name: done}, spec: {at: success, key: [global], polarity: accepted}}
---
{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: spent}, spec: {match: {tools: [mail.send]}, reserve: args.n, key: [agent.id], window: 10m}}
---
{apiVersion: holdfast.dev/v1, kind: Meter, metadata: {name: often}, spec: {key: [global], window: 1h}}
---
{apiVersion: holdfast.dev/v1, kind: Sandbox, metadata: {name: dry}, spec: {rank: 1, tool: {result: {}}, mcp: {result: {}}}}
---
{apiVersion: holdfast.dev/v1, kind: Sandbox, metadata: {name: wet}, spec: {rank: 2, tool: {result: {}}}}
---
{apiVersion: holdfast.dev/v1, kind: List, metadata: {name: people}, spec: {type: string, items: ["a@x", "bot"]}}
`;

/**
 * The documents that every set shares.
 * @throws Error when they do not compile, which is a bug of this file
 */
export function fixedBundle(): Bundle {
  const loaded = loadPolicySet([{ path: "policies/fixed.yaml", text: fixedText }], {
    root: "policies",
  });
  if (loaded.ok) return loaded.bundle;
  throw new Error(loaded.diagnostics.map(({ code, message }) => `${code}: ${message}`).join("\n"));
}

/** A pair, by chance: a set, and another that was made of it by a few edits. */
export function madePair(chance: Chance, fixed: Bundle, number: number): Pair {
  const policies: readonly Policy[] = Array.from({ length: 1 + chance.below(3) }, (_, index) =>
    policy(chance, `p${index}`, index === 0),
  );
  const old = setOf(fixed, policies, number * 2);
  let edited: readonly Policy[] = policies;
  for (let edits = 1 + chance.below(2); edits > 0; edits -= 1)
    edited = editedPolicies(chance, edited);
  const lists = chance.once(12)
    ? fixed.lists.map((list) => ({ ...list, items: ["a@x", "y"] }))
    : fixed.lists;
  return { old, now: { ...setOf(fixed, edited, number * 2 + 1), lists } };
}

function setOf(fixed: Bundle, policies: readonly Policy[], number: number): Bundle {
  return { ...fixed, digest: `sha256:${String(number).padStart(64, "0")}`, policies };
}

const toolNames: readonly ToolName[] = ["mail.send", "db.read", "raw.do", "fs.put"];

function expression(text: string): Expression {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`a made condition does not parse: ${text}`);
  return { text, ast: parsed.ast, source, offsets: [] };
}

function policy(chance: Chance, name: string, granting: boolean): Policy {
  const tool = chance.of(toolNames);
  const phase = !granting && chance.once(10) ? "result" : "call";
  const made: Policy = {
    kind: "Policy",
    name,
    labels: {},
    mode: !granting && chance.once(12) ? "observe" : "enforce",
    match: match(chance, tool, phase, granting),
    params: { limit: chance.of([2, 3, 5]), word: "k" },
    variables: [{ name: "big", expression: expression("args.n > params.limit") }],
    rules: [],
    source,
  };
  const rules = Array.from({ length: 1 + chance.below(3) }, (_, index) =>
    rule(chance, `r${index}`, made, granting && index === 0),
  );
  return { ...made, rules };
}

function match(chance: Chance, tool: ToolName, phase: Match["phase"], granting: boolean): Match {
  const tools =
    granting && chance.once(2)
      ? undefined
      : chance.of([[tool], [tool], ["*"], ["mail.*"], ["x.other"], ["db.read", "raw.do"]]);
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(chance.once(6) ? { agentRoles: [chance.of(["support", "lead"])] } : {}),
    ...(chance.once(8) ? { agents: [chance.of(["bot", "bo*", "lead"])] } : {}),
    ...(chance.once(12) ? { userRoles: ["admin"] } : {}),
    ...(chance.once(10) ? { kinds: ["mcp" as const] } : {}),
    ...(chance.once(10) ? { environments: ["staging"] } : {}),
    ...(chance.once(10) ? { labels: [chance.of(["egress", "unlabelled", "read", "write"])] } : {}),
    phase,
  };
}

const effects: readonly Rule["effect"][] = [
  "allow",
  "allow",
  "deny",
  "deny",
  "step_up",
  "modify",
  "throttle",
  "defer",
  "sandbox",
  "contain",
];

function rule(chance: Chance, id: string, { match: own }: Policy, granting: boolean): Rule {
  const drawn = granting ? "allow" : chance.of(effects);
  const result = own.phase === "result";
  const effect = result && (drawn === "allow" || drawn === "sandbox") ? "deny" : drawn;
  const tool = own.tools?.find((each): each is ToolName => toolNames.some((name) => name === each));
  const when = chance.once(4) ? undefined : expression(conditionText(chance, tool, own.phase));
  const base = {
    id,
    ...(when === undefined ? {} : { when }),
    obligations: chance.once(6) ? [chance.of([{ notify: "ops" }, { log: "full" as const }])] : [],
    ownAuthority: chance.once(8),
    source,
  };
  const limit = { meter: chance.of(["spent", "often"]), max: chance.of([0, 2, 3.5]), source };
  const limited = chance.once(4) ? { limit } : {};
  switch (effect) {
    case "allow":
      return { ...base, effect };
    case "deny":
      return { ...base, effect, ...limited };
    case "step_up": {
      const approval = { from: [chance.of(["user:bo", "user:cy"])], quorum: 1, ttlMs: 60_000 };
      return { ...base, effect, approval, ...limited };
    }
    case "throttle":
      return { ...base, effect, ...limited, retryAfterMs: 1_000 };
    case "defer":
      return { ...base, effect, timeoutMs: 60_000 };
    case "sandbox":
      return { ...base, effect, sandbox: chance.of(["dry", "wet"]) };
    case "contain":
      return { ...base, effect, restrict: [chance.of(["network", "read_only"])] };
    case "modify":
      return { ...base, effect, modifications: [modification(chance, result)] };
  }
}

function modification(
  chance: Chance,
  result: boolean,
): Extract<Rule, { effect: "modify" }>["modifications"][number] {
  const path = result ? ["secret"] : chance.of([["to"], ["n"]]);
  const operation = chance.of(["set", "set", "remove", "mask"] as const);
  if (operation === "remove") return { operation, path, source };
  if (operation === "mask") return { operation, path, mask: "whole", source };
  const values = path[0] === "n" ? ["2", "5", "args.n"] : ["'a@x'", "agent.id", "'masked'"];
  return { operation, path, value: expression(chance.of(values)), source };
}

function editedPolicies(chance: Chance, policies: readonly Policy[]): readonly Policy[] {
  const chosen = chance.below(policies.length);
  return policies.flatMap((each, index) =>
    index === chosen ? editedPolicy(chance, each) : [each],
  );
}

function editedPolicy(chance: Chance, own: Policy): readonly Policy[] {
  const index = chance.below(own.rules.length);
  const changed = (change: (rule: Rule) => readonly Rule[]): readonly Policy[] => [
    { ...own, rules: own.rules.flatMap((each, at) => (at === index ? change(each) : [each])) },
  ];
  switch (chance.below(8)) {
    case 0:
      return changed((each) => [each, rule(chance, "added", own, false)]);
    case 1:
      return changed(() => []);
    case 2:
      return [{ ...own, params: { ...own.params, limit: 4 } }];
    case 3:
      return [{ ...own, match: match(chance, chance.of(toolNames), own.match.phase, false) }];
    case 4:
      // Another name says nothing.
      return [{ ...own, name: `${own.name}-renamed` }];
    case 5:
      return [
        own,
        { ...policy(chance, "more", chance.once(2)), name: `more-${chance.below(1_000_000)}` },
      ];
    default:
      return changed((each) => [
        { ...rule(chance, each.id, own, each.effect === "allow"), id: each.id },
      ]);
  }
}
