import { documents, words } from "./explanation.ts";
import type { Explanation } from "./explanation.ts";

interface Example {
  readonly rule?: string;
  readonly before?: string;
  readonly given?: string;
  readonly request?: string;
  readonly args?: string;
  readonly expect: string;
}

/** A test of one request, with a rule beside `refunds/grant`, which allows up to 100. */
function example({ rule, before, given, request, args, expect }: Example): string {
  const policy = `kind: Policy
metadata: {name: more}
spec:
  match: {tools: [pay.refund]}
  rules:
    - ${rule ?? ""}
---
`;
  return `${before ?? ""}${rule === undefined ? "" : policy}kind: PolicyTest
metadata: {name: refunds}
spec:
  cases:
    - name: one refund${given === undefined ? "" : `\n      given: ${given}`}
      request: {agent: {id: a}, tool: pay.refund, args: ${args ?? "{customer: cus_1, amount: 50}"}${request ?? ""}}
      expect: ${expect}`;
}

const allowed = "{effect: allow, code: rule, rules: [refunds/grant]}";

const daily = `kind: Meter
metadata: {name: calls}
spec: {match: {tools: [pay.refund]}, key: [agent.id], window: 1h}
---
`;

const overlapping = (value: string): string =>
  `{id: one, effect: modify, set: {args.note: "'a'"}}
    - {id: two, effect: modify, set: {args.note: "${value}"}}`;

/** Reason codes of decisions, the first that applies is given (POLICY.md section 2). */
export const reasonCodes: Readonly<Record<string, Explanation>> = {
  invalid_request: words(
    "The request itself cannot be judged: it does not have the form of `holdfast schema request`, or names an environment or a moment that cannot be. Nothing was compared with the policies. The reason says which part it is; mend what makes the request.",
  ),
  restricted: documents(
    "A restriction is in force on the agent in this session, put there by a `contain` rule or an operator. Policies do not lift it: an operator releases it, or its time ends.",
    example({ given: "{restrictions: [read_only]}", expect: "{effect: deny, code: restricted}" }),
    example({ expect: allowed }),
  ),
  out_of_scope: documents(
    "The action was delegated, and some hop's scopes do not cover it. Delegate with a scope that does, or let the agent that may do it act.",
    example({
      request: ', delegation: [{agent: {id: boss}, scopes: ["tool:crm.*"]}]',
      expect: "{effect: deny, code: out_of_scope}",
    }),
    example({
      request: ', delegation: [{agent: {id: boss}, scopes: ["tool:pay.*"]}]',
      expect: allowed,
    }),
  ),
  registry: words(
    "The tool's definition is not the one that was pinned, two definitions claim its name, or `registry: {unregistered: deny}` refuses tools without a document. Compare the definition, then pin it in its Tool document (`pin`), or add the document.",
  ),
  schema: documents(
    "The arguments do not fit the tool's schema, before or after a modify rule. Properties that it does not declare are refused too.",
    example({
      args: "{customer: cus_1, amount: 50, fast: true}",
      expect: "{effect: deny, code: schema}",
    }),
    example({ expect: allowed }),
  ),
  modify_conflict: documents(
    "Two modify rules that both match would change one path in two ways, and order means nothing, so neither wins.",
    example({
      rule: overlapping("'b'"),
      expect: "{effect: deny, code: modify_conflict}",
    }),
    example({
      rule: overlapping("'a'"),
      expect: "{effect: modify, code: rule}",
    }),
  ),
  rule: documents(
    "Rules that match decided: those in `rules`. For a refusal, change what they judge, or the rules.",
    example({
      rule: "{id: none, effect: deny, when: args.amount > 20}",
      expect: "{effect: deny, code: rule, rules: [more/none]}",
    }),
    example({
      rule: "{id: none, effect: deny, when: args.amount > 70}",
      expect: allowed,
    }),
  ),
  limit: documents(
    "With this action the Meter would pass the limit of the rule. `retryAfterMs` says when there is room again.",
    example({
      before: daily,
      given: "{meters: {calls: 5}}",
      rule: "{id: slowly, effect: throttle, limit: {meter: calls, max: 5}}",
      expect: "{effect: throttle, code: limit, rules: [more/slowly]}",
    }),
    example({
      before: daily,
      given: "{meters: {calls: 4}}",
      rule: "{id: slowly, effect: throttle, limit: {meter: calls, max: 5}}",
      expect: allowed,
    }),
  ),
  eval_error: documents(
    "The condition of a rule that narrows could not be evaluated, and what cannot be evaluated denies. Most often something is read that is not there: test with `has` first.",
    example({
      rule: "{id: urgent, effect: deny, when: context.urgent == true}",
      expect: "{effect: deny, code: eval_error, rules: [more/urgent]}",
    }),
    example({
      rule: "{id: urgent, effect: deny, when: has(context.urgent) && context.urgent == true}",
      expect: allowed,
    }),
  ),
  default_deny: documents(
    "No rule with effect `allow` matches, and nothing granted means deny. `holdfast check` shows the rule that came nearest, and what it lacked.",
    example({
      args: "{customer: cus_1, amount: 500}",
      expect: "{effect: deny, code: default_deny, rules: []}",
    }),
    example({ expect: allowed }),
  ),
  unavailable: words(
    "The decision could not be made or recorded: the engine or the guard failed. Every action is denied until that is mended; `holdfast audit verify` and the standard error of the gateway say what failed.",
  ),
  audit_unavailable: words(
    "The log cannot be written, so nothing may run: the disk is full or failed. On a full disk actions are refused one by one and go on when there is room; after a failed write the guard has to be opened again. `holdfast audit verify` says whether the log is whole.",
  ),
};
