export const pep = { type: "sdk", id: "test", version: "1.0.0" };

/** A policy set with a rule for each thing the runtime has to do. */
export const policyText = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.read}
spec: {labels: [read, untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: fs.write}
spec: {labels: [write], root: /workspace}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: web.post}
spec: {labels: [egress]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund}
spec: {labels: [money]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: note.add}
spec: {labels: [write], audit: batched}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: untrusted-read}
spec: {match: {labels: [untrusted]}, at: begin, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: refunds}
spec: {match: {tools: [pay.refund]}, reserve: args.amount, settle: outcome.cost, key: [agent.id], window: 1h}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: base}
spec:
  match: {tools: [fs.read, fs.write, web.post, pay.refund, note.add]}
  rules:
    - {id: grant, effect: allow}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: narrow}
spec:
  rules:
    - id: after-untrusted
      effect: deny
      when: action.labels.exists(l, l == "egress") && happened("untrusted-read")
      reason: nothing leaves after untrusted text was read
    - id: big
      effect: step_up
      when: tool.name == "refund" && args.amount > 1000
      approval: {from: [group:leads], quorum: 1, ttl: 15m}
    - {id: budget, effect: throttle, when: tool.name == "refund", limit: {meter: refunds, max: 10}}
    - {id: later, effect: defer, when: 'tool.name == "write" && args.path == "later"', timeout: 1h, retry_after: 30s}
    - {id: trap, effect: contain, when: 'tool.name == "write" && args.path == "honeypot"', restrict: [isolate], ttl: 10m}
    - id: sign
      effect: modify
      when: tool.name == "write" && args.path == "report"
      set: {args.content: "args.content + ' (signed)'"}
    - id: divert
      effect: deny
      when: tool.name == "write" && args.path == "divert"
      fallback: {tool: note.add, args: {text: diverted}}
    - {id: secret-path, effect: deny, when: 'tool.name == "write" && args.path == "secret-place"'}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: results}
spec:
  match: {tools: [fs.read], phase: result}
  rules:
    - {id: redact, effect: modify, when: has(result.secret), remove: [result.secret]}
    - {id: withhold, effect: deny, when: 'has(result.text) && result.text.contains("poison")'}
    - {id: lock, effect: contain, when: 'has(result.text) && result.text.contains("worm")', restrict: [isolate]}
---
apiVersion: holdfast.dev/v1
kind: Group
metadata: {name: leads}
spec: {members: [user:bo]}
`;
