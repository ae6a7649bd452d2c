import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { folderOf, holdfast } from "./command.ts";

const policies = `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec:
  match: {agents: [a]}
  rules:
    - {id: a, effect: deny, when: args.x == 1}
---
apiVersion: holdfast.dev/v1
kind: PolicyTest
metadata: {name: p}
spec:
  cases:
    - name: one
      request: {agent: {id: a}, tool: s.t, args: {x: 1}}
      expect: {effect: deny}
`;

const placed = (): string => `${folderOf({ "policies/a.yaml": policies })}/policies`;

describe("the policy folder", () => {
  test.each(["test", "lint"])("is an argument of `%s`, or its option", async (command) => {
    const place = placed();
    const argument = await holdfast([command, place]);
    expect(argument.code).not.toBe(2);
    expect(argument.stdout).not.toBe("");
    expect(await holdfast([command, "-p", place])).toEqual(argument);
    expect(await holdfast([command, place, "--policy", place])).toEqual(argument);
  });

  test.each(["test", "lint"])("of `%s` is one", async (command) => {
    const place = placed();
    expect(await holdfast([command, place, "-p", "other"])).toEqual({
      code: 2,
      stdout: "",
      stderr: `two policy folders are named, \`${place}\` and \`other\`; give one\n`,
    });
  });

  test.each([["test"], ["lint"], ["check", "-r", "-"], ["fmt", "--check"]])(
    "is `policies` where `%s` names none",
    async (...command) => {
      const request = '{"agent": {"id": "a"}, "tool": {"name": "t"}}';
      const before = process.cwd();
      try {
        process.chdir(dirname(placed()));
        const ran = await holdfast(command, request);
        expect(ran.stderr).not.toContain("required");
        expect(ran.code).not.toBe(2);
      } finally {
        process.chdir(before);
      }
    },
  );

  test("without a policy file is nothing that `lint` could have looked at", async () => {
    const empty = folderOf({ "README.md": "# none\n" });
    expect(await holdfast(["lint", empty])).toEqual({
      code: 2,
      stdout: "",
      stderr: `there is no policy file in \`${empty}\`\n`,
    });
  });
});
