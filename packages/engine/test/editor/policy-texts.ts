import { surveyPolicySet } from "@holdfast/engine/editor";
import type { Cursor, PolicySurvey } from "@holdfast/engine/editor";

/** A policy set in three files that names of every kind go across. */
export const policyTexts: Readonly<Record<string, string>> = {
  "p/tools.yaml": `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund, description: Gives money back}
spec:
  labels: [money]
  schema:
    type: object
    required: [amount, customer]
    properties:
      amount: {type: number}
      customer: {type: string}
      tags: {type: array, items: {type: string}}
      address: {type: object, properties: {city: {type: string}}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: mail.read}
spec: {labels: [read, untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Settings
metadata: {name: settings}
spec:
  environments: [staging, production]
  labels: [read, money, untrusted]
---
apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: support-1}
spec: {roles: [support, lead]}
`,
  "p/history.yaml": `apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: seen}
spec: {match: {labels: [untrusted]}, at: begin, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: spent}
spec: {match: {tools: [pay.refund]}, reserve: args.amount, key: [agent.id], window: 1h}
---
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}
---
apiVersion: holdfast.dev/v1
kind: List
metadata: {name: partners}
spec: {type: string, items: [acme]}
---
apiVersion: holdfast.dev/v1
kind: Sandbox
metadata: {name: dry}
spec: {rank: 1, tool: {result: {ok: true}}, mcp: {result: {ok: true}}}
`,
  "p/refunds.yaml": `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds}
spec:
  match: {tools: [pay.refund], agent_roles: [support]}
  params: {limit: 100}
  variables:
    big: args.amount > double(params.limit)
  rules:
    - id: grant
      effect: allow
      when: args.amount <= 500.0 && args.customer in lists.partners
    - id: ask
      effect: step_up
      when: variables.big && environment == "production"
      approval: {from: [group:leads], ttl: 15m}
      reason: over {params.limit} a lead says yes
    - id: daily
      effect: deny
      limit: {meter: spent, max: 1000}
    - id: tainted
      effect: deny
      when: happened(seen) || count("seen", duration("1h")) > 3
    - id: tags
      effect: sandbox
      in: dry
      when: has(args.tags) && args.tags.exists(t, t.startsWith("x"))
---
apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: big ones wait
      given: {events: {seen: -2m}, meters: {spent: 3}}
      request: {agent: {id: support-1, roles: [support]}, tool: pay.refund, args: {amount: 200, customer: acme}, environment: production}
      expect: {effect: deny, rules: [refunds/tainted]}
`,
};

/** The set with one text of a file replaced by another, in which \`‸\` is the cursor. */
export function cursorIn(
  file: string,
  find: string,
  put: string,
): { readonly survey: PolicySurvey; readonly cursor: Cursor } {
  const whole = policyTexts[file] ?? "";
  if (!whole.includes(find)) throw new Error(`\`${find}\` is not in ${file}`);
  const marked = whole.replace(find, put);
  const offset = marked.indexOf("‸");
  const texts = { ...policyTexts, [file]: marked.replace("‸", "") };
  const files = Object.entries(texts).map(([path, text]) => ({ path, text }));
  return { survey: surveyPolicySet(files, { root: "p" }), cursor: { file, offset } };
}
