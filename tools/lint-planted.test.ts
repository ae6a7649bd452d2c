import { lintPolicySet } from "@holdfast/engine";
import type { Finding } from "@holdfast/engine";
import { expect, test } from "vitest";
import { defectCount, kindCount, plantedSet } from "./lint-set/planted-set.ts";
import type { PlantedDefect } from "./lint-set/planted-set.ts";

/** What a finding is of: its first rule, or the first name in backticks of its message. */
function subjectOf({ rules, message }: Finding): string {
  return rules[0] ?? /`([^`]+)`/u.exec(message)?.[1] ?? "";
}

function found(seed: number, size: { readonly roles: number; readonly tools: number }) {
  const { files, defects, rules } = plantedSet(seed, size);
  const result = lintPolicySet(files, { root: "policies" });
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const text = (code: string, of: string): string => `${code} ${of}`;
  const told = result.findings.filter(({ level }) => level !== "unknown");
  return {
    rules,
    planted: defects.map(({ code, of }: PlantedDefect) => text(code, of)).toSorted(),
    told: told.map((finding) => text(finding.code, subjectOf(finding))).toSorted(),
    unknown: result.findings.filter(({ level }) => level === "unknown"),
  };
}

test("50 defects of 12 kinds are planted", () => {
  expect([defectCount, kindCount]).toEqual([50, 12]);
});

test(
  "in 10,000 rules all 50 planted defects are found, and nothing else is",
  { timeout: 600_000 },
  () => {
    const { rules, planted, told, unknown } = found(20_261_121, { roles: 50, tools: 100 });
    expect(rules).toBeGreaterThan(10_000);
    expect(told).toEqual(planted);
    expect(unknown.map(({ code, message }) => `${code}: ${message}`)).toEqual([]);
  },
);

test.each([1, 2, 3])(
  "in a set of its own of 200 rules with seed %i too",
  { timeout: 300_000 },
  (seed) => {
    const { planted, told } = found(seed, { roles: 5, tools: 20 });
    expect(told).toEqual(planted);
  },
);
