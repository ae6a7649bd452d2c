import { condition, documents, rules } from "./explanation.ts";
import type { Explanation } from "./explanation.ts";

const onResult = (rule: string): string => `
kind: Policy
metadata: {name: shown}
spec:
  match: {tools: [pay.refund], phase: result}
  rules:
    - ${rule}`;

const withVariables = (variables: string): string => `
kind: Policy
metadata: {name: sizes}
spec:
  match: {tools: [pay.refund]}
  variables: ${variables}
  rules:
    - {id: large, effect: deny, when: variables.x}`;

const events = (first: string, second: string): string => `
kind: Event
metadata: {name: first}
spec: {match: {tools: [pay.refund]}, at: begin, key: [session.id]${first}}
---
kind: Event
metadata: {name: second}
spec: {match: {tools: [pay.refund]}, at: begin, key: [session.id]${second}}`;

const sandboxes = (rank: number): string => `
kind: Sandbox
metadata: {name: dry}
spec: {rank: 10, tool: {result: {}}}
---
kind: Sandbox
metadata: {name: staging}
spec: {rank: ${rank}, http: {base_url: "https://staging.example"}}`;

const history = (at: string, rule: string): string => `
kind: Event
metadata: {name: refunded}
spec: {match: {tools: [pay.refund]}, at: ${at}, key: [session.id]}
---
kind: Policy
metadata: {name: repeated}
spec:
  match: {tools: [pay.refund]}
  rules:
    - ${rule}`;

const metered = (rule: string): string => `
kind: Meter
metadata: {name: calls}
spec: {match: {tools: [pay.refund]}, key: [agent.id], window: 1h}
---
kind: Policy
metadata: {name: counted}
spec:
  match: {tools: [pay.refund]}
  rules:
    - ${rule}`;

function redacting(key: string): string {
  return `
kind: Tool
metadata: {name: door.open}
spec:
  labels: [write]
  schema: {type: object, properties: {user: {type: string}, pin: {type: string}}}
  log: {redact: [args.pin]}
---
kind: Event
metadata: {name: tried}
spec: {match: {tools: [door.open]}, at: decision, key: [${key}]}`;
}

