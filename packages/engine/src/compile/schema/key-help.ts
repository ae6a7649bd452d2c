import type { Json, JsonObject } from "@holdfast/model";

/** What keys are for that a schema does not describe itself, by key; `Kind.key` goes first. */
const help: Readonly<Record<string, string>> = {
  action: "what is done: kind, operation and phase",
  acts: "words that a person uses for what the tool does, such as `run`",
  agent: "who acts, as its credential says",
  allows: "what allow rules in that folder can match at most",
  apiVersion: "the version of the policy language",
  approval: "who must approve, and how long that is good for",
  approvals: "the approvals that are needed, and whether they are met",
  args: "the arguments of the action",
  "Policy.args": "its arguments: a map, or CEL that gives one",
  arguments:
    "which arguments hold commands, queries, paths, URLs or content, to compute facts from",
  as: "`content`: the field is text in which anything may stand",
  attributes: "further properties, which conditions can read",
  authzen: "ask an OpenID AuthZEN service",
  base_url: "where requests go in place of the real host",
  cache: "how long an answer is good for",
  calendar: "the amount starts anew with each hour, day, week or month",
  cases: "each is one request and what must come of it",
  claims: "what the agent says of itself; no allow should rest on it",
  classification: "one of those that Settings declares; none is above all",
  classifications: "how sensitive something can be, the least sensitive first",
  code: "why it was decided so, as a stable code",
  context: "what the enforcement point attests, such as a ticket",
  cost: "what the action cost",
  created: "when, as in RFC 3339",
  credentials: "how the agent proves who it is",
  delegate: "what a delegation gets in place of its result",
  delegation: "the agents that passed the task on, the outermost first",
  description: "what it is for, for people",
  documents: "texts that were reported to the session",
  durationMs: "how long it took, in milliseconds",
  effect: "what the rule does: allow grants, every other effect narrows",
  environment: "one of those that Settings declares",
  environments: "the environments that there are",
  "Agent.environments": "where the agent may act",
  events: "how long ago Events occurred, such as `-2m`",
  every: "how often the list is loaded anew",
  expect: "what the decision must have; what is left out may be anything",
  external: "what Externals answer",
  facts: "what the arguments would really do, by fact; what a record leaves out is nothing",
  fallback: "another action that is tried in place of the refused one",
  file: "how file actions are confined",
  folder: "a folder of the policy folder, without `/` at its ends",
  from: "`group:NAME` or `user:ID`, any of them",
  given: "what is so when the request comes",
  http: "the HTTP service that is asked",
  "Sandbox.http": "where HTTP requests go",
  id: "the name of it",
  "Policy.id": "the name of the rule in its policy",
  in: "the name of a Sandbox",
  input: "what is sent, as CEL by name",
  issuer: "who issued the token",
  items: "its entries",
  jwt: "a token of this issuer with this subject",
  k8s: "what a Kubernetes action gets in place of its result",
  key: "whose history it is",
  kind: "the kind of document",
  kinds: "kinds of action, any of them",
  label: "a label that the action gets",
  labels: "free labels for people and reports",
  limit: "matches when a Meter and this action together exceed a maximum",
  llm: "what a call of a model gets in place of its result",
  log: "`full`: arguments and result are kept as they are",
  mask: "what is shown as hidden: `whole`, or the secrets and personal data in it",
  match: "which actions it is about; all given keys must hold, each is any-of",
  mcp: "what an MCP action gets in place of its result",
  members: "people, as `user:ID`",
  met: "whether enough people have approved",
  metadata: "the name and what people should know",
  meters: "what Meters hold",
  name: "the name, unique in its kind",
  "Tool.name": "`server.name`; the server is the alias that the operator configured",
  network: "`none`: no network; `host`: that of the host",
  notify: "who is told",
  now: "the moment of the request, as in RFC 3339",
  obligations: "what must be done as well, or the action is denied",
  operation: "what is done, in the words of its kind",
  outcome: "how the call ended",
  owner: "the person who answers for the agent, as `user:ID`",
  parent: "the action that led to this one",
  phase: "before the call, or on its result",
  pin: "the digest of the tool's full definition; another definition is refused",
  prompt: "what a person typed to start the run",
  quorum: "how many must approve; 1 when left out",
  rank: "of several Sandboxes the one of the lowest rank is used",
  read_only: "paths that can be read",
  reason: "why, for people; `{CEL}` parts are filled in",
  remove: "paths below `args` or `result` that are taken out",
  request: "what the agent wants to do",
  resources: "what the action touches",
  restrict: "what stays forbidden from now on",
  restrictions: "restrictions that are in force",
  result: "what the call gave",
  "Sandbox.result": "what the agent gets in place of a result",
  results: "labels of the fields of a result",
  "PolicyTest.results": "results that the session has seen",
  retryAfterMs: "when to come again, in milliseconds",
  retry_after: "when to come again",
  roles: "its roles",
  rollback: "statements run in a transaction that is undone",
  root: "the folder that paths in arguments are relative to",
  rule: "the rule, as `policy/rule`",
  rules: "the rules that determine it, as `policy/rule`",
  run: "a hook that is run, as `hook:NAME`",
  sandbox: "the Sandbox that it runs in",
  scopes: "what was delegated, such as `tool:crm.*`",
  secret: "what reading a secret gets in place of its result",
  server: "the server of the tool, as the operator configured it",
  session: "the session that the action belongs to",
  set: "new values of arguments, as CEL by path",
  sha256: "the digest of what is loaded, in hex",
  shadow: "what would have been decided if observe rules were enforced",
  shell: "how commands are confined",
  source: "where it comes from",
  "List.source": "where its entries are loaded from",
  spec: "what it says",
  spiffe: "a SPIFFE id",
  sql: "how statements are confined",
  ssh: "what an ssh action gets in place of its result",
  started: "when the session began",
  status: "success or failure",
  step: "what a step gets in place of its result",
  subject: "the subject of the token",
  task: "the task of the session",
  tenant: "whose policies, identities and state",
  text: "the text of it",
  ticket: "the ticket of what is pending",
  timeout: "how long is waited; then it is denied",
  token_sha256: "the SHA-256 digest of a token, in hex",
  tool: "the tool, as `server.name`",
  "Sandbox.tool": "what a tool gets in place of its result",
  trace: "the trace that the action belongs to",
  traceparent: "the W3C trace context",
  ttl: "how long it is good for",
  ttlMs: "how long it is good for, in milliseconds",
  type: "what its entries are",
  "Resource.type": "the type of resource, such as `table`",
  redact: "paths below `args` and `result` whose values no record keeps",
  "Settings.redact": "values of this class, and of all more sensitive ones, are in no record",
  "Tool.log": "what records do not keep",
  "Settings.log": "what records do not keep",
  classes: "how sensitive values are, by their paths below `args` and `result`",
  url: "where it is found",
  user: "on whose behalf the agent acts",
  version: "its version",
  when: "the condition, in CEL; true when left out",
  window: "how long amounts count: a duration, or `{calendar, zone}`",
  writable: "paths that can be written",
  zone: "a time zone, such as `Europe/London`",
};

