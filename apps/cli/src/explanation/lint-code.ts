import { documents, rules } from "./explanation.ts";
import type { Explanation } from "./explanation.ts";

const shell = (rules: string): string => `
kind: Tool
metadata: {name: ops.run}
spec:
  labels: [exec]
  arguments: {command: shell}
  schema: {type: object, required: [command], properties: {command: {type: string}}}
---
kind: Policy
metadata: {name: shell}
spec:
  match: {tools: [ops.run]}
  rules:
${rules}`;

const untyped = (rule: string): string => `
kind: Tool
metadata: {name: crm.find}
spec: {labels: [read]}
---
kind: Policy
metadata: {name: find}
spec:
  match: {tools: [crm.find]}
  rules:
    - {id: grant, effect: allow, when: args.limit <= 1000.0}
    - ${rule}`;

const copied = (rule: string): string => `
kind: Tool
metadata: {name: mail.send}
spec:
  labels: [egress]
  schema:
    type: object
    required: [to]
    properties: {to: {type: string}, cc: {type: string}}
---
kind: Policy
metadata: {name: mail}
spec:
  match: {tools: [mail.send]}
  rules:
    - {id: grant, effect: allow}
    - ${rule}`;

const matching = (match: string, policy = "more"): string => `
kind: Policy
metadata: {name: ${policy}}
spec:
  match: ${match}
  rules:
    - {id: large, effect: deny, when: args.amount > 50}`;

const agents = `
kind: Agent
metadata: {name: support-1}
spec: {roles: [support]}
---
kind: Agent
metadata: {name: lead-1}
spec: {roles: [lead]}
---`;

const approval = (members: string): string => `
kind: Group
metadata: {name: leads}
spec: {members: [${members}]}
---
kind: Policy
metadata: {name: large}
spec:
  match: {tools: [pay.refund]}
  rules:
    - {id: two, effect: step_up, when: args.amount > 50, approval: {from: [group:leads], quorum: 2, ttl: 15m}}`;

const limited = (match: string, max: number): string => `
kind: Meter
metadata: {name: calls}
spec: {match: ${match}, key: [agent.id], window: 1h}
---
kind: Policy
metadata: {name: calls}
spec:
  match: {tools: [pay.refund]}
  rules:
    - {id: many, effect: throttle, limit: {meter: calls, max: ${max}}}`;

const sandboxed = (covers: string): string => `
kind: Sandbox
metadata: {name: dry}
spec: {rank: 10, ${covers}}
---
kind: Policy
metadata: {name: trial}
spec:
  match: {tools: [pay.refund], kinds: [mcp]}
  rules:
    - {id: dry, effect: sandbox, in: dry, when: args.amount > 50}`;

const used = (document: string, rule: string): string => `${document}
---
kind: Policy
metadata: {name: more}
spec:
  match: {tools: [pay.refund]}
  rules:
    - ${rule}`;

const list = `
kind: List
metadata: {name: known}
spec: {type: string, items: [cus_1]}`;
const event = `
kind: Event
metadata: {name: refunded}
spec: {match: {tools: [pay.refund]}, at: begin, key: [session.id]}`;
const external = `
kind: External
metadata: {name: crm}
spec: {http: {url: "https://crm.example"}, input: {subject: agent.id}}`;
const group = `
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}`;
const meter = `
kind: Meter
metadata: {name: calls}
spec: {match: {tools: [pay.refund]}, key: [agent.id], window: 1h}`;
const sandbox = `
kind: Sandbox
metadata: {name: dry}
spec: {rank: 10, tool: {result: {}}}`;