/** Codes of what rules may not do. */
export const ruleCodes: Readonly<Record<string, Explanation>> = {
  misplaced_key: rules(
    "The key belongs to another effect: a fallback to a refusal, a limit to `throttle`, `step_up` and `deny`.",
    "- {id: other, effect: allow, when: args.amount < 5, fallback: {tool: pay.refund, args: {}}}",
    "- {id: other, effect: deny, when: args.amount > 5000, fallback: {tool: pay.refund, args: {customer: cus_1, amount: 1}}}",
  ),
  out_of_range: rules(
    "A number or a length is outside its limits.",
    '- {id: lead, effect: step_up, approval: {from: ["user:bo"], quorum: 0, ttl: 15m}}',
    '- {id: lead, effect: step_up, approval: {from: ["user:bo"], quorum: 1, ttl: 15m}}',
  ),
  template_syntax: rules(
    "In a reason, braces hold CEL: each `{` needs its `}`.",
    '- {id: large, effect: deny, when: args.amount > 1000, reason: "too much: {args.amount"}',
    '- {id: large, effect: deny, when: args.amount > 1000, reason: "too much: {args.amount}"}',
  ),
  path_syntax: rules(
    "`set`, `remove` and `mask` name a path below `args`, or below `result` in phase `result`.",
    "- {id: quiet, effect: modify, remove: [note]}",
    "- {id: quiet, effect: modify, remove: [args.note]}",
  ),
  redacted_read: documents(
    "A tool's `log: {redact: […]}` keeps a value out of every record. History is folded from records, and reasons, values that are set and fallbacks are recorded, so none of them may read it.",
    redacting("args.pin"),
    redacting("args.user"),
  ),
  variable_cycle: documents(
    "Variables read each other in a circle, so none has a value.",
    withVariables('{x: variables.y, y: "!variables.x"}'),
    withVariables("{x: variables.y, y: args.amount > 1000}"),
  ),
  event_cycle: documents(
    "Events read each other in a circle, so it cannot be told which comes first.",
    events(", when: happened(second)", ", when: happened(first)"),
    events("", ", when: happened(first)"),
  ),
  observe_allow: documents(
    "A rule that only observes changes nothing, and an allow that changes nothing grants nothing. Observe the rules that narrow.",
    `
kind: Policy
metadata: {name: trial}
spec:
  mode: observe
  match: {tools: [pay.refund]}
  rules:
    - {id: all, effect: allow}`,
    `
kind: Policy
metadata: {name: trial}
spec:
  mode: observe
  match: {tools: [pay.refund]}
  rules:
    - {id: large, effect: deny, when: args.amount > 50}`,
  ),
  allow_in_result: documents(
    "In phase `result` the action was granted already: what is not withheld is shown.",
    onResult("{id: show, effect: allow}"),
    onResult("{id: hide, effect: deny, when: 'outcome.status == \"failure\"'}"),
  ),
  effect_in_result: documents(
    "The effect cannot be carried out on a result: nothing can run again or be approved then.",
    onResult("{id: other, effect: deny, fallback: {tool: pay.refund, args: {}}}"),
    onResult("{id: hide, effect: deny, when: 'outcome.status == \"failure\"'}"),
  ),
  result_in_call: condition(
    "`result` and `outcome` exist only after the call.",
    'outcome.status == "failure"',
    "args.amount > 1000",
  ),
  state_out_of_place: documents(
    "History cannot be read here: the input of an External and the arguments of a fallback are made from the request alone.",
    `
kind: External
metadata: {name: hr}
spec: {http: {url: "https://hr.example"}, input: {at: string(meter("calls"))}}
---
kind: Meter
metadata: {name: calls}
spec: {match: {tools: [pay.refund]}, key: [agent.id], window: 1h}`,
    `
kind: External
metadata: {name: hr}
spec: {http: {url: "https://hr.example"}, input: {subject: agent.id}}`,
  ),
  event_polarity: documents(
    "An Event that helps to grant occurs at `success` or `approved`, or an attempt that failed would open the gate. One that narrows occurs at `begin` or `decision`, or a second action could start before the first ends.",
    history("success", "{id: again, effect: deny, when: happened(refunded)}"),
    history("begin", "{id: again, effect: deny, when: happened(refunded)}"),
  ),
  meter_polarity: documents(
    "A Meter is charged before anything succeeds and gives nothing back, so a high amount cannot grant.",
    metered('{id: practised, effect: allow, when: meter("calls") >= 3.0}'),
    metered('{id: fresh, effect: allow, when: meter("calls") < 3.0}'),
  ),
  narrowing_only: rules(
    "The function is a best-effort hint. It may narrow; it never helps to grant.",
    "- {id: own, effect: allow, when: 'touches(args.note, \"user\")'}",
    "- {id: foreign, effect: deny, when: 'touches(args.note, \"untrusted\")'}",
  ),
  origin_tier: rules(
    "An allow rests only on origins up to `field`: worse ones are texts that strangers can write.",
    "- {id: told, effect: allow, when: 'no_worse(origin(args.customer), \"text\")'}",
    "- {id: told, effect: allow, when: 'no_worse(origin(args.customer), \"field\")'}",
  ),
  vacuous_all: rules(
    "`all` is true of an empty list, so an agent could grant itself the action by leaving the list out.",
    "- {id: plain, effect: allow, when: 'has(args.tags) && args.tags.all(t, t != \"vip\")'}",
    "- {id: plain, effect: allow, when: 'has(args.tags) && size(args.tags) > 0 && args.tags.all(t, t != \"vip\")'}",
  ),
  null_user: condition(
    "`user` is null when an agent acts for nobody. Reading it then is an error, which would deny.",
    'user.id == "ana"',
    'user != null && user.id == "ana"',
  ),
  unannotated_fact: documents(
    "A fact is computed from arguments that a Tool document annotates. Annotate the argument, or match tools that have one.",
    `
kind: Tool
metadata: {name: ops.run}
spec: {labels: [exec]}
---
kind: Policy
metadata: {name: commands}
spec:
  match: {tools: [ops.run]}
  rules:
    - {id: network, effect: deny, when: shell.network}`,
    `
kind: Tool
metadata: {name: ops.run}
spec: {labels: [exec], arguments: {command: shell}}
---
kind: Policy
metadata: {name: commands}
spec:
  match: {tools: [ops.run]}
  rules:
    - {id: network, effect: deny, when: shell.network}`,
  ),
  ambiguous_resource: documents(
    "`resource` is the one resource of an action, and this tool can touch none or several. Go over `resources`.",
    `
kind: Tool
metadata: {name: db.query}
spec:
  labels: [read]
  arguments: {query: sql}
  schema: {type: object, required: [query], properties: {query: {type: string}}}
---
kind: Policy
metadata: {name: tables}
spec:
  match: {tools: [db.query]}
  rules:
    - {id: hr, effect: deny, when: 'resource.id == "hr"'}`,
    `
kind: Tool
metadata: {name: db.query}
spec:
  labels: [read]
  arguments: {query: sql}
  schema: {type: object, required: [query], properties: {query: {type: string}}}
---
kind: Policy
metadata: {name: tables}
spec:
  match: {tools: [db.query]}
  rules:
    - {id: hr, effect: deny, when: 'resources.exists(r, r.id == "hr")'}`,
  ),
  classification_comparison: condition(
    "Classifications are ordered, and what is not `public` may be more or less. Compare them with `at_least`.",
    'resource.classification == "restricted"',
    'at_least(resource.classification, "restricted")',
  ),
  sandbox_rank: documents(
    "Where two Sandboxes are asked for, the lowest rank is used, so ranks differ.",
    sandboxes(10),
    sandboxes(20),
  ),
  set_parent: documents(
    "`set` creates leaves, never their parents: a parent that is not there would be made of nothing.",
    `
kind: Tool
metadata: {name: mail.send}
spec:
  labels: [egress]
  schema: {type: object, properties: {options: {type: object, properties: {footer: {type: string}}}}}
---
kind: Policy
metadata: {name: mail}
spec:
  match: {tools: [mail.send]}
  rules:
    - {id: sign, effect: modify, set: {args.options.footer: agent.id}}`,
    `
kind: Tool
metadata: {name: mail.send}
spec:
  labels: [egress]
  schema: {type: object, properties: {options: {type: object, properties: {footer: {type: string}}}}}
---
kind: Policy
metadata: {name: mail}
spec:
  match: {tools: [mail.send]}
  rules:
    - {id: sign, effect: modify, when: has(args.options), set: {args.options.footer: agent.id}}`,
  ),
  set_type: rules(
    "The value does not fit the argument that it is set on.",
    "- {id: note, effect: modify, set: {args.note: 5}}",
    "- {id: note, effect: modify, set: {args.note: \"'5'\"}}",
  ),
  set_reads_moment: rules(
    "People approve exact arguments, so arguments that may need an approval cannot differ from moment to moment.",
    `
- {id: stamp, effect: modify, set: {args.note: string(now)}}
- {id: lead, effect: step_up, when: args.amount > 50, approval: {from: ["user:bo"], quorum: 1, ttl: 15m}}`,
    `
- {id: stamp, effect: modify, set: {args.note: agent.id}}
- {id: lead, effect: step_up, when: args.amount > 50, approval: {from: ["user:bo"], quorum: 1, ttl: 15m}}`,
  ),
  modification_overlap: rules(
    "One rule changes one path in two ways.",
    "- {id: note, effect: modify, set: {args.note: agent.id}, remove: [args.note]}",
    "- {id: note, effect: modify, set: {args.note: agent.id}}",
  ),
  retry_after: rules(
    "A throttle says when to come again: its `limit` knows, a condition does not.",
    "- {id: slowly, effect: throttle, when: args.amount > 50}",
    "- {id: slowly, effect: throttle, when: args.amount > 50, retry_after: 1m}",
  ),
  boundary: documents(
    "An allow rule can match more than the Boundary of its folder allows. (Here the folder is that of the file.)",
    `
kind: Boundary
metadata: {name: team-a}
spec: {folder: team-a, allows: {tools: [crm.*]}}
---
kind: Tool
metadata: {name: crm.find}
spec: {labels: [read]}`,
    `
kind: Boundary
metadata: {name: team-a}
spec: {folder: team-a, allows: {tools: [pay.*]}}`,
  ),
  schema_invalid: documents(
    "The tool's schema is not a JSON Schema 2020-12, or uses a pattern that is not RE2.",
    `
kind: Tool
metadata: {name: files.delete}
spec: {labels: [destructive], schema: {type: object, properties: {path: {type: strng}}}}`,
    `
kind: Tool
metadata: {name: files.delete}
spec: {labels: [destructive], schema: {type: object, properties: {path: {type: string}}}}`,
  ),
  scope_syntax: documents(
    "A delegation scope is `tool:PATTERN`, `label:NAME` or `resource:TYPE/PATTERN`.",
    `
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: delegated
      request: {agent: {id: a}, tool: pay.refund, delegation: [{agent: {id: boss}, scopes: [everything]}]}
      expect: {effect: deny}`,
    `
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: delegated
      request: {agent: {id: a}, tool: pay.refund, delegation: [{agent: {id: boss}, scopes: ["tool:pay.*"]}]}
      expect: {effect: deny}`,
  ),
};
