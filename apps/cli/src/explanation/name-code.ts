import { condition, documents, rules } from "./explanation.ts";
import type { Explanation } from "./explanation.ts";

const nights = (match: string): string => `
kind: Policy
metadata: {name: nights}
spec:
  match: ${match}
  rules:
    - {id: none, effect: deny, when: 'in_window(now, "UTC", "22:00-24:00")'}`;

const agent = `
kind: Agent
metadata: {name: support-1}
spec: {roles: [support]}
---`;

/** Codes of names that do not exist. */
export const nameCodes: Readonly<Record<string, Explanation>> = {
  unknown_tool: documents(
    "No Tool document has this name, and one has nearly this name. A tool that nobody registered may be named exactly; a slip of the keys may not.",
    nights("{tools: [pay.refnd]}"),
    nights("{tools: [pay.refund]}"),
  ),
  unregistered_tool: documents(
    "A tool or server is named that no Tool document registers. That is allowed, but its arguments have no type: nothing checks what conditions read of them.",
    nights("{tools: [files.delete]}"),
    `
kind: Tool
metadata: {name: files.delete}
spec: {labels: [destructive], schema: {type: object, properties: {path: {type: string}}}}
---${nights("{tools: [files.delete]}")}`,
  ),
  unknown_server: documents(
    "No Tool document is of this server, and one is of nearly this one.",
    nights("{tools: [pya.*]}"),
    nights("{tools: [pay.*]}"),
  ),
  unknown_role: documents(
    "No Agent document has this role. Roles are closed as soon as one Agent document declares one.",
    agent + nights("{agent_roles: [suport]}"),
    agent + nights("{agent_roles: [support]}"),
  ),
  unknown_agent: documents(
    "No Agent document has this name, and one has nearly this name.",
    agent + nights("{agents: [suport-1]}"),
    agent + nights("{agents: [support-1]}"),
  ),
  unknown_label: documents(
    "Settings does not declare this label, so no tool can have it.",
    nights("{labels: [mony]}"),
    nights("{labels: [money]}"),
  ),
  unknown_environment: documents(
    "Settings does not declare this environment (without a Settings document: development, staging, production).",
    nights("{environments: [prod]}"),
    nights("{environments: [production]}"),
  ),
  unknown_classification: documents(
    "Settings does not declare this classification.",
    `
kind: Resource
metadata: {name: payroll}
spec: {match: {type: table, id: "hr.*"}, classification: secret}`,
    `
kind: Resource
metadata: {name: payroll}
spec: {match: {type: table, id: "hr.*"}, classification: restricted}`,
  ),
  unknown_event: documents(
    "A test states history of an Event that no document defines. In a condition the code is `cel_unknown_name`.",
    `
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: small
      given: {events: {refundd: -2m}}
      request: {agent: {id: a}, tool: pay.refund, args: {customer: c, amount: 5}}
      expect: {effect: allow}`,
    `
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: small
      request: {agent: {id: a}, tool: pay.refund, args: {customer: c, amount: 5}}
      expect: {effect: allow}`,
  ),
  unknown_meter: rules(
    "No Meter document has this name.",
    "- {id: daily, effect: deny, limit: {meter: refunds-usd, max: 1000}}",
    "- {id: large, effect: deny, when: args.amount > 1000}",
  ),
  unknown_sandbox: rules(
    "No Sandbox document has this name.",
    "- {id: dry, effect: sandbox, in: dry}",
    "- {id: large, effect: deny, when: args.amount > 1000}",
  ),
  unknown_external: documents(
    "A test states the answer of an External that no document defines. In a condition the code is `cel_unknown_field`.",
    `
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: small
      given: {external: {hr: {ok: true}}}
      request: {agent: {id: a}, tool: pay.refund, args: {customer: c, amount: 5}}
      expect: {effect: allow}`,
    `
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: small
      request: {agent: {id: a}, tool: pay.refund, args: {customer: c, amount: 5}}
      expect: {effect: allow}`,
  ),
  unknown_group: rules(
    "No Group document has this name, so nobody could approve.",
    "- {id: lead, effect: step_up, when: args.amount > 50, approval: {from: [group:leads], quorum: 1, ttl: 15m}}",
    '- {id: lead, effect: step_up, when: args.amount > 50, approval: {from: ["user:bo"], quorum: 1, ttl: 15m}}',
  ),
  unknown_folder: documents(
    "No policy file lies in the folder, so the Boundary would bind nobody. Folders are relative to the policy folder.",
    `
kind: Boundary
metadata: {name: team-a}
spec: {folder: team-aa, allows: {tools: [pay.*]}}`,
    `
kind: Boundary
metadata: {name: team-a}
spec: {folder: team-a, allows: {tools: [pay.*]}}`,
  ),
  unknown_zone: documents(
    "There is no such time zone; names are those of the IANA database.",
    `
kind: Meter
metadata: {name: daily}
spec: {key: [agent.id], window: {calendar: day, zone: Europe/Lodnon}}`,
    `
kind: Meter
metadata: {name: daily}
spec: {key: [agent.id], window: {calendar: day, zone: Europe/London}}`,
  ),
  unknown_argument: rules(
    "The tool's schema does not declare this argument.",
    "- {id: quiet, effect: modify, remove: [args.nte]}",
    "- {id: quiet, effect: modify, remove: [args.note]}",
  ),
  unknown_rule: documents(
    "A test names a rule that does not exist; rules are written `policy/rule`.",
    `
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: small
      request: {agent: {id: a}, tool: pay.refund, args: {customer: c, amount: 5}}
      expect: {effect: allow, rules: [refunds/grnt]}`,
    `
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: small
      request: {agent: {id: a}, tool: pay.refund, args: {customer: c, amount: 5}}
      expect: {effect: allow, rules: [refunds/grant]}`,
  ),
  duplicate_rule: rules(
    "Two rules of one policy have one id, and a decision names rules by it.",
    `
- {id: large, effect: deny, when: args.amount > 1000}
- {id: large, effect: deny, when: 'args.customer == "cus_0"'}`,
    `
- {id: large, effect: deny, when: args.amount > 1000}
- {id: nobody, effect: deny, when: 'args.customer == "cus_0"'}`,
  ),
  not_by_name: condition(
    "`variables` is read by a name that stands there, so that what is read is known.",
    "variables[args.customer]",
    "args.amount > 5000",
  ),
};
