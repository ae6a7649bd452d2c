import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadPolicySet, printDocuments } from "@holdfast/engine";
import type { Bundle } from "@holdfast/engine";
import { renderDiagnostic } from "@holdfast/model";
import { expect, test } from "vitest";

const example = readFileSync(fileURLToPath(new URL("example-set.yaml", import.meta.url)), "utf8");

function load(...texts: readonly string[]): Bundle {
  const files = texts.map((text, index) => ({ path: `policies/${index}.yaml`, text }));
  const result = loadPolicySet(files, { root: "policies" });
  if (result.ok) return result.bundle;
  throw new Error(result.diagnostics.map((each) => renderDiagnostic(each, texts[0])).join("\n"));
}

test("the examples of the language compile as they stand", () => {
  const bundle = load(example);
  expect(bundle.policies.map(({ name, rules }) => [name, rules.length])).toEqual([
    ["commands", 6],
    ["refunds", 5],
    ["results", 1],
  ]);
  const [commands] = bundle.policies;
  expect(commands?.rules.find(({ id }) => id === "hours")).toMatchObject({
    effect: "defer",
    timeoutMs: 172_800_000,
    retryAfterMs: 3_600_000,
  });
  expect(bundle.tests[0]?.cases[0]).toMatchObject({
    given: { nowMs: Date.parse("2026-11-21T10:00:00Z"), events: { "untrusted-read": [120_000] } },
    request: { tool: { server: "stripe", name: "refund" } },
  });
});

test("a policy set without documents compiles, has the built-in settings and grants nothing", () => {
  const bundle = load();
  expect(bundle.policies).toEqual([]);
  expect(bundle.settings).toMatchObject({
    environments: ["development", "staging", "production"],
    classifications: ["public", "internal", "confidential", "restricted"],
  });
  expect(bundle.digest).toMatch(/^sha256:[0-9a-f]{64}$/u);
  expect(load("", "# nothing\n", "---\n---\n").digest).toBe(bundle.digest);
});

test("the built-in settings are part of the digest as if they were written down", () => {
  const bundle = load();
  expect(load(printDocuments([bundle.settings])).digest).toBe(bundle.digest);
  const narrower = { ...bundle.settings, environments: ["production"] };
  expect(load(printDocuments([narrower])).digest).not.toBe(bundle.digest);
});

test("every expression knows where each of its characters stands", () => {
  const [commands] = load(example).policies;
  const listing = commands?.rules.find(({ id }) => id === "listing")?.when;
  if (listing === undefined) throw new Error("the rule has a condition");
  for (let at = 0; at < listing.text.length; at += 1) {
    const character = listing.text.charAt(at);
    if (/\s/u.test(character)) continue;
    expect(example.charAt(listing.offsets[at] ?? -1)).toBe(character);
  }
  expect(listing.offsets).toHaveLength(listing.text.length + 1);
});

test("roles are open until an Agent document declares one", () => {
  const policy = `apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec:
  match: {agent_roles: [helper]}
  rules: [{id: a, effect: deny, when: '"helper" in agent.roles'}]
`;
  const agent = `apiVersion: holdfast.dev/v1
kind: Agent
metadata: {name: a}
spec: {roles: [support]}
`;
  expect(loadPolicySet([{ path: "a.yaml", text: policy }]).ok).toBe(true);
  const result = loadPolicySet([{ path: "a.yaml", text: `${policy}---\n${agent}` }]);
  expect(result.ok ? [] : result.diagnostics.map(({ code }) => code)).toEqual([
    "unknown_role",
    "cel_unknown_name",
  ]);
});

test("a tool without a document may be named, but not one that is a slip away from another", () => {
  const set = (tool: string): string => `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: files.write_file}
spec: {labels: [write]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: p}
spec:
  match: {tools: [${tool}]}
  rules: [{id: a, effect: deny}]
`;
  const codes = (tool: string): readonly string[] => {
    const result = loadPolicySet([{ path: "a.yaml", text: set(tool) }]);
    return (result.ok ? result.warnings : result.diagnostics).map(
      ({ code, severity }) => `${severity} ${code}`,
    );
  };
  expect(codes("files.write_file")).toEqual([]);
  for (const other of ["files.move_file", "crm.write_file", "web.*", "files.write_files_now"]) {
    expect(codes(other), other).toEqual(["warning unregistered_tool"]);
  }
  for (const slip of ["files.wirte_file", "files.write_fil", "files.writee_file", "file.*"]) {
    expect(codes(slip)[0], slip).toMatch(/^error unknown_/u);
  }
});

test("errors of all files come at once, sorted by file and place, whatever order the files come in", () => {
  const group = (name: string): string =>
    `apiVersion: holdfast.dev/v1\nkind: Group\nmetadata: {name: ${name}}\nspec: {members: [x, y]}\n`;
  const files = ["c", "a", "b"].map((name) => ({ path: `${name}.yaml`, text: group(name) }));
  for (const order of [files, files.toReversed()]) {
    const result = loadPolicySet(order);
    const places = result.ok
      ? []
      : result.diagnostics.map(({ span }) => [span.file, span.start.column]);
    expect(places).toEqual(
      ["a", "b", "c"].flatMap((name) => [
        [`${name}.yaml`, 18],
        [`${name}.yaml`, 21],
      ]),
    );
  }
});

test("documents are printed in the form they are written in", () => {
  const { groups, events } = load(example);
  expect(printDocuments([...groups, ...events])).toBe(`apiVersion: holdfast.dev/v1
kind: Group
metadata:
  name: payments-leads
spec:
  members:
    - user:bo
    - user:cy
---
apiVersion: holdfast.dev/v1
kind: Event
metadata:
  name: untrusted-read
spec:
  match:
    labels:
      - untrusted
  at: begin
  when: "true"
  key:
    - session.id
`);
});
