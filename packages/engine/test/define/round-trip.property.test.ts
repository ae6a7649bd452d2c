import { parseExpression, printExpression } from "@holdfast/engine";
import type { Expr } from "@holdfast/engine";
import { cel, definePolicy, defineTool, deny, policySet } from "@holdfast/engine/define";
import { renderDiagnostic } from "@holdfast/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import { conditionRecipe } from "./term-arbitrary.ts";
import type { Everything } from "./term-arbitrary.ts";

const everything: Everything = defineTool({
  name: "a.b",
  labels: ["read"],
  schema: {
    type: "object",
    required: ["n", "x", "t", "f", "l", "xs", "o"],
    properties: {
      n: { type: "integer" },
      x: { type: "number" },
      t: { type: "string" },
      f: { type: "boolean" },
      l: { type: "array", items: { type: "string" } },
      xs: { type: "array", items: { type: "number" } },
      o: { type: "object", properties: { "odd name": { type: "string" } } },
    },
  },
});

function parsed(text: string): Expr {
  const result = parseExpression(text);
  if (result.ok) return result.ast;
  throw new Error(`${text}: ${result.errors.map(({ message }) => message).join()}`);
}

function textsIn(policy: { readonly spec: object }): readonly string[] {
  const { rules } = policy.spec as { readonly rules: readonly { readonly when: string }[] };
  return rules.map(({ when }) => when);
}

test("what is built prints as text that parses and prints as itself", () => {
  fc.assert(
    fc.property(conditionRecipe, (recipe) => {
      const policy = definePolicy({
        name: "p",
        match: { tools: [everything] },
        rules: (scope) => [deny("r", { when: recipe(scope).and(cel`true`) })],
      });
      for (const text of textsIn(policy)) expect(printExpression(parsed(text))).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test("what the editor accepts the policy compiler accepts", () => {
  fc.assert(
    fc.property(fc.array(conditionRecipe, { minLength: 1, maxLength: 6 }), (recipes) => {
      const policy = definePolicy({
        name: "p",
        match: { tools: [everything] },
        rules: (scope) =>
          recipes.map((recipe, index) => deny(`r${index}`, { when: recipe(scope) })),
      });
      const result = policySet([everything, policy]);
      // What an expression costs is not in its type.
      const found = (result.ok ? [] : result.diagnostics).filter(
        ({ code }) => code !== "condition_cost",
      );
      expect(found.map((each) => renderDiagnostic(each, undefined))).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
