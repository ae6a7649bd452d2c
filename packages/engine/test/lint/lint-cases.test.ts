import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lintCodes, lintPolicySet } from "@holdfast/engine";
import type { Finding, PolicyFileText } from "@holdfast/engine";
import { canonicalJson, copyJson, renderDiagnostic } from "@holdfast/model";
import { describe, expect, test } from "vitest";

// Each case is policy files and what lint says of them, read by people for clarity.
// `npm run golden` writes what it says now.
const folder = fileURLToPath(new URL("cases/", import.meta.url));
const update = process.env["HOLDFAST_GOLDEN"] === "update";
const divider = "-- expected --\n";

function filesOf(input: string): readonly PolicyFileText[] {
  const pieces = input.split(/^-- (.+) --\n/mu).slice(1);
  const files: PolicyFileText[] = [];
  for (let at = 0; at + 1 < pieces.length; at += 2) {
    files.push({ path: pieces[at] ?? "", text: pieces[at + 1] ?? "" });
  }
  return files;
}

function findingsOf(files: readonly PolicyFileText[]): readonly Finding[] {
  const result = lintPolicySet(files, { root: "policies" });
  if (result.ok) return result.findings;
  throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
}

function rendered(files: readonly PolicyFileText[]): string {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  return findingsOf(files)
    .map((finding) => {
      const { level: severity, rules, witness, fix } = finding;
      const lines = [renderDiagnostic({ ...finding, severity }, texts.get(finding.span.file))];
      if (rules.length > 0) lines.push(`rules: ${rules.join(", ")}`);
      if (witness !== undefined) lines.push(`witness: ${canonicalJson(copyJson(witness))}`);
      if (fix !== undefined) lines.push(`fix: ${fix.title}`);
      return `${lines.join("\n")}\n`;
    })
    .join("\n");
}

const cases = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".case"))
    .map((name) => [name.slice(0, -5), readFileSync(folder + name, "utf8").split(divider)]),
);

describe("what lint says", () => {
  for (const [name, [input = "", expected = ""]] of cases) {
    test(`is clear about ${name.replaceAll("_", " ")}`, () => {
      const said = rendered(filesOf(input));
      if (update) writeFileSync(`${folder}${name}.case`, `${input}${divider}${said}`);
      else expect(said).toBe(expected);
      expect(findingsOf(filesOf(input)).map(({ code }) => code)).toContain(name);
    });
  }

  test("has a case for every code", () => {
    expect(Object.keys(lintCodes).filter((code) => !cases.has(code))).toEqual([]);
  });
});