/** Codes of lint that look at one thing at a time. */
export const lintExplanations: Readonly<Record<string, Explanation>> = {
  claims_in_allow: rules(
    "`claims` is what the agent says: an injected sentence can make it say anything. What it says may narrow; it never grants.",
    "- {id: sure, effect: allow, when: claims.confidence > 0.9}",
    "- {id: sure, effect: allow, when: context.confidence > 0.9}",
  ),
  wildcard_allow: documents(
    "The allow covers every tool that has a Tool document, also those that are added later. What is not known yet should not be granted yet.",
    `
kind: Policy
metadata: {name: all}
spec:
  match: {agents: [tester]}
  rules:
    - {id: all, effect: allow}`,
    `
kind: Policy
metadata: {name: all}
spec:
  match: {agents: [tester], tools: [pay.refund]}
  rules:
    - {id: all, effect: allow}`,
  ),
  raw_text_of_fact: documents(
    "The argument is a command, a query, a path or a URL, and the rule looks at its letters. `rm -rf`, `rm  -r -f` and `'r'm -rf` are one command. Facts are parsed.",
    shell(`    - {id: grant, effect: allow, when: 'size(shell.commands) == 1'}
    - {id: no-rm, effect: deny, when: 'args.command.contains("rm -rf")'}`),
    shell(`    - {id: grant, effect: allow, when: 'size(shell.commands) == 1'}
    - {id: no-rm, effect: deny, when: 'shell.commands.exists(c, c.name == "rm")'}`),
  ),
  optional_escape: documents(
    "The rule narrows only when the argument is there, and no schema says whether it is. An agent leaves it out, and the tool runs with its default.",
    untyped("{id: many, effect: deny, when: has(args.limit) && args.limit > 100.0}"),
    untyped("{id: many, effect: deny, when: '!has(args.limit) || args.limit > 100.0'}"),
  ),
  unguarded_read: documents(
    "A rule that narrows reads what a request may come without: an argument that its schema does not require, `session.task`, a key of `context` or of attributes. Where it is missing, the condition is an error, and an error denies, so that no request without it gets through. `has(…) && …` lets those pass, `!has(…) || …` narrows them by name. `--fix` chooses neither, since both decide otherwise than before.",
    copied("{id: inside, effect: deny, when: '!args.cc.endsWith(\"@example.com\")'}"),
    copied(
      "{id: inside, effect: deny, when: 'has(args.cc) && !args.cc.endsWith(\"@example.com\")'}",
    ),
  ),
  match_without_agent: documents(
    "No Agent document fits all that `match` asks for, so no rule of the policy ever holds.",
    agents + matching("{agents: [support-1], agent_roles: [lead]}"),
    agents + matching("{agents: [lead-1], agent_roles: [lead]}"),
  ),
  covered_entry: documents(
    "An entry of a match list says nothing that another does not. `--fix` removes it.",
    matching("{tools: [pay.*, pay.refund]}"),
    matching("{tools: [pay.*]}"),
  ),
  uncovered_tool: documents(
    "A tool is registered, policies meet it, and no rule can ever allow it: a gap, or a tool that somebody means to forbid. A deny rule without condition says the latter.",
    `
kind: Tool
metadata: {name: pay.order}
spec: {labels: [money]}
---
kind: Policy
metadata: {name: nights}
spec:
  match: {labels: [money]}
  rules:
    - {id: none, effect: deny, when: 'in_window(now, "UTC", "22:00-24:00")'}`,
    `
kind: Tool
metadata: {name: pay.order}
spec: {labels: [money]}
---
kind: Policy
metadata: {name: orders}
spec:
  match: {tools: [pay.order]}
  rules:
    - {id: never, effect: deny}`,
  ),
  unused_tool: documents(
    "A tool is registered and no policy covers it, so it is always denied.",
    `
kind: Tool
metadata: {name: files.read}
spec: {labels: [read]}`,
    `
kind: Tool
metadata: {name: files.read}
spec: {labels: [read]}
---
kind: Policy
metadata: {name: reading}
spec:
  match: {labels: [read]}
  rules:
    - {id: grant, effect: allow}`,
  ),
  unread_argument: documents(
    "A person annotated the argument as a command, a query, a path or a URL, the tool is granted, and no rule looks at it.",
    shell("    - {id: grant, effect: allow}"),
    shell("    - {id: grant, effect: allow, when: '!shell.network'}"),
  ),
  approval_out_of_reach: documents(
    "Fewer people are in `from` than must approve, so nobody ever gets an approval. The owner of the agent does not count.",
    approval("user:bo"),
    approval("user:bo, user:cy"),
  ),
  defer_never_ready: rules(
    "A deferred action is decided again when context or history changes. This condition reads neither, so it stays true until the timeout, which denies.",
    "- {id: wait, effect: defer, when: args.amount > 50, timeout: 10m}",
    "- {id: wait, effect: defer, when: '!has(context.ticket)', timeout: 10m}",
  ),
  sandbox_kind: documents(
    "The Sandbox does not cover a kind of action that `match.kinds` names. Such an action is denied.",
    sandboxed("shell: {network: none}"),
    sandboxed("mcp: {result: {}}"),
  ),
  limit_out_of_reach: documents(
    "Nothing ever charges the Meter, so its limit is never passed.",
    limited("{tools: [pay.refund], labels: [egress]}", 5),
    limited("{tools: [pay.refund]}", 5),
  ),
  limit_always_passed: documents(
    "One action alone charges more than `max`, so the rule always holds.",
    limited("{tools: [pay.refund]}", 0),
    limited("{tools: [pay.refund]}", 5),
  ),
  modified_input: rules(
    "Narrowing rules are asked of the arguments as modify rules left them. What the agent sent is `original`.",
    `
- {id: sign, effect: modify, set: {args.note: agent.id}}
- {id: urgent, effect: deny, when: 'has(args.note) && args.note.contains("urgent")'}`,
    `
- {id: sign, effect: modify, set: {args.note: agent.id}}
- {id: urgent, effect: deny, when: 'has(original.note) && original.note.contains("urgent")'}`,
  ),
  unused_event: documents(
    "No rule reads the Event, so it is recorded for nothing.",
    event,
    used(event, "{id: again, effect: deny, when: happened(refunded)}"),
  ),
  unused_meter: documents(
    "No rule reads the Meter or has a limit on it.",
    meter,
    used(meter, "{id: many, effect: deny, limit: {meter: calls, max: 5}}"),
  ),
  unused_list: documents(
    "No condition reads the List.",
    list,
    used(list, "{id: strangers, effect: deny, when: '!(args.customer in lists.known)'}"),
  ),
  unused_sandbox: documents(
    "No rule asks for the Sandbox.",
    sandbox,
    used(sandbox, "{id: dry, effect: sandbox, in: dry, when: args.amount > 50}"),
  ),
  unused_external: documents(
    "No condition reads the External.",
    external,
    used(external, "{id: gone, effect: deny, when: external.crm.left}"),
  ),
  unused_group: documents(
    "No approval is asked of the Group.",
    group,
    used(
      group,
      "{id: lead, effect: step_up, when: args.amount > 50, approval: {from: [group:leads], quorum: 1, ttl: 15m}}",
    ),
  ),
  unused_param: documents(
    "Nothing reads the param. `--fix` removes it.",
    `
kind: Policy
metadata: {name: large}
spec:
  match: {tools: [pay.refund]}
  params: {max: 50, most: 100}
  rules:
    - {id: large, effect: deny, when: args.amount > params.max}`,
    `
kind: Policy
metadata: {name: large}
spec:
  match: {tools: [pay.refund]}
  params: {max: 50}
  rules:
    - {id: large, effect: deny, when: args.amount > params.max}`,
  ),
  unused_variable: documents(
    "No rule reads the variable. `--fix` removes it.",
    `
kind: Policy
metadata: {name: large}
spec:
  match: {tools: [pay.refund]}
  variables: {large: args.amount > 50, small: args.amount < 5}
  rules:
    - {id: large, effect: deny, when: variables.large}`,
    `
kind: Policy
metadata: {name: large}
spec:
  match: {tools: [pay.refund]}
  variables: {large: args.amount > 50}
  rules:
    - {id: large, effect: deny, when: variables.large}`,
  ),
  comment_without_reason: documents(
    "An allow-comment says why, for whoever reads it in a year.",
    `# holdfast: allow unused_list${list}`,
    `# holdfast: allow unused_list because the next release reads it${list}`,
  ),
  comment_unknown: documents(
    "A comment that begins with `holdfast:` is an allow-comment, and this one is none or names a code that cannot be allowed.",
    `# holdfast: ignore all${used(list, "{id: strangers, effect: deny, when: '!(args.customer in lists.known)'}")}`,
    used(list, "{id: strangers, effect: deny, when: '!(args.customer in lists.known)'}"),
  ),
  comment_unused: documents(
    "An allow-comment allows nothing: what it was for is mended, or it stands elsewhere. `--fix` removes it.",
    `# holdfast: allow unused_list because the next release reads it${used(list, "{id: strangers, effect: deny, when: '!(args.customer in lists.known)'}")}`,
    used(list, "{id: strangers, effect: deny, when: '!(args.customer in lists.known)'}"),
  ),
};