/** What a key of a kind of document is for; undefined when nobody has said. */
export function keyText(kind: string, key: string): string | undefined {
  return own(`${kind}.${key}`) ?? own(key);
}

function own(key: string): string | undefined {
  return Object.hasOwn(help, key) ? help[key] : undefined;
}

/** What counts when a key is left out, and what an author may write, by `Kind.key`. */
const defaults: Readonly<Record<string, Json>> = {
  "Policy.mode": "enforce",
  "Policy.phase": "call",
  "Policy.quorum": 1,
  "Policy.when": "true",
  "Event.when": "true",
  "Meter.reserve": "1",
  "Tool.audit": "required",
};
const examples: Readonly<Record<string, readonly Json[]>> = {
  "Policy.when": ["args.amount <= 500", 'happened("untrusted-read")'],
  "Policy.tools": [["stripe.refund"], ["files.*"]],
  "Policy.ttl": ["15m"],
  "Policy.reason": ["a refund over {params.limit} needs a lead"],
  "Policy.from": [["group:payments-leads"]],
  "Meter.window": ["1h", { calendar: "day", zone: "Europe/London" }],
  "Event.key": [["session.id"]],
  "Tool.labels": [["read"], ["write", "egress"]],
  "Tool.arguments": [{ command: "shell", cwd: "path" }],
  "PolicyTest.events": [{ "untrusted-read": "-2m" }],
  "PolicyTest.facts": [{ shell: { network: true } }, { paths: { error: "invalid" } }],
};

/** A schema in which every property says what it is for, what counts without it, and an example. */
export function withHelp(kind: string, schema: JsonObject): JsonObject {
  const said = (key: string, value: Json): Json => {
    const inner = helped(kind, value);
    if (!isObject(inner)) return inner;
    const text = keyText(kind, key);
    const full = `${kind}.${key}`;
    return {
      ...(inner["description"] === undefined && text !== undefined ? { description: text } : {}),
      ...inner,
      ...(Object.hasOwn(defaults, full) ? { default: defaults[full] ?? null } : {}),
      ...(Object.hasOwn(examples, full) ? { examples: examples[full] ?? [] } : {}),
    };
  };
  const members = Object.entries(schema).map(([name, value]): [string, Json] => {
    if (name !== "properties" || !isObject(value)) return [name, helped(kind, value)];
    const properties = Object.entries(value).map(([key, each]) => [key, said(key, each)]);
    return [name, Object.fromEntries(properties)];
  });
  return Object.fromEntries(members);
}

function helped(kind: string, value: Json): Json {
  if (isObject(value)) return withHelp(kind, value);
  return isList(value) ? value.map((each) => helped(kind, each)) : value;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
