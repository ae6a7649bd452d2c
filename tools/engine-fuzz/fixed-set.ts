import { crowdTools } from "./crowd.ts";

/** Everything but policies: tools with and without schemas, history of every moment and window. */
export const fixedPolicySet = `
apiVersion: holdfast.dev/v1
kind: Settings
metadata: {name: settings}
spec:
  environments: [staging, production]
  classifications: [public, internal, restricted]
  labels: [read, write, egress, money, exec, untrusted, l0, l1, l2, l3, l4]
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: a.read}
spec:
  labels: [read, untrusted]
  classification: internal
  acts: [read, look-up]
  results:
    own: {labels: [own]}
    items: {labels: [read]}
    "items[]": {labels: [directory]}
    "items[].own": {as: content}
    mail: {as: content, labels: [untrusted]}
    mail.own: {labels: [money]}
  resources: [{type: file, id: args.text}]
  schema:
    type: object
    properties:
      text: {type: string}
      n: {type: integer, default: 1}
      flag: {type: boolean}
      rate: {type: number}
      tags: {type: array, items: {type: string}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: b.send}
spec:
  labels: [write, egress]
  acts: [send, forward, send-it]
  results: {text: {as: content, labels: [untrusted]}}
  schema:
    type: object
    properties:
      to: {type: string}
      text: {type: string, maxLength: 6}
      rate: {type: [number, integer]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: c.pay}
spec:
  labels: [money]
  classification: restricted
  acts: [pay, copy]
  resources: [{type: account, id: args.to}, {type: sum, id: args.amount}]
  schema:
    type: object
    properties: {amount: {type: integer}, to: {type: string}, rate: {$ref: "#/$defs/rate"}}
    required: [amount]
    $defs: {rate: {type: number}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: d.raw}
spec: {labels: [exec]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: e.run}
spec: {labels: [read], arguments: {text: shell, to: url, deep: sql, n: path, tags: k8s, flag: content}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: e.note}
spec: {labels: [write], arguments: {text: content, deep: content}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: e.get}
spec:
  labels: [untrusted]
  arguments: {to: url}
  schema: {type: object, additionalProperties: true, properties: {to: {type: string, default: x}}}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: reached}
spec: {match: {labels: [egress]}, at: begin, key: [session.id], polarity: accepted}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: wrote}
spec: {match: {labels: [write]}, at: success, key: [agent.id], polarity: accepted}
---
apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: bot}
spec: {roles: [support]}
---
apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: lead}
spec: {roles: [lead, admin]}
---
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}
---
apiVersion: holdfast.dev/v1
kind: List
metadata: {name: hosts}
spec: {type: string, items: [x, k, x.example]}
---
apiVersion: holdfast.dev/v1
kind: Resource
metadata: {name: keys}
spec: {match: {type: file, id: "k*"}, classification: restricted, labels: [money]}
---
apiVersion: holdfast.dev/v1
kind: Resource
metadata: {name: files}
spec: {match: {type: "f*e", id: "*"}, classification: internal, labels: [read]}
---
apiVersion: holdfast.dev/v1
kind: Sandbox
metadata: {name: dry}
spec: {rank: 1, tool: {result: {}}, mcp: {result: {}}}
---
apiVersion: holdfast.dev/v1
kind: Sandbox
metadata: {name: shells}
spec: {rank: 2, shell: {}}
---
apiVersion: holdfast.dev/v1
kind: External
metadata: {name: hr}
spec: {http: {url: "https://hr.example/x", timeout: 150ms}, input: {subject: agent.id}}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: seen}
spec: {match: {labels: [untrusted]}, at: begin, key: [session.id], polarity: accepted}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: paid}
spec: {match: {tools: [c.pay]}, at: begin, key: [agent.id], when: args.amount > 3, polarity: accepted}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: tried}
spec: {at: decision, key: [global], polarity: accepted}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: done}
spec: {match: {tools: [a.read]}, at: success, key: [session.id, tool.name], polarity: accepted}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: redone}
spec: {match: {tools: [a.read]}, at: failure, key: [resource.type, agent.id], polarity: accepted}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: approved-once}
spec: {at: approved, key: [user.id], polarity: accepted}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: spent}
spec: {match: {tools: [c.pay]}, reserve: args.amount, settle: outcome.cost, key: [agent.id], window: 10m}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: often}
spec: {key: [session.id, tool.name], window: {calendar: hour, zone: Europe/London}}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: daily}
spec: {match: {labels: [read]}, key: [agent.id], window: {calendar: week, zone: America/New_York}}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: typed}
spec: {match: {tools: [b.send]}, key: [args.to, tool.server], window: 64s}
${crowdTools.map(crowdTool).join("")}`;

/** One of many tools alike, with arguments of every kind. */
function crowdTool(name: string, index: number): string {
  const labels = index % 3 === 0 ? `[read, l${index % 5}]` : `[l${index % 5}]`;
  return `---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: ${name}}
spec: {labels: ${labels}}
`;
}
