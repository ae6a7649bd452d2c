import fc from "fast-check";
import type { JsonObject } from "@holdfast/model";
import { conditionArbitrary, conditionText } from "./condition-arbitrary.ts";
import type { Condition, ToolName } from "./condition-arbitrary.ts";

/** A rule before it is written down: its condition is still a tree. */
export interface RuleDraft {
  readonly id: string;
  readonly effect: string;
  readonly when: Condition | undefined;
  /** everything else of the rule, as it is written */
  readonly body: JsonObject;
}

/** A policy before it is written down. */
export interface PolicyDraft {
  readonly name: string;
  readonly mode: "enforce" | "observe";
  readonly match: JsonObject;
  readonly rules: readonly RuleDraft[];
}

/** A policy set before it is written down: the fixed documents below and these policies. */
export interface PolicySetDraft {
  readonly policies: readonly PolicyDraft[];
}

/** The texts of a drafted set's documents, one each; JSON is YAML. */
export function documentsOf(set: PolicySetDraft): readonly string[] {
  return [...fixedDocuments, ...set.policies.map((policy) => policyDocument(policy))].map((one) =>
    JSON.stringify(one),
  );
}

function named(policy: PolicyDraft, name: string): PolicyDraft {
  return { ...policy, name };
}

const tools: readonly ToolName[] = ["a.read", "b.send", "c.pay", "d.raw"];

type Stance = "mixed" | "granting" | "rewriting" | "narrowing";

function policyArbitrary(stance: Stance, only?: ToolName): fc.Arbitrary<PolicyDraft> {
  return fc
    .record({
      // Rules that modify need a tool of their own, rules that grant are often for every tool.
      tool:
        only === undefined
          ? fc.option(fc.constantFrom(...tools), { nil: undefined, freq: 2 })
          : fc.constant(only),
      phase:
        stance === "granting" || stance === "rewriting"
          ? fc.constant("call" as const)
          : fc.oneof(
              { weight: 4, arbitrary: fc.constant("call" as const) },
              fc.constant("result" as const),
            ),
      mode:
        stance === "mixed"
          ? fc.oneof(
              { weight: 5, arbitrary: fc.constant("enforce" as const) },
              fc.constant("observe" as const),
            )
          : fc.constant("enforce" as const),
      narrowed: matchArbitrary,
    })
    .chain(({ tool, phase, mode, narrowed }) => {
      const grants =
        stance !== "narrowing" && stance !== "rewriting" && phase === "call" && mode === "enforce";
      const narrows = stance === "mixed" || stance === "narrowing";
      const rule = ruleArbitrary({ tool, phase, stance, allow: grants, narrow: narrows });
      return fc.array(rule, { minLength: 1, maxLength: 4 }).map((rules): PolicyDraft => ({
        name: "p",
        mode,
        match: { ...narrowed, ...(tool === undefined ? {} : { tools: [tool] }), phase },
        rules: rules.map((one, index) => ({ ...one, id: `r${index}` })),
      }));
    });
}

/** Mostly nothing, so that most policies match. */
const matchArbitrary: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  fc.constantFrom<JsonObject>(
    { agents: ["bo*"] },
    { agent_roles: ["support"] },
    { user_roles: ["admin"] },
    { labels: ["egress", "read"] },
    { labels: ["unlabelled"] },
    { kinds: ["mcp", "tool"] },
    { environments: ["staging"] },
    { tools: ["a.*"] },
    { tools: ["*"] },
  ),
);

interface RuleSource {
  readonly tool: ToolName | undefined;
  readonly phase: "call" | "result";
  readonly stance: Stance;
  readonly allow: boolean;
  readonly narrow: boolean;
}

