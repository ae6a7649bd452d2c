import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadPolicySet, policySchemas, printDocuments } from "@holdfast/engine";
import type { Bundle, PolicyDocument } from "@holdfast/engine";
import { inFolder, policySet } from "@holdfast/engine/define";
import { renderDiagnostic } from "@holdfast/model";
import { expect, test } from "vitest";
import { exampleSet } from "./example-set.ts";

const examples = fileURLToPath(new URL("../documents/example-set.yaml", import.meta.url));

const boundary = `
apiVersion: holdfast.dev/v1
kind: Boundary
metadata: { name: team-a }
spec: { folder: team-a, allows: { agents: [support-1], tools: [stripe.refund], environments: [staging] } }
`;

const staging = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: { name: staging-refunds }
spec:
  match: { environments: [staging], tools: [stripe.refund], agents: [support-1] }
  rules: [{ id: any, effect: allow }]
`;

function ofYaml(): Bundle {
  const result = loadPolicySet([
    { path: "all.yaml", text: readFileSync(examples, "utf8") },
    { path: "boundary.yaml", text: boundary },
    { path: "team-a/staging.yaml", text: staging },
  ]);
  if (result.ok) return result.bundle;
  throw new Error(result.diagnostics.map((each) => renderDiagnostic(each, undefined)).join("\n"));
}

function ofDefinitions(): Bundle {
  const result = policySet(exampleSet);
  if (result.ok) return result.bundle;
  throw new Error(result.diagnostics.map((each) => renderDiagnostic(each, undefined)).join("\n"));
}

function documentsOf(bundle: Bundle): readonly PolicyDocument[] {
  const { policies, events, meters, tools, agents, groups, lists, resources } = bundle;
  const { sandboxes, externals, boundaries, tests, settings } = bundle;
  const first = [settings, ...policies, ...events, ...meters, ...tools, ...agents, ...groups];
  return [...first, ...lists, ...resources, ...sandboxes, ...externals, ...boundaries, ...tests];
}

const yaml = ofYaml();
const typescript = ofDefinitions();

test("the example set has one digest in YAML and in TypeScript", () => {
  expect(typescript.digest).toBe(yaml.digest);
});

test.each(Object.keys(policySchemas()))("a %s says the same in YAML and in TypeScript", (kind) => {
  const printed = (bundle: Bundle): readonly string[] =>
    documentsOf(bundle)
      .filter((each) => each.kind === kind)
      .map((each) => printDocuments([each]));
  expect(printed(yaml)).not.toEqual([]);
  expect(printed(typescript)).toEqual(printed(yaml));
});

test("a folder that its Boundary narrows is kept: what goes beyond does not compile", () => {
  const moved = exampleSet.flatMap((each) =>
    each.metadata.name === "refunds" && each.kind === "Policy"
      ? inFolder("team-a", [each])
      : [each],
  );
  const result = policySet(moved);
  expect(result.ok ? [] : result.diagnostics.map(({ code }) => code)).toEqual(["boundary"]);
});
