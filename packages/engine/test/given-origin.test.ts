import { expect, test } from "vitest";
import {
  createEngine,
  createReferenceEngine,
  loadPolicySet,
  printDocuments,
  runPolicyTests,
} from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";

const set = `
apiVersion: holdfast.dev/v1
kind: Settings
metadata: {name: settings}
spec: {labels: [read, money, untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: crm.search}
spec: {labels: [read], results: {owner: {labels: [own]}}}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: bank.pay}
spec: {labels: [money], acts: [pay]}
---
apiVersion: holdfast.dev/v1
kind: Event
metadata: {name: searched}
spec: {match: {tools: [crm.search]}, at: success, key: [session.id]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: pay}
spec:
  match: {tools: [bank.pay]}
  rules:
    - {id: grant, effect: allow, when: 'from_only(args.to, ["user", "own"])'}
    - {id: after, effect: allow, when: happened(searched) && args.to == "x"}
---
apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: origins}
spec:
  cases:
    - name: a request without session has what the case gives
      given: {prompt: pay DE-1234}
      request: {agent: {id: a}, tool: bank.pay, args: {to: DE-1234}}
      expect: {effect: allow}
    - name: a whole field of a result
      given: {prompt: pay it, results: [{tool: crm.search, args: {q: me}, result: {owner: DE-1234}}]}
      request: {agent: {id: a}, session: {id: s, root: r}, tool: bank.pay, args: {to: DE-1234}}
      expect: {effect: allow}
    - name: a document comes before the results
      given:
        prompt: pay it
        documents: [{source: mail, text: to DE-1234, labels: [untrusted]}]
        results: [{tool: crm.search, result: {owner: DE-1234}}]
      request: {agent: {id: a}, tool: bank.pay, args: {to: DE-1234}}
      expect: {effect: deny, code: default_deny}
    - name: the prompt comes before the documents
      given: {prompt: pay DE-1234, documents: [{source: mail, text: to DE-1234, labels: [untrusted]}]}
      request: {agent: {id: a}, tool: bank.pay, args: {to: DE-1234}}
      expect: {effect: allow}
    - name: what an earlier action sent
      given:
        prompt: pay it
        results:
          - {tool: {server: bank, name: pay}, args: {to: DE-1234}, result: null}
          - {tool: crm.search, result: {owner: DE-1234}}
      request: {agent: {id: a}, tool: bank.pay, args: {to: DE-1234}}
      expect: {effect: deny}
    - name: a document alone is no prompt
      given: {documents: [{source: mail, text: to DE-1234}]}
      request: {agent: {id: a}, tool: bank.pay, args: {to: DE-1234}}
      expect: {effect: deny, code: default_deny}
    - name: a result commits its Events
      given: {results: [{tool: crm.search, result: {}}]}
      request: {agent: {id: a}, tool: bank.pay, args: {to: x}}
      expect: {effect: allow}
    - name: without anything given there is no session
      request: {agent: {id: a}, tool: bank.pay, args: {to: DE-1234}}
      expect: {effect: deny, code: default_deny}
`;

test.each([
  ["reference", createReferenceEngine],
  ["compiled", createEngine],
] as const)("the %s engine decides on what a case says its session has seen", (_, create) => {
  const { results } = runPolicyTests(create(bundleOf([set])));
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
  expect(results).toHaveLength(8);
});

test("what a case says its session has seen is printed as it was read", () => {
  const bundle = bundleOf([set]);
  const again = bundleOf([printDocuments([bundle.settings, ...bundle.tools, ...bundle.tests])]);
  const givens = (of: typeof bundle) =>
    of.tests.flatMap(({ cases }) => cases.map(({ given }) => given));
  expect(givens(again)).toEqual(givens(bundle));
});

test("a case names labels that exist, and a tool that looks misspelt is told", () => {
  const text = set
    .replace("labels: [untrusted]}]\n        results", "labels: [untrustd]}]\n        results")
    .replace(
      "results: [{tool: crm.search, result: {}}]",
      "results: [{tool: crm.serch, result: {}}]",
    );
  const loaded = loadPolicySet([{ path: "policies/a.yaml", text }], { root: "policies" });
  const diagnostics = loaded.ok ? [] : loaded.diagnostics;
  const told = diagnostics.map(({ code, message }) => `${code}: ${message}`);
  expect(told).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^unknown_label: .*`untrustd`/),
      "unknown_tool: no Tool document describes `crm.serch`",
    ]),
  );
});
