import {
  allow,
  cel,
  contain,
  deny,
  defer,
  defineAgent,
  defineBoundary,
  defineEvent,
  defineExternal,
  defineGroup,
  defineList,
  defineMeter,
  definePolicy,
  definePolicyTest,
  defineResource,
  defineSandbox,
  defineSettings,
  defineTool,
  inFolder,
  mask,
  modify,
  sandbox,
  set,
  stepUp,
  text,
} from "@holdfast/engine/define";
import type { Definition } from "@holdfast/engine/define";

/* The set of ../documents/example-set.yaml, with a Boundary, as an author of TypeScript writes it. */

const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

const settings = defineSettings({
  environments: ["development", "staging", "production"],
  classifications: ["public", "internal", "confidential", "restricted"],
  labels: [
    "read",
    "write",
    "destructive",
    "egress",
    "exec",
    "money",
    "pii",
    "secrets",
    "untrusted",
    "internal",
    "delegate",
    "crm",
    "third_party",
  ],
});

const refund = defineTool({
  name: "stripe.refund",
  labels: ["money"],
  schema: {
    type: "object",
    properties: {
      amount: { type: "number" },
      customer_id: { type: "string" },
      note: { type: "string" },
    },
    required: ["amount", "customer_id"],
  },
});

const runCommand = defineTool({
  name: "ops.run_command",
  labels: ["exec"],
  classification: "restricted",
  schema: {
    type: "object",
    properties: {
      host: { type: "string" },
      command: { type: "string" },
      cwd: { type: "string" },
      url: { type: "string" },
      query: { type: "string" },
      body: { type: "string" },
    },
  },
  resources: ({ args }) => [{ type: "host", id: args.host }],
  arguments: { command: "shell", cwd: "path", url: "url", query: "sql", body: "content" },
  results: {
    text: { as: "content", labels: ["untrusted"] },
    "items[].iban": { labels: ["third_party"] },
  },
  acts: ["run", "execute"],
  root: "/workspace",
  pin: `sha256:${digest}`,
  audit: "required",
});

const support = defineAgent({
  name: "support-1",
  roles: ["support"],
  owner: "user:ana",
  created: "2026-11-01T00:00:00Z",
  environments: ["production"],
  credentials: [
    { token_sha256: digest },
    { jwt: { issuer: "https://id.example", subject: "support-1" } },
    { spiffe: "spiffe://example.org/support-1" },
  ],
});

const leads = defineGroup({ name: "payments-leads", members: ["user:bo", "user:cy"] });

const badHosts = defineList({
  name: "bad-hosts",
  type: "domain",
  items: ["evil.example"],
  source: { url: "https://lists.example/bad", every: "1h", sha256: digest },
});

const payroll = defineResource({
  name: "payroll",
  match: { type: "table", id: "hr.*" },
  classification: "restricted",
  labels: ["pii"],
});

const dry = defineSandbox({
  name: "dry",
  rank: 10,
  shell: { network: "none", read_only: ["/"], writable: ["./out"] },
  sql: { rollback: true },
  http: { base_url: "https://staging.example" },
  tool: { result: { ok: true } },
});

const hr = defineExternal({
  name: "hr",
  http: { url: "https://hr.example/people", timeout: "150ms", cache: "30s" },
  input: ({ agent }) => ({ subject: agent.id }),
});

const untrustedRead = defineEvent({
  name: "untrusted-read",
  match: { labels: ["untrusted"] },
  at: "begin",
  when: cel`true`,
  key: ["session.id"],
});

const refundsUsd = defineMeter({
  name: "refunds-usd",
  match: { tools: [refund] },
  reserve: ({ args }) => args.amount,
  settle: ({ outcome }) => outcome.cost,
  key: ["agent.id"],
  window: "1h",
});

const refundsPerDay = defineMeter({
  name: "refunds-per-day",
  key: ["agent.id"],
  window: { calendar: "day", zone: "Europe/London" },
});

