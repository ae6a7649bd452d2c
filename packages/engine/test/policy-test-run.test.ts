import { describe, expect, test } from "vitest";
import { createEngine, createReferenceEngine, runPolicyTests } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";

const set = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: stripe.refund}
spec: {labels: [money]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: web.fetch}
spec: {labels: [untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: support-1}
spec: {roles: [support]}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: untrusted-read}
spec: {match: {labels: [untrusted]}, at: begin, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Meter
metadata: {name: refunds-usd}
spec: {match: {tools: [stripe.refund]}, reserve: args.amount, key: [agent.id], window: 1h}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds}
spec:
  match: {agent_roles: [support], tools: [stripe.refund]}
  rules:
    - {id: grant, effect: allow, when: args.amount <= 5000}
    - {id: after-untrusted, effect: deny, when: 'happened("untrusted-read", duration("10m"))'}
    - {id: daily, effect: deny, limit: {meter: refunds-usd, max: 1000}}
    - {id: never-tested, effect: deny, when: args.amount > 100000}
`;

function run(cases: string): ReturnType<typeof runPolicyTests> {
  const test = `apiVersion: holdfast.dev/v1\nkind: PolicyTest\nmetadata: {name: t}\nspec:\n  cases:\n${cases}`;
  return runPolicyTests(createReferenceEngine(bundleOf([set, test])));
}

const request = (amount: number): string =>
  `{agent: {id: support-1, roles: [support]}, session: {id: s1}, tool: stripe.refund, args: {amount: ${amount}}}`;

describe("a policy test", () => {
  test("passes when all that it expects is so", () => {
    const { results } = run(`
    - {name: small, request: ${request(50)}, expect: {effect: allow, rules: [refunds/grant], code: rule}}
`);
    expect(results).toMatchObject([{ test: "t", name: "small", passed: true, mismatches: [] }]);
    expect(results[0]?.explanation).toBeUndefined();
  });

  test("says what it expected, what it found and why", () => {
    const { results } = run(`
    - {name: large, request: ${request(7200)}, expect: {effect: allow, rules: [refunds/grant]}}
`);
    expect(results[0]?.mismatches).toEqual([
      { field: "effect", expected: '"allow"', found: '"deny"' },
      { field: "rules", expected: '["refunds/grant"]', found: '["refunds/daily"]' },
    ]);
    expect(results[0]?.explanation).toContain("refunds/daily");
  });

  test("states history: an Event at its time, a Meter's charge, a restriction, the time", () => {
    const { results } = run(`
    - name: recent
      given: {now: "2026-11-21T10:00:00Z", events: {untrusted-read: -2m}}
      request: ${request(50)}
      expect: {effect: deny, rules: [refunds/after-untrusted]}
    - name: long ago
      given: {events: {untrusted-read: [-10m, -1h]}}
      request: ${request(50)}
      expect: {effect: allow}
    - name: charged
      given: {meters: {refunds-usd: 951}}
      request: ${request(50)}
      expect: {effect: deny, code: limit, rules: [refunds/daily]}
    - name: restricted
      given: {restrictions: ["label:money"]}
      request: ${request(50)}
      expect: {effect: deny, code: restricted}
`);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(results).toHaveLength(4);
  });

  test("counts the cases every rule held in, and shows a rule that none reaches", () => {
    const { coverage } = run(`
    - {name: small, request: ${request(50)}, expect: {effect: allow}}
    - {name: over, request: ${request(1001)}, expect: {effect: deny}}
`);
    expect(coverage.map(({ rule, cases }) => [rule, cases])).toEqual([
      ["refunds/after-untrusted", 0],
      ["refunds/daily", 1],
      ["refunds/grant", 2],
      ["refunds/never-tested", 0],
    ]);
  });
});

test("an agent of whom a case gives only the id is that of its Agent document", () => {
  const cases = `${set}
---
apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: described}
spec:
  cases:
    - name: known
      request: {agent: {id: support-1}, session: {id: s}, tool: stripe.refund, args: {amount: 5}}
      expect: {effect: allow}
    - name: a stranger
      request: {agent: {id: support-2}, session: {id: s}, tool: stripe.refund, args: {amount: 5}}
      expect: {effect: deny, code: default_deny}
`;
  const { results } = runPolicyTests(createReferenceEngine(bundleOf([cases])));
  const described = results.filter((result) => result.test === "described");
  expect(described.map(({ passed }) => passed)).toEqual([true, true]);
});

test("a case states what the user typed; without it, asking for origins is an error", () => {
  const cases = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: mail}
spec:
  match: {tools: [mail.send]}
  rules:
    - {id: grant, effect: allow}
    - {id: stranger, effect: deny, when: '!from_only(args.to, ["user"])'}
---
apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: typed}
spec:
  cases:
    - name: named by the user
      given: {prompt: answer ana@corp.example}
      request: {agent: {id: a}, session: {id: s}, tool: mail.send, args: {to: ana@corp.example}}
      expect: {effect: allow}
    - name: named in a delegated run of the same root
      given: {prompt: answer ana@corp.example}
      request: {agent: {id: a}, session: {id: s, root: r}, tool: mail.send, args: {to: ana@corp.example}}
      expect: {effect: allow}
    - name: not named
      given: {prompt: answer ana@corp.example}
      request: {agent: {id: a}, session: {id: s}, tool: mail.send, args: {to: eve@evil.example}}
      expect: {effect: deny, code: rule, rules: [mail/stranger]}
    - name: no prompt
      request: {agent: {id: a}, session: {id: s}, tool: mail.send, args: {to: ana@corp.example}}
      expect: {effect: deny, code: eval_error, rules: [mail/stranger]}
`;
  for (const create of [createReferenceEngine, createEngine]) {
    const { results } = runPolicyTests(create(bundleOf([cases])));
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
    expect(results).toHaveLength(4);
  }
});
