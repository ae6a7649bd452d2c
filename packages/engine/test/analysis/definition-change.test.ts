import { expect, test } from "vitest";
import { comparePolicies, loadPolicySet } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";

/** Documents by what they are for; one of each kind whose change can let more through. */
const base: Readonly<Record<string, string>> = {
  tool: `kind: Tool
metadata: {name: ops.run}
spec:
  labels: [write, exec]
  classification: restricted
  resources: [{type: host, id: args.host}]
  arguments: {body: content}
  acts: [run]
  root: /workspace
  schema: {type: object, properties: {host: {type: string, maxLength: 9}, body: {type: string}, n: {type: integer, maximum: 5}}, required: [host]}
  audit: required
  pin: sha256:${"a".repeat(64)}`,
  settings: `kind: Settings
metadata: {name: settings}
spec: {environments: [staging, production], classifications: [public, internal, restricted], labels: [read, write, exec, egress]}`,
  hosts: `kind: List
metadata: {name: hosts}
spec: {type: string, items: [a, b]}`,
  group: `kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`,
  boundary: `kind: Boundary
metadata: {name: ops}
spec: {folder: ops, allows: {tools: [ops.run], agents: ["*"]}}`,
  "ops/ungranted": `kind: Policy
metadata: {name: ungranted}
spec: {match: {tools: [ops.run]}, rules: [{id: never, effect: deny, when: "args.host == 'z'"}]}`,
  agent: `kind: Agent
metadata: {name: bot}
spec: {roles: [ops], owner: user:ana, environments: [staging]}`,
  boss: `kind: Agent
metadata: {name: boss}
spec: {roles: [lead]}`,
  resource: `kind: Resource
metadata: {name: db}
spec: {match: {type: host, id: "db.*"}, classification: restricted, labels: [write]}`,
  sandbox: `kind: Sandbox
metadata: {name: dry}
spec: {rank: 10, tool: {result: {ok: true}}}`,
  hr: `kind: External
metadata: {name: hr}
spec: {http: {url: "https://hr.example", timeout: 150ms}, input: {subject: agent.id}}`,
  event: `kind: Event
metadata: {name: ran}
spec: {match: {tools: [ops.run]}, at: begin, key: [session.id], polarity: accepted}`,
  meter: `kind: Meter
metadata: {name: runs}
spec: {match: {tools: [ops.run]}, key: [agent.id], window: 1h}`,
  grant: `kind: Policy
metadata: {name: ops}
spec:
  match: {tools: [ops.run], agent_roles: [ops]}
  params: {limit: 3}
  variables: {big: args.n > params.limit}
  rules:
    - {id: grant, effect: allow, when: "args.host in lists.hosts || args.host == 'c'", obligations: [{log: full}]}
    - {id: again, effect: deny, when: "happened(ran, duration('600s'))"}
    - {id: often, effect: deny, limit: {meter: runs, max: 10}}
    - {id: ask, effect: step_up, when: "has(args.n) && variables.big", approval: {from: [group:leads], quorum: 1, ttl: 5m}}
    - {id: hr, effect: deny, when: "external.hr.left == true"}
    - {id: dry, effect: sandbox, in: dry, when: "environment == 'production'"}
    - {id: wait, effect: defer, timeout: 10m, retry_after: 1m, when: "args.host == 'b'"}`,
};

function load(documents: Readonly<Record<string, string>>): Bundle {
  const files = Object.entries(documents).flatMap(([name, text]) =>
    text === ""
      ? []
      : [{ path: `policies/${name}.yaml`, text: `apiVersion: holdfast.dev/v1\n${text}\n` }],
  );
  const loaded = loadPolicySet(files, { root: "policies" });
  if (loaded.ok) return loaded.bundle;
  throw new Error(
    loaded.diagnostics
      .map(({ message, span }) => `${span.file}:${span.start.line} ${message}`)
      .join("\n"),
  );
}

/** A document with a part of its text replaced. */
function swap(name: string, from: string | RegExp, to: string): Readonly<Record<string, string>> {
  const text = base[name] ?? "";
  expect(text).toMatch(from);
  return { [name]: text.replace(from, to) };
}

/** What `--fail-on-widening` must say of a change, and of taking it back. */
type Verdict = "fails" | "passes";

