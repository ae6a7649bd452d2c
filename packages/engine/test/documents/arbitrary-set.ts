import fc from "fast-check";

/** A document as an author writes it, before YAML. */
export interface Written {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [key: string]: unknown };
  readonly spec: object;
}

function written(kind: string, name: string, spec: object, metadata: object = {}): Written {
  return { apiVersion: "holdfast.dev/v1", kind, metadata: { name, ...metadata }, spec };
}

/** What the generated policies refer to; it compiles on its own. */
export const surroundings: readonly Written[] = [
  written("Settings", "settings", {
    environments: ["staging", "production"],
    classifications: ["public", "internal", "restricted"],
    labels: ["read", "write", "money", "untrusted", "egress"],
  }),
  written("Tool", "pay.refund", {
    labels: ["money", "write"],
    classification: "restricted",
    resources: [{ type: "customer", id: "args.customer" }],
    arguments: { note: "content" },
    results: {
      text: { as: "content", labels: ["untrusted"] },
      "items[].iban": { labels: ["money"] },
    },
    acts: ["refund", "pay back"].slice(0, 1),
    root: "/workspace",
    schema: {
      type: "object",
      properties: {
        customer: { type: "string" },
        amount: { type: "number" },
        note: { type: "string" },
        tags: { type: "array", items: { type: "string" } },
      },
      required: ["customer", "amount"],
    },
    pin: `sha256:${"0".repeat(64)}`,
    audit: "batched",
  }),
  written("Tool", "crm.read", { labels: ["read"] }),
  written("Agent", "support-1", {
    roles: ["support"],
    owner: "user:ana",
    created: "2026-11-01T00:00:00Z",
    version: "2",
    attributes: { team: "a", level: 3 },
    environments: ["production"],
    credentials: [{ token_sha256: "a".repeat(64) }, { jwt: { issuer: "i", subject: "s" } }],
  }),
  written("Group", "leads", { members: ["user:bo", "user:cy"] }, { labels: { team: "payments" } }),
  written("List", "hosts", {
    type: "domain",
    items: ["evil.example", "bad.example"],
    source: { url: "https://lists.example/hosts", every: "1h", sha256: "b".repeat(64) },
  }),
  written("Resource", "payroll", {
    match: { type: "table", id: "hr.*" },
    classification: "internal",
    labels: ["money"],
  }),
  written("Sandbox", "dry", {
    rank: 10,
    shell: { network: "none", read_only: ["/"], writable: ["./out"] },
    sql: { rollback: true },
    tool: { result: { ok: true } },
  }),
  written("External", "hr", {
    http: { url: "https://hr.example/x", timeout: "150ms", cache: "30s" },
    input: { subject: "agent.id" },
  }),
  written(
    "Event",
    "seen",
    { match: { labels: ["untrusted"] }, at: "begin", key: ["session.id"] },
    { description: "read something from outside", labels: { team: "security" } },
  ),
  written("Event", "done", {
    match: { tools: ["pay.refund"], kinds: ["mcp", "tool"] },
    at: "success",
    when: 'args.amount > 10.0 && outcome.status == "success"',
    key: ["agent.id", "args.customer"],
    polarity: "accepted",
  }),
  written("Meter", "spent", {
    match: { tools: ["pay.refund"] },
    reserve: "args.amount",
    settle: "outcome.cost",
    key: ["agent.id"],
    window: "1h",
  }),
  written("Meter", "daily", {
    key: ["global"],
    window: { calendar: "day", zone: "Europe/London" },
  }),
];

const conditions = [
  "true",
  "args.amount > 5.0",
  'args.customer.startsWith("cus_")',
  'has(args.note) && args.note != ""',
  'user != null && "admin" in user.roles',
  'environment == "production"',
  "params.limit > 10",
  "variables.big",
  'lists.hosts.exists(h, h == "x")',
  'external.hr.ok == true || tenant == "it\'s \\"quoted\\" {x}"',
  'action.labels.exists(l, l == "money")',
  "args.amount > 1.0\n  && args.amount < 9.0 // between",
];

