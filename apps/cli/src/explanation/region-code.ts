import { documents, rules } from "./explanation.ts";
import type { Explanation } from "./explanation.ts";

const sandboxed = (second: string): string => `
kind: Sandbox
metadata: {name: dry}
spec: {rank: 10, mcp: {result: {}}}
---
kind: Sandbox
metadata: {name: staging}
spec: {rank: 20, mcp: {result: {}}}
---
kind: Policy
metadata: {name: trial}
spec:
  match: {tools: [pay.refund], kinds: [mcp]}
  rules:
    - {id: dry, effect: sandbox, in: dry, when: args.amount > 50}
    - {id: staging, effect: sandbox, in: staging, when: ${second}}`;

const coded = (pattern: string, condition: string): string => `
kind: Tool
metadata: {name: crm.find}
spec:
  labels: [read]
  schema: {type: object, required: [id, deep], properties: {id: {type: string, pattern: "${pattern}"}, deep: {type: boolean}}}
---
kind: Policy
metadata: {name: find}
spec:
  match: {tools: [crm.find]}
  rules:
    - {id: grant, effect: allow, when: '!args.deep'}
    - {id: staff, effect: deny, when: '${condition}'}`;

/** Codes of lint that are about all requests a rule holds for, found and proven symbolically. */
export const regionCodes: Readonly<Record<string, Explanation>> = {
  never_matches: rules(
    "No request can fulfil the condition, by what it says or by what the schema admits. A deny like this protects nothing. Where it cannot even be evaluated, a narrowing rule denies; then a request is shown for which it does.",
    "- {id: large, effect: deny, when: args.amount > 100 && args.amount < 50}",
    "- {id: large, effect: deny, when: args.amount > 50 && args.amount < 100}",
  ),
  always_true: rules(
    "The condition holds for every request it is asked for, so it restricts nothing. Say what is meant, or leave `when` out to say so.",
    '- {id: lead, effect: step_up, when: args.amount < 500 || args.amount >= 400, approval: {from: ["user:bo"], quorum: 1, ttl: 15m}}',
    '- {id: lead, effect: step_up, when: args.amount < 400 || args.amount >= 500, approval: {from: ["user:bo"], quorum: 1, ttl: 15m}}',
  ),
  shadowed: rules(
    "Whatever the rule holds for, one that refuses holds for too, so it never decides. Order does not help: the narrowest effect wins.",
    `
- {id: small, effect: allow, when: 'args.amount < 5 && args.customer == "cus_1"'}
- {id: none, effect: deny, when: args.amount < 10}`,
    `
- {id: small, effect: allow, when: 'args.amount > 200 && args.customer == "cus_1"'}
- {id: none, effect: deny, when: args.amount < 10}`,
  ),
  redundant: rules(
    "Another rule of the same effect holds for all that this one holds for, and asks for the same.",
    "- {id: small, effect: allow, when: 'args.amount <= 50 && args.customer == \"cus_1\"'}",
    "- {id: large, effect: allow, when: 'args.amount <= 500 && args.customer == \"cus_1\"'}",
  ),
  sandbox_overlap: documents(
    "Two Sandboxes can be asked for at once. The one of the lowest rank is used, whatever the other was for.",
    sandboxed("args.amount < 70"),
    sandboxed("args.amount < 30"),
  ),
  unanchored_matches: rules(
    "`matches` looks for the pattern anywhere in the text. Without `^` and `$`, whatever is put around what it names is allowed too.",
    "- {id: known, effect: allow, when: 'args.customer.matches(\"cus_[0-9]+\")'}",
    "- {id: known, effect: allow, when: 'args.customer.matches(\"^cus_[0-9]+$\")'}",
  ),
  empty_pattern: rules(
    "No text fits the pattern: an anchor stands where nothing can be before or behind it, or a class is empty.",
    "- {id: odd, effect: deny, when: 'args.amount > 70 || args.customer.matches(\"a^b\")'}",
    "- {id: odd, effect: deny, when: 'args.amount > 70 || args.customer.matches(\"a.b\")'}",
  ),
  pattern_outside_schema: documents(
    "The schema admits only texts that never fit the pattern.",
    coded("^cus_[0-9]+$", 'args.deep || args.id.matches("^usr_")'),
    coded("^(?:cus|usr)_[0-9]+$", '!args.deep && args.id.matches("^usr_")'),
  ),
};