const cases: readonly (readonly [
  what: string,
  done: Verdict,
  back: Verdict,
  change: () => Readonly<Record<string, string>>,
])[] = [
  ["schema loosened", "fails", "passes", () => swap("tool", "maximum: 5", "maximum: 500")],
  [
    "schema additional",
    "fails",
    "passes",
    () => swap("tool", "required: [host]", "required: [host], additionalProperties: true"),
  ],
  ["schema optional host", "passes", "passes", () => swap("tool", ", required: [host]", "")],
  ["tool label removed", "fails", "fails", () => swap("tool", "[write, exec]", "[write]")],
  ["tool audit", "fails", "passes", () => swap("tool", "audit: required", "audit: batched")],
  ["tool pin removed", "fails", "fails", () => swap("tool", /\n {2}pin: .*/u, "")],
  ["tool pin changed", "fails", "fails", () => swap("tool", "aaaa", "bbbb")],
  [
    "tool annotation dropped",
    "fails",
    "fails",
    () => swap("tool", "\n  arguments: {body: content}", ""),
  ],
  ["tool acts", "passes", "passes", () => swap("tool", "[run]", "[run, execute]")],
  ["tool root", "fails", "fails", () => swap("tool", "/workspace", "/")],
  [
    "settings environments",
    "fails",
    "passes",
    () => swap("settings", "[staging, production]", "[staging, production, development]"),
  ],
  ["settings labels", "passes", "passes", () => swap("settings", "egress]", "egress, money]")],
  ["list entry", "fails", "passes", () => swap("hosts", "[a, b]", "[a, b, d]")],
  [
    "list remote",
    "fails",
    "fails",
    () =>
      swap(
        "hosts",
        "items: [a, b]",
        "items: [a, b], source: {url: 'https://x.example/l', every: 1h}",
      ),
  ],
  ["group member", "fails", "fails", () => swap("group", "[user:bo]", "[user:bo, user:cy]")],
  ["agent roles", "fails", "fails", () => swap("agent", "[ops]", "[ops, lead]")],
  ["agent owner", "fails", "fails", () => swap("agent", "user:ana", "user:bo")],
  [
    "agent environments",
    "fails",
    "fails",
    () => swap("agent", "[staging]", "[staging, production]"),
  ],
  [
    "agent credentials",
    "fails",
    "fails",
    () =>
      swap(
        "agent",
        "environments",
        `credentials: [{token_sha256: ${"a".repeat(64)}}], environments`,
      ),
  ],
  [
    "agent added",
    "fails",
    "fails",
    () => ({ mole: "kind: Agent\nmetadata: {name: mole}\nspec: {roles: [ops]}" }),
  ],
  ["agent removed", "fails", "fails", () => ({ boss: "" })],
  [
    "group added",
    "passes",
    "passes",
    () => ({ g: "kind: Group\nmetadata: {name: others}\nspec: {members: [user:zed]}" }),
  ],
  [
    "sandbox weakened",
    "fails",
    "fails",
    () =>
      swap(
        "sandbox",
        "tool: {result: {ok: true}}",
        "http: {base_url: https://x.example}, tool: {result: {ok: true}}",
      ),
  ],
  ["sandbox rank", "fails", "fails", () => swap("sandbox", "rank: 10", "rank: 20")],
  ["external url", "fails", "fails", () => swap("hr", "hr.example", "evil.example")],
  ["external cache", "fails", "fails", () => swap("hr", "timeout: 150ms", "timeout: 15s")],
  ["event key", "fails", "fails", () => swap("event", "session.id", "agent.id")],
  ["event at", "fails", "fails", () => swap("event", "at: begin", "at: success")],
  [
    "event when",
    "fails",
    "fails",
    () => swap("event", "at: begin", "at: begin, when: \"args.host == 'a'\""),
  ],
  ["event match", "fails", "fails", () => swap("event", "tools: [ops.run]", "tools: [ops.other]")],
  ["meter window", "fails", "fails", () => swap("meter", "1h", "1m")],
  [
    "meter reserve",
    "fails",
    "fails",
    () => swap("meter", "window: 1h", "window: 1h, reserve: '0.5'"),
  ],
  ["meter key", "fails", "fails", () => swap("meter", "agent.id", "session.id")],
  ["approval from", "fails", "fails", () => swap("grant", "group:leads", "user:zed")],
  ["approval ttl", "fails", "fails", () => swap("grant", "ttl: 5m", "ttl: 50m")],
  ["approval removed", "fails", "passes", () => swap("grant", /.*id: ask.*\n/u, "")],
  [
    "obligation removed",
    "fails",
    "passes",
    () => swap("grant", ", obligations: [{log: full}]", ""),
  ],
  [
    "reason only",
    "passes",
    "passes",
    () =>
      swap(
        "grant",
        "when: \"happened(ran, duration('600s'))\"",
        "when: \"happened(ran, duration('600s'))\", reason: other words",
      ),
  ],
  ["params", "fails", "passes", () => swap("grant", "limit: 3", "limit: 4")],
  ["variables", "fails", "passes", () => swap("grant", "args.n > params.limit", "args.n > 100")],
  ["limit max", "fails", "passes", () => swap("grant", "max: 10", "max: 11")],
  ["defer timeout", "fails", "passes", () => swap("grant", "timeout: 10m", "timeout: 7d")],
  ["defer retry", "passes", "passes", () => swap("grant", "retry_after: 1m", "retry_after: 2m")],
  [
    "a narrowing rule only observes",
    "fails",
    "passes",
    () => ({
      ...swap("grant", /.*id: often.*\n/u, ""),
      x: "kind: Policy\nmetadata: {name: x}\nspec: {mode: observe, match: {tools: [ops.run]}, rules: [{id: often, effect: deny, limit: {meter: runs, max: 10}}]}",
    }),
  ],
  ["policy deleted", "passes", "fails", () => ({ grant: "" })],
  ["happened window", "fails", "passes", () => swap("grant", "600s", "60s")],
  [
    "a document in another folder",
    "passes",
    "passes",
    () => ({ "dev/p": base["grant"] ?? "", grant: "" }),
  ],
  [
    "description",
    "passes",
    "passes",
    () => swap("agent", "{name: bot}", "{name: bot, description: hello}"),
  ],
  [
    "tool result label",
    "fails",
    "fails",
    () =>
      swap(
        "tool",
        "  acts: [run]",
        "  acts: [run]\n  results: {text: {as: content, labels: [exec]}}",
      ),
  ],
  [
    "a grant for another kind of action",
    "fails",
    "passes",
    () => ({
      w: "kind: Policy\nmetadata: {name: w}\nspec: {match: {kinds: [shell], agent_roles: [ops]}, rules: [{id: a, effect: allow}]}",
    }),
  ],
  ["boundary removed", "fails", "passes", () => ({ boundary: "" })],
  [
    "boundary widened",
    "fails",
    "passes",
    () => swap("boundary", "tools: [ops.run]", "tools: [ops.run, ops.stop]"),
  ],
  [
    "boundary about another folder",
    "fails",
    "fails",
    () => ({
      ...swap("boundary", "folder: ops", "folder: dev"),
      "dev/x": base["hosts"] ?? "",
      hosts: "",
    }),
  ],
  [
    "boundary over everything any agent does",
    "fails",
    "passes",
    () => swap("boundary", ', agents: ["*"]', ""),
  ],
  [
    "a tool that was granted by name gets labels",
    "fails",
    "fails",
    () => ({
      tool: "",
      event: "",
      meter: "",
      grant: `kind: Policy
metadata: {name: ops}
spec: {match: {tools: [ops.run]}, rules: [{id: a, effect: allow}]}`,
    }),
  ],
  [
    "a tool nobody grants is described",
    "passes",
    "passes",
    () => ({ other: "kind: Tool\nmetadata: {name: ops.other}\nspec: {labels: [read]}" }),
  ],
];

const wider = new Set(["newly_allowed", "widened", "changed"]);

function verdictOf(old: Bundle, now: Bundle): Verdict {
  const { regions, unknown } = comparePolicies(old, now);
  const fails = unknown.length > 0 || regions.some(({ change }) => wider.has(change));
  return fails ? "fails" : "passes";
}

const old = load(base);

test.each(cases)("%s: %s, taken back: %s", (_, done, back, change) => {
  const now = load({ ...base, ...change() });
  expect({ done: verdictOf(old, now), back: verdictOf(now, old) }).toEqual({ done, back });
});
