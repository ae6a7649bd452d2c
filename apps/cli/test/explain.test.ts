import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  createEngine,
  diagnosticCodes,
  lintCodes,
  lintPolicySet,
  runPolicyTests,
} from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { parseJson, reasonCodes } from "@holdfast/model";
import { describe, expect, test } from "vitest";
import { explainedCodes } from "../src/explanation/explanations.ts";
import type { ExplainedCode } from "../src/explanation/explanations.ts";
import { holdfast, repository } from "./command.ts";

const tool = `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: pay.refund}
spec:
  labels: [money, write]
  resources: [{type: customer, id: args.customer}]
  schema:
    type: object
    required: [customer, amount]
    properties:
      customer: {type: string, maxLength: 100}
      amount: {type: number}
      note: {type: string, maxLength: 1000}
      tags: {type: array, maxItems: 20, items: {type: string}}
`;
const refunds = `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: refunds}
spec:
  match: {tools: [pay.refund]}
  rules:
    - {id: grant, effect: allow, when: args.amount <= 100}
`;

const indented = (text: string, by: number): string =>
  text
    .split("\n")
    .map((line) => `${" ".repeat(by)}${line}`)
    .join("\n");

/** The policy set that an example is a part of. */
function filesOf({ frame }: ExplainedCode, short: string): readonly PolicyFileText[] {
  const text = short.replaceAll(/⟪(\d+) × (.*?)⟫/gu, (_, times: string, part: string) =>
    part.repeat(Number(times)),
  );
  const base = (policy: string): PolicyFileText => ({
    path: "policies/team-a/refunds.yaml",
    text: `${tool}---\n${policy}`,
  });
  const beside = (added: string): readonly PolicyFileText[] => [
    base(refunds),
    { path: "policies/example.yaml", text: added },
  ];
  switch (frame) {
    case "condition":
      return [
        base(
          `${refunds}    - id: example\n      effect: deny\n      when: |-\n${indented(text, 8)}\n`,
        ),
      ];
    case "rules":
      return [base(`${refunds}${indented(text, 4)}\n`)];
    case "documents":
      return beside(text.replaceAll(/^kind:/gmu, "apiVersion: holdfast.dev/v1\nkind:"));
    case "file":
      return beside(text);
    case "none":
      return [];
  }
}

/** Every code that compiler and lint tell, each once. */
function codesOf(files: readonly PolicyFileText[]): readonly string[] {
  const result = lintPolicySet(files, { root: "policies" });
  // What could not be decided is no finding of the example.
  const told = result.ok
    ? result.findings.filter(({ level }) => level !== "unknown")
    : result.diagnostics;
  return [...new Set(told.map(({ code }) => code))].toSorted();
}

const all = explainedCodes();
const withExample = all.filter(({ frame }) => frame !== "none");

describe("an explanation's example", () => {
  test.each(
    withExample
      .filter(({ origin }) => origin === "compiler")
      .map((each) => [each.code, each] as const),
  )("of %s gets exactly that code from the compiler, and its mend compiles", (code, each) => {
    const bad = lintPolicySet(filesOf(each, each.bad), { root: "policies" });
    const told = bad.ok
      ? bad.findings.filter((one) => !Object.hasOwn(lintCodes, one.code))
      : bad.diagnostics;
    expect([...new Set(told.map((one) => one.code))]).toEqual([code]);
    const mended = lintPolicySet(filesOf(each, each.mend), { root: "policies" });
    expect(mended.ok ? [] : mended.diagnostics).toEqual([]);
    expect(mended.ok && mended.findings.some((one) => one.code === code)).toBe(false);
  });

  test.each(
    withExample.filter(({ origin }) => origin === "lint").map((each) => [each.code, each] as const),
  )("of %s gets that code from lint, and nothing is found in its mend", (code, each) => {
    const expected =
      code.startsWith("comment_") && code !== "comment_unused" ? [code, "unused_list"] : [code];
    const found = codesOf(filesOf(each, each.bad));
    expect(found).toContain(code);
    expect(expected).toEqual(expect.arrayContaining([...found]));
    expect(codesOf(filesOf(each, each.mend))).toEqual([]);
  });

  test.each(
    withExample
      .filter(({ origin }) => origin === "decision")
      .map((each) => [each.code, each] as const),
  )("of %s decides so, and its mend otherwise", (code, each) => {
    for (const [text, gets] of [
      [each.bad, true],
      [each.mend, false],
    ] as const) {
      const result = lintPolicySet(filesOf(each, text), { root: "policies" });
      if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
      const [ran] = runPolicyTests(createEngine(result.bundle)).results;
      expect(ran?.mismatches).toEqual([]);
      const refused = ran?.decision?.effect !== "allow" && ran?.decision?.effect !== "modify";
      expect(ran?.decision?.code === code && refused).toBe(gets);
    }
  });
});

describe("explain", () => {
  test("knows every code of compiler, expressions, lint and decisions", () => {
    const known = new Set(all.map(({ code }) => code));
    expect(Object.keys(diagnosticCodes).filter((code) => !known.has(code))).toEqual([]);
    expect(Object.keys(lintCodes).filter((code) => !known.has(code))).toEqual([]);
    expect(reasonCodes.filter((code) => !known.has(code))).toEqual([]);
    const folder = join(repository, "packages/engine/src/cel");
    const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    const cel = new Set(texts.flatMap((text) => text.match(/(?<=")cel_[a-z_]+(?=")/gu) ?? []));
    expect([...cel].filter((code) => !known.has(code))).toEqual([]);
  });

  test("shows what a code means, an example and its mend", async () => {
    const { code, stdout } = await holdfast(["explain", "retry_after"]);
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "retry_after  compiler

      A throttle says when to come again: its \`limit\` knows, a condition does not.

      Instead of

          - {id: slowly, effect: throttle, when: args.amount > 50}

      write

          - {id: slowly, effect: throttle, when: args.amount > 50, retry_after: 1m}
      "
    `);
  });

  test("lists all, and suggests the nearest code", async () => {
    const list = await holdfast(["explain"]);
    for (const { code } of all) expect(list.stdout).toContain(`  ${code} `);
    const wrong = await holdfast(["explain", "unknown_tol"]);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("did you mean `unknown_tool`?"),
    });
    const data = await holdfast(["explain", "default_deny", "-o", "json"]);
    expect(parseJson(data.stdout)).toMatchObject({ code: "default_deny", origin: "decision" });
  });
});
