/** A policy set that lets mail go only where the user, or the directory, said. */
export const originPolicy = `
apiVersion: holdfast.dev/v1
kind: Settings
metadata: {name: settings}
spec:
  environments: [development]
  classifications: [internal]
  labels: [read, egress, untrusted, crm]
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: mail.read}
spec: {labels: [read, untrusted], results: {text: {as: content, labels: [untrusted]}}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: crm.find}
spec: {labels: [read], results: {"items[].email": {labels: [crm]}}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: mail.send}
spec: {labels: [egress]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: mail}
spec:
  match: {tools: [mail.read, crm.find, mail.send]}
  rules:
    - {id: all, effect: allow}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: recipients}
spec:
  match: {tools: [mail.send]}
  rules:
    - id: known
      effect: deny
      when: '!from_only(args.to, ["user", "crm"])'
      reason: "{args.to} is from {origin(args.to).source}, not from the user"
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: results}
spec:
  match: {tools: [crm.find], phase: result}
  rules:
    - {id: hide, effect: modify, when: has(result.hidden), remove: [result.hidden]}
    - {id: mask, effect: modify, when: has(result.items) && has(result.stranger), set: {result.items: "[]"}}
    - {id: stop, effect: deny, when: 'has(result.stop)'}
`;