const when = fc.option(fc.constantFrom(...conditions), { nil: undefined });
const reason = fc.option(
  fc.constantFrom("plain", "limit {params.limit} of {args.amount}", "{{braces}} {'}'}", "x: # y"),
  { nil: undefined },
);
const obligations = fc.option(
  fc.constantFrom([{ notify: "ops" }], [{ run: "hook:page" }, { label: "money" }, { log: "full" }]),
  { nil: undefined },
);
const delegated = fc.option(fc.constant("own_authority"), { nil: undefined });
const duration = fc.constantFrom("150ms", "30s", "15m", "1h", "2d", "90000ms");
const limit = fc.record({
  meter: fc.constantFrom("spent", "daily"),
  max: fc.constantFrom(0, 3, 10.5),
});
const fallback = fc.option(
  fc.constantFrom(
    { tool: "crm.read", args: { id: 1, nested: { list: [1, "a", null] } } },
    { tool: "crm.read", args: '{"id": args.customer}' },
  ),
  { nil: undefined },
);
const common = { when, reason, obligations, delegated };
const refusing = { ...common, fallback };

const rule = fc.oneof(
  fc.record({ effect: fc.constant("allow"), ...common }),
  fc.record({
    effect: fc.constant("modify"),
    ...common,
    set: fc.option(fc.constant({ "args.note": "'by ' + agent.id" }), { nil: undefined }),
    remove: fc.constant(["args.tags"]),
    mask: fc.option(
      fc.constantFrom({ "args.customer": "whole" }, { 'args["customer"]': ["pii"] }),
      {
        nil: undefined,
      },
    ),
  }),
  fc.record({ effect: fc.constant("sandbox"), ...common, in: fc.constant("dry") }),
  fc.record({ effect: fc.constant("throttle"), ...refusing, limit, retry_after: duration }),
  fc.record({
    effect: fc.constant("defer"),
    ...refusing,
    timeout: duration,
    retry_after: duration,
  }),
  fc.record({
    effect: fc.constant("step_up"),
    ...refusing,
    limit: fc.option(limit, { nil: undefined }),
    approval: fc.record({
      from: fc.constantFrom(["group:leads"], ["group:leads", "user:di"]),
      quorum: fc.constantFrom(1, 2),
      ttl: duration,
    }),
  }),
  fc.record({ effect: fc.constant("deny"), ...refusing }),
  fc.record({
    effect: fc.constant("contain"),
    ...refusing,
    restrict: fc.constantFrom(["read_only"], ["label:money", "tool:pay.refund", "server:crm"]),
    ttl: fc.option(duration, { nil: undefined }),
  }),
);

const policyMatch = fc.record(
  {
    agents: fc.constantFrom(["support-*"], ["support-1", "*"]),
    agent_roles: fc.constant(["support"]),
    user_roles: fc.constant(["admin", "staff"]),
    tools: fc.constant(["pay.refund"]),
    labels: fc.constantFrom(["money"], ["write", "money"]),
    kinds: fc.constant(["mcp", "tool"]),
    environments: fc.constantFrom(["production"], ["staging", "production"]),
  },
  { requiredKeys: ["tools"] },
);

const policy = fc
  .record({
    match: policyMatch,
    params: fc.constantFrom({ limit: 100 }, { limit: 20, names: ["a", "b"], deep: { x: null } }),
    rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
    description: fc.option(fc.string({ maxLength: 20, unit: "grapheme" }), { nil: undefined }),
  })
  .map(({ match, params, rules, description }) => ({
    spec: {
      match,
      params,
      variables: { big: "args.amount > double(params.limit) && variables.small", small: "true" },
      rules: rules.map((each, index) => ({ id: `r${index}`, ...each })),
    },
    metadata: { description, labels: { owner: "team" } },
  }));

/** Policies over {@link surroundings}; with them they compile. */
export const policies: fc.Arbitrary<readonly Written[]> = fc
  .array(policy, { minLength: 1, maxLength: 3 })
  .map((list) =>
    list.map(({ spec, metadata }, index) => written("Policy", `p${index}`, spec, metadata)),
  );

/** A test of a policy set, which is no part of its digest. */
export const policyTest: Written = written("PolicyTest", "t", {
  cases: [
    {
      name: "a small refund",
      given: {
        now: "2026-11-21T10:00:00Z",
        events: { seen: ["-2m", "-1h"] },
        meters: { spent: 3 },
        prompt: "refund cus_1234",
        documents: [
          { source: "notes", text: "cus_9", labels: ["untrusted"] },
          { source: "memo", text: "" },
        ],
        results: [
          { tool: "pay.refund", args: { amount: 5 }, result: { ok: [true, null] } },
          { tool: { name: "bare" }, result: null },
        ],
      },
      request: {
        agent: { id: "support-1", roles: ["support"] },
        tool: "pay.refund",
        args: { amount: 5 },
      },
      expect: { effect: "deny" },
    },
  ],
});
