import { describe, expect, test } from "vitest";
import { loadPolicySet, updateExpectations } from "@holdfast/engine";
import type { UpdatedTests } from "@holdfast/engine";

const set = `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: pay}
spec:
  match: {tools: [bank.pay]}
  rules:
    - {id: small, effect: allow, when: args.amount <= 100}
    - {id: round, effect: modify, when: args.amount == 7, set: {args.amount: "8"}}
    - {id: ask, effect: deny, when: args.amount > 50, reason: "a payment: over 50"}
    - {id: more, effect: deny, when: args.amount > 60}
`;

function testText(cases: string): string {
  return `apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: t} # of payments
spec:
  cases:
${cases}`;
}

function update(cases: string): UpdatedTests & { readonly text: string } {
  const files = [
    { path: "policies/pay.yaml", text: set },
    { path: "policies/tests.yaml", text: testText(cases) },
  ];
  const updated = updateExpectations(files, { root: "policies" }, () => true);
  expect(updated.files[0]).toEqual(files[0]);
  expect(loadPolicySet(updated.files, { root: "policies" }).ok).toBe(true);
  const { text } = updated.files[1] ?? { text: "" };
  const head = testText("");
  expect(text.startsWith(head)).toBe(true);
  return { ...updated, text: text.slice(head.length) };
}

const request = (amount: number): string =>
  `{agent: {id: a}, tool: bank.pay, args: {amount: ${amount}}}`;

describe("updating expectations", () => {
  test("changes the words that are wrong in flow layout, and nothing else", () => {
    const { text, cases } = update(`
    # the first
    - name: much   # too much
      request: ${request(55)}
      expect: {effect: allow,   code: rule, rules: [pay/small]} # really?
`);
    expect(text).toBe(`
    # the first
    - name: much   # too much
      request: ${request(55)}
      expect: {effect: deny,   code: rule, rules: [pay/ask]} # really?
`);
    expect(cases).toMatchObject([{ result: { name: "much" } }]);
    expect(cases[0]).not.toHaveProperty("kept");
  });

  test("changes, adds and removes entries of a list in block layout", () => {
    const { text } = update(`
    - name: more
      request: ${request(99)}
      expect:
        # why
        effect: deny
        rules:
          - pay/small # the grant
    - name: fewer
      request: ${request(55)}
      expect:
        rules:
          # kept
          - pay/ask
          - pay/more
          - pay/small
        effect: deny
`);
    expect(text).toBe(`
    - name: more
      request: ${request(99)}
      expect:
        # why
        effect: deny
        rules:
          - pay/ask # the grant
          - pay/more
    - name: fewer
      request: ${request(55)}
      expect:
        rules:
          # kept
          - pay/ask
        effect: deny
`);
  });

  test("removes what was not decided, and quotes what words could not say", () => {
    const { text } = update(`
    - name: flow
      request: ${request(5)}
      expect: {args: {amount: 5}, effect: deny, reason: no}
    - name: block
      request: ${request(55)}
      expect:
        effect: deny
        reason: |
          a long
          story
        args:
          amount: 1
    - name: changed
      request: ${request(7)}
      expect:
        effect: modify
        args:
          amount: 9 # rounded
          note: x
`);
    expect(text).toBe(`
    - name: flow
      request: ${request(5)}
      expect: {effect: allow, reason: allowed}
    - name: block
      request: ${request(55)}
      expect:
        effect: deny
        reason: "a payment: over 50"
    - name: changed
      request: ${request(7)}
      expect:
        effect: modify
        args:
          amount: 8 # rounded
`);
  });

  test("leaves a case that passes as it is", () => {
    const written = `
    - {name: fine, request: ${request(5)}, expect: {effect: allow}} # as it should
`;
    const { text, cases } = update(written);
    expect(text).toBe(written);
    expect(cases).toEqual([]);
  });

  test("changes only the cases that are chosen", () => {
    const files = [
      { path: "pay.yaml", text: set },
      {
        path: "tests.yaml",
        text: testText(
          `    - {name: one, request: ${request(5)}, expect: {effect: deny}}\n    - {name: two, request: ${request(5)}, expect: {effect: deny}}\n`,
        ),
      },
    ];
    const { files: after } = updateExpectations(files, {}, ({ name }) => name === "two");
    expect(after[1]?.text.match(/effect: \w+/gu)).toEqual(["effect: deny", "effect: allow"]);
  });
});