const refunds = definePolicy({
  name: "refunds",
  metadataLabels: { owasp: "ASI02" },
  mode: "enforce",
  match: {
    agents: ["support-*"],
    agent_roles: ["support"],
    tools: [refund],
    labels: ["money"],
    kinds: ["mcp"],
    environments: ["production"],
    phase: "call",
  },
  params: { limit: 100 },
  variables: ({ args, params }) => ({ big: args.amount.gt(params.limit) }),
  rules: ({ args, params, variables, fromOnly }) => [
    allow("grant", { when: args.amount.gt(0).and(args.amount.le(5000)) }),
    stepUp("lead-approves", {
      when: variables.big,
      approval: { from: [leads], quorum: 1, ttl: "15m" },
      reason: text`a refund over ${params.limit} needs a payments lead`,
    }),
    modify("note", { changes: [set(args.note, cel`'by agent ' + agent.id`)] }),
    deny("daily", { limit: { meter: refundsUsd, max: 10_000 } }),
    deny("foreign", { when: fromOnly(args.customer_id, ["user", "crm"]).not() }),
  ],
});

const commands = definePolicy({
  name: "commands",
  match: { tools: [runCommand] },
  rules: ({ tool, user, urls, action, now, ...scope }) => [
    allow("listing", {
      when: cel`
        !shell.opaque && size(shell.commands) > 0
          && shell.commands.all(c, c.name in ["ls", "cat"] && c.redirects == [])
          && paths.exists(p, under(p, "/workspace"))`,
    }),
    deny("restricted", {
      when: scope
        .atLeast(tool.classification, "restricted")
        .and(scope.notNull(user).and(user.roles.contains("operator")).not()),
    }),
    contain("bad-host", {
      when: urls.exists("u", (u) =>
        u.private.or(scope.lists(badHosts).exists("h", (h) => scope.domain(u.host, h))),
      ),
      restrict: ["network", "label:egress"],
      ttl: "1h",
    }),
    deny("after-untrusted", {
      when: scope.happened(untrustedRead, "1h").and(action.labels.contains("egress")),
    }),
    defer("hours", {
      when: scope.inWindow(now, "Europe/London", "mon-fri 09:00-17:00").not(),
      timeout: "2d",
      retry_after: "1h",
    }),
    sandbox("rehearse", { in: dry, when: scope.external(hr).at("probation").eq(true) }),
  ],
});

const results = definePolicy({
  name: "results",
  match: { phase: "result" },
  rules: ({ result }) => [
    modify("redact", {
      changes: [mask(result, ["secrets", "pii"])],
      obligations: [
        { notify: "security" },
        { run: "hook:page" },
        { label: "untrusted" },
        { log: "full" },
      ],
    }),
  ],
});

const boundary = defineBoundary({
  name: "team-a",
  folder: "team-a",
  allows: { agents: [support], tools: [refund], environments: ["staging"] },
});

const staging = definePolicy({
  name: "staging-refunds",
  match: { agents: [support], tools: [refund], environments: ["staging"] },
  rules: [allow("any")],
});

const test = definePolicyTest({
  name: "refunds",
  cases: [
    {
      name: "a small refund is allowed",
      given: {
        now: "2026-11-21T10:00:00Z",
        events: { "untrusted-read": "-2m" },
        meters: { "refunds-usd": 300 },
        prompt: "refund cus_1234",
      },
      request: {
        agent: { id: "support-1", roles: ["support"] },
        tool: refund,
        args: { amount: 50, customer_id: "cus_1234" },
      },
      expect: { effect: "allow", rules: ["refunds/grant"] },
    },
  ],
});

export const exampleSet: readonly Definition[] = [
  settings,
  refund,
  runCommand,
  support,
  leads,
  badHosts,
  payroll,
  dry,
  hr,
  untrustedRead,
  refundsUsd,
  refundsPerDay,
  refunds,
  commands,
  results,
  boundary,
  test,
  ...inFolder("team-a", [staging]),
];
