import { describe, expect, test } from "vitest";
import { createEngine, createReferenceEngine, runPolicyTests } from "@holdfast/engine";
import type { FactReader, PolicyTestRun } from "@holdfast/engine";
import { bundleOf } from "./decision-case.ts";

const set = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: ops.run}
spec: {labels: [exec], arguments: {command: shell}, root: /work}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: commands}
spec:
  match: {tools: [ops.run]}
  rules:
    - {id: grant, effect: allow, when: 'size(shell.commands) > 0 && shell.commands.all(c, c.name == "ls")'}
    - {id: tidy, effect: modify, when: 'shell.commands.exists(c, c.name == "LS")', set: {args.command: '"ls"'}}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: writes}
spec:
  match: {labels: [write]}
  rules:
    - {id: none, effect: deny}
`;

function run(
  given: string,
  command: string,
  expected: string,
  factReader?: FactReader,
): PolicyTestRun[] {
  const document = `apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: t}
spec:
  cases:
    - name: one
      ${given}
      request: {agent: {id: a}, tool: ops.run, args: {command: ${command}}}
      expect: ${expected}
`;
  const bundle = bundleOf([set, document]);
  return [createReferenceEngine(bundle), createEngine(bundle)].map((engine) =>
    runPolicyTests(engine, factReader === undefined ? {} : { factReader }),
  );
}

function passes(...args: Parameters<typeof run>): void {
  for (const { results } of run(...args)) expect(results[0]?.mismatches).toEqual([]);
}

/** Takes a command for its name and nothing more. */
const names: FactReader = ({ args, tool, names: wanted }) => {
  expect(tool?.root).toBe("/work");
  expect(wanted).toEqual(["shell"]);
  const commands = [{ name: args["command"] ?? "", argv: [], flags: [] }];
  return { shell: { value: { commands, reads: [], writes: [], network: false, opaque: false } } };
};

describe("a case that states facts", () => {
  test("states those that matter, and the rest is nothing", () => {
    passes("given: {facts: {shell: {commands: [{name: ls}]}}}", "x", "{effect: allow}");
    passes(
      "given: {facts: {shell: {commands: [{name: ls}], writes: [/work/x]}}}",
      "x",
      "{effect: deny, rules: [writes/none]}",
    );
  });

  test("states that a fact is opaque, or an error", () => {
    passes(
      "given: {facts: {shell: {opaque: true}}}",
      "x",
      "{effect: deny, code: rule, rules: [commands/tidy, writes/none]}",
    );
    passes(
      "given: {facts: {shell: {error: limit}}}",
      "x",
      "{effect: deny, code: rule, rules: [commands/tidy, writes/none]}",
    );
  });

  test("is believed before the reader", () => {
    passes("given: {facts: {shell: {commands: [{name: ls}]}}}", "rm", "{effect: allow}", names);
  });
});

describe("a case that states none", () => {
  test("fails where nobody computes them, and says which it needs", () => {
    for (const { results } of run("given: {}", "ls", "{effect: deny}")) {
      expect(results[0]?.passed).toBe(false);
      expect(results[0]?.mismatches[0]).toEqual({
        field: "given.facts",
        expected: "facts of the arguments: `shell`",
        found: "none, and nothing here computes them",
      });
    }
  });

  test("has those of what was asked, and of what would run", () => {
    passes("given: {}", "ls", "{effect: allow}", names);
    passes("given: {}", "LS", "{effect: modify, args: {command: ls}}", names);
    passes("given: {}", "rm", "{effect: deny, code: default_deny}", names);
  });
});
