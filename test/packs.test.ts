/** Every starter pack loads, is without findings, does what its cases say, and tells of each of its rules. */
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { createEngine, lintPolicySet, loadPolicySet, runPolicyTests } from "@holdfast/engine";
import type { Bundle, FactReader, PolicyFileText, PolicyTestResult } from "@holdfast/engine";
import { createFactReader, openSqlParser } from "@holdfast/facts";
import type { SqlParser } from "@holdfast/facts";

const root = fileURLToPath(new URL("../policies", import.meta.url));
const packs = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The share of rules and outcomes that a pack's cases show, in percent. */
const coverageLeast = 90;

function filesOf(pack: string): readonly PolicyFileText[] {
  return readdirSync(`${root}/${pack}`)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => ({
      path: `policies/${pack}/${name}`,
      text: readFileSync(`${root}/${pack}/${name}`, "utf8"),
    }));
}

function compiled(files: readonly PolicyFileText[]): Bundle {
  const loaded = loadPolicySet(files, { root: "policies" });
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
  return loaded.bundle;
}

/** What the cases of each pack came to. */
const alone = new Map<string, readonly PolicyTestResult[]>();

let parser: SqlParser;
beforeAll(async () => {
  parser = await openSqlParser();
});

/** As `holdfast test` computes facts: on a disk with nothing on it. */
const factReader = (): FactReader =>
  createFactReader({ files: { entry: () => undefined }, sqlParser: parser });

/** Rules that held, and both outcomes of every part of their conditions: seen of all, in percent. */
function coverageOf({ coverage, parts }: ReturnType<typeof runPolicyTests>): number {
  const outcomes = parts.flatMap(({ decided }) => [decided.true > 0, decided.false > 0]);
  const seen = [...coverage.map(({ cases }) => cases > 0), ...outcomes];
  return (100 * seen.filter(Boolean).length) / seen.length;
}

describe.each(packs)("policies/%s", (pack) => {
  const files = filesOf(pack);
  const readme = readFileSync(`${root}/${pack}/README.md`, "utf8");

  test("its cases pass, and show what its rules do", () => {
    const run = runPolicyTests(createEngine(compiled(files)), { factReader: factReader() });
    alone.set(pack, run.results);
    const failed = run.results.filter(({ passed }) => !passed);
    expect(failed.map(({ name, decision }) => [name, decision])).toEqual([]);
    expect(run.results.length).toBeGreaterThan(10);
    expect(run.coverage.filter(({ cases }) => cases === 0)).toEqual([]);
    expect(coverageOf(run)).toBeGreaterThanOrEqual(coverageLeast);
  });

  test("lint finds nothing", () => {
    const result = lintPolicySet(files, { root: "policies" });
    const findings = result.ok ? result.findings : result.diagnostics;
    expect(findings.filter((one) => !("level" in one) || one.level !== "unknown")).toEqual([]);
  });

  test("its README names every rule, says how to run it and what it cannot see", () => {
    const rules = compiled(files).policies.flatMap((policy) => policy.rules.map(({ id }) => id));
    expect(rules.filter((id) => !readme.includes(`\`${id}\``))).toEqual([]);
    for (const text of ["holdfast test", "holdfast lint", `policies/${pack}`, "annot see"]) {
      expect(readme).toContain(text);
    }
  });
});

test("the index tells of every pack", () => {
  const index = readFileSync(`${root}/README.md`, "utf8");
  expect(packs.filter((pack) => !index.includes(`(${pack}/README.md)`))).toEqual([]);
});

/** What cases came to, by the names of their test and their own. */
function effectsOf(results: readonly PolicyTestResult[]): ReadonlyMap<string, string | undefined> {
  return new Map(results.map((one) => [`${one.test}: ${one.name}`, one.decision?.effect]));
}

/** These look at every tool of a set, by its labels, and want a session in every request. */
const narrowing = new Set(["mcp-baseline", "memory"]);

test("all packs load as one set, in which each decides as alone, or narrower by those that narrow all", () => {
  const run = (names: readonly string[]) =>
    effectsOf(
      runPolicyTests(createEngine(compiled(names.flatMap((name) => filesOf(name)))), {
        factReader: factReader(),
      }).results,
    );
  const before = effectsOf([...alone.values()].flat());
  const runs = (effect: string | undefined): boolean => effect === "allow" || effect === "modify";
  const together = run(packs);
  expect([...together.keys()].toSorted()).toEqual([...before.keys()].toSorted());
  expect([...before].filter(([name, is]) => !runs(is) && runs(together.get(name)))).toEqual([]);
  const others = packs.filter((pack) => !narrowing.has(pack));
  const apart = effectsOf(others.flatMap((pack) => alone.get(pack) ?? []));
  expect(run(others)).toEqual(apart);
});