function ruleArbitrary(source: RuleSource): fc.Arbitrary<RuleDraft> {
  const { tool, phase } = source;
  const allow = body("allow", fc.constantFrom<JsonObject>({}, { delegated: "own_authority" }));
  const kinds = [
    ...(source.allow ? [allow, allow, allow] : []),
    ...(source.stance === "mixed" || source.stance === "rewriting" ? modifyBodies(source) : []),
    ...(source.narrow ? narrowingBodies(source) : []),
  ];
  return fc.oneof(...kinds).chain(({ effect, body }) => {
    const vocabulary = { tool, phase, grants: effect === "allow" };
    return fc
      .record({
        when: fc.option(conditionArbitrary(vocabulary), {
          nil: undefined,
          // Modifications mostly hold, so that they meet.
          freq: effect === "modify" ? 1 : 4,
        }),
        obligations: fc.constantFrom<JsonObject>(
          {},
          {},
          { obligations: [{ notify: "ops" }] },
          { obligations: [{ log: "full" }] },
        ),
        reason: fc.constantFrom<JsonObject>({}, {}, { reason: "for {agent.id} {context.x}" }),
      })
      .map(({ when, obligations, reason }) => ({
        id: "r",
        effect,
        when,
        body: { ...body, ...obligations, ...reason },
      }));
  });
}

interface Body {
  readonly effect: string;
  readonly body: JsonObject;
}

function body(effect: string, of: fc.Arbitrary<JsonObject>): fc.Arbitrary<Body> {
  return of.map((content) => ({ effect, body: content }));
}

function narrowingBodies({ phase }: RuleSource): readonly fc.Arbitrary<Body>[] {
  const limit = { limit: { meter: "spent", max: 4 } };
  const often = { limit: { meter: "often", max: 1 } };
  const approval = (from: string, ttl: string): JsonObject => ({
    approval: { from: [from], quorum: 1, ttl },
  });
  const call = phase === "call";
  return [
    body(
      "throttle",
      // Its condition may read a Meter, and must then say itself when to come again.
      fc.constantFrom<JsonObject>(
        { retry_after: "5s" },
        { ...limit, retry_after: "5s" },
        { ...often, retry_after: "5s" },
      ),
    ),
    body(
      "defer",
      fc.constantFrom<JsonObject>({ timeout: "1h" }, { timeout: "1m", retry_after: "9s" }),
    ),
    body("step_up", fc.constantFrom(approval("user:bo", "5m"), approval("user:cy", "1m"))),
    body("deny", fc.constantFrom<JsonObject>({}, limit, often)),
    body(
      "contain",
      fc.constantFrom<JsonObject>({ restrict: ["network"], ttl: "4m" }, { restrict: ["isolate"] }),
    ),
    ...(call
      ? [body("sandbox", fc.constantFrom<JsonObject>({ in: "dry" }, { in: "shells" }))]
      : []),
  ];
}

/** Changes that the schemas of the tools can hold; none where a policy matches several tools. */
function modifyBodies({ tool, phase }: RuleSource): readonly fc.Arbitrary<Body>[] {
  if (phase === "result") {
    return [
      body(
        "modify",
        fc.constantFrom<JsonObject>(
          { mask: { "result.secret": "whole" } },
          { remove: ["result.secret"] },
          { set: { "result.note": "'seen'" } },
        ),
      ),
    ];
  }
  if (tool === undefined) return [];
  const change = body("modify", fc.constantFrom(...changes[tool]));
  // Several times, so that modifications of one path meet.
  return [change, change, change];
}

const changes: Readonly<Record<ToolName, readonly JsonObject[]>> = {
  "a.read": [
    { set: { "args.text": "'x'" } },
    { set: { "args.text": "agent.id" } },
    { remove: ["args.n"] },
    { mask: { "args.text": "whole" } },
    { set: { "args.n": "args.n + 1" } },
  ],
  "b.send": [
    { set: { "args.to": "'b@x'" } },
    { set: { "args.to": "'c@x'" } },
    { remove: ["args.body"] },
    { mask: { "args.body": "whole" } },
    { set: { "args.body": "args.to" } },
  ],
  "c.pay": [
    { set: { "args.amount": "5" } },
    { set: { "args.amount": "args.amount + 5" } },
    { set: { "args.to": "'y'" } },
  ],
  "d.raw": [
    { set: { "args.any": "1" } },
    { set: { "args.deep.er": "2" } },
    { remove: ["args.deep"] },
  ],
};

function policyDocument({ name, mode, match, rules }: PolicyDraft): JsonObject {
  return documentOf("Policy", name, {
    mode,
    match,
    rules: rules.map(({ id, effect, when, body }) => ({
      id,
      effect,
      ...(when === undefined ? {} : { when: conditionText(when) }),
      ...body,
    })),
  });
}

function documentOf(kind: string, name: string, spec: JsonObject): JsonObject {
  return { apiVersion: "holdfast.dev/v1", kind, metadata: { name }, spec };
}

function toolOf(name: ToolName, labels: readonly string[], properties?: JsonObject): JsonObject {
  const acts = [name.slice(name.indexOf(".") + 1)];
  const results = { own: { labels: ["own"] }, note: { as: "content", labels: ["untrusted"] } };
  const schema =
    properties === undefined
      ? {}
      : { schema: { type: "object", properties, required: name === "c.pay" ? ["amount"] : [] } };
  return documentOf("Tool", name, { labels, acts, results, ...schema });
}

/** WHY accepted: generated conditions negate, so that an Event may grant and narrow at once. */
function eventOf(name: string, spec: JsonObject): JsonObject {
  return documentOf("Event", name, { ...spec, polarity: "accepted" });
}

const text = { type: "string" };
const integer = { type: "integer" };

/** Everything but the policies. */
const fixedDocuments: readonly JsonObject[] = [
  toolOf("a.read", ["read", "untrusted"], {
    text,
    n: { ...integer, default: 1 },
    flag: { type: "boolean" },
  }),
  toolOf("b.send", ["write", "egress"], { to: text, body: text }),
  toolOf("c.pay", ["money"], { amount: integer, to: text }),
  toolOf("d.raw", ["exec"]),
  documentOf("Agent", "bot", { roles: ["support"] }),
  documentOf("Agent", "lead", { roles: ["lead", "admin"] }),
  eventOf("seen", {
    match: { labels: ["untrusted"] },
    at: "begin",
    key: ["session.id"],
  }),
  eventOf("paid", {
    match: { tools: ["c.pay"] },
    at: "begin",
    key: ["agent.id"],
    when: "args.amount > 3",
  }),
  eventOf("tried", { at: "decision", key: ["global"] }),
  eventOf("done", { match: { tools: ["a.read"] }, at: "success", key: ["session.id"] }),
  eventOf("redone", {
    match: { tools: ["b.send"] },
    at: "success",
    key: ["session.id"],
  }),
  documentOf("Meter", "spent", {
    match: { tools: ["c.pay"] },
    reserve: "args.amount",
    settle: "outcome.cost",
    key: ["agent.id"],
    window: "10m",
  }),
  documentOf("Meter", "often", {
    key: ["session.id", "tool.name"],
    window: { calendar: "hour", zone: "Europe/London" },
  }),
  documentOf("Sandbox", "dry", { rank: 1, tool: { result: {} }, mcp: { result: {} } }),
  documentOf("Sandbox", "shells", { rank: 2, shell: {} }),
];

/** A small policy set that compiles, over four tools, five Events, two Meters, two Sandboxes. */
export const policySetArbitrary: fc.Arbitrary<PolicySetDraft> = fc
  .tuple(
    fc.array(policyArbitrary("mixed"), { minLength: 1, maxLength: 4 }),
    // WHY an own one: sets in which nothing grants say little.
    policyArbitrary("granting"),
  )
  .map(([policies, granting]) => ({
    policies: [granting, ...policies].map((policy, index) => named(policy, `p${index}`)),
  }));

/** A set of rules that grant and modify one tool, so that modifications meet what is granted. */
export const rewritingSetArbitrary: fc.Arbitrary<PolicySetDraft> = fc
  .constantFrom(...tools)
  .chain((tool) => fc.tuple(policyArbitrary("granting", tool), policyArbitrary("rewriting", tool)))
  .map(([granting, rest]) => ({ policies: [named(granting, "p0"), named(rest, "p1")] }));

/** A policy of one rule that only narrows, named `added`. */
export const narrowingPolicyArbitrary: fc.Arbitrary<PolicyDraft> = policyArbitrary("narrowing").map(
  ({ mode, match, rules }) => ({ name: "added", mode, match, rules: rules.slice(0, 1) }),
);
