/** Every starter pack loads, is without findings, does what its cases say, and tells of each of its rules. */
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { createEngine, lintPolicySet, loadPolicySet, runPolicyTests } from "@holdfast/engine";
import type { Bundle, PolicyFileText, PolicyTestRun } from "@holdfast/engine";
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

let parser: SqlParser;
beforeAll(async () => {
  parser = await openSqlParser();
});

const runs = new Map<string, PolicyTestRun>();

/** The cases of packs that are loaded as one set; each set is run once. */
function runOf(...names: readonly string[]): PolicyTestRun {
  const key = names.join(" ");
  const run =
    runs.get(key) ??
    runPolicyTests(createEngine(compiled(names.flatMap((name) => filesOf(name)))), {
      factReader: createFactReader({ files: { entry: () => undefined }, sqlParser: parser }),
    });
  runs.set(key, run);
  return run;
}

/** Rules that held, and both outcomes of every part of their conditions: seen of all, in percent. */
function coverageOf({ coverage, parts }: PolicyTestRun): number {
  const outcomes = parts.flatMap(({ decided }) => [decided.true > 0, decided.false > 0]);
  const seen = [...coverage.map(({ cases }) => cases > 0), ...outcomes];
  return (100 * seen.filter(Boolean).length) / seen.length;
}

describe.each(packs)("policies/%s", (pack) => {
  const files = filesOf(pack);
  const readme = readFileSync(`${root}/${pack}/README.md`, "utf8");

  test("its cases pass, and show what its rules do", () => {
    const run = runOf(pack);
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
function effectsOf(...all: readonly PolicyTestRun[]): ReadonlyMap<string, string | undefined> {
  const results = all.flatMap((run) => run.results);
  return new Map(results.map((one) => [`${one.test}: ${one.name}`, one.decision?.effect]));
}

/** These look at every tool of a set, by its labels, and want a session in every request. */
const narrowing = new Set(["mcp-baseline", "memory"]);

describe("all packs as one set", () => {
  test("load, and none lets through what another refuses", () => {
    const isLetThrough = (effect: string | undefined) => effect === "allow" || effect === "modify";
    const alone = effectsOf(...packs.map((pack) => runOf(pack)));
    const together = effectsOf(runOf(...packs));
    expect([...together.keys()].toSorted()).toEqual([...alone.keys()].toSorted());
    const widened = [...alone].filter(
      ([name, effect]) => !isLetThrough(effect) && isLetThrough(together.get(name)),
    );
    expect(widened).toEqual([]);
  });

  test("decide as alone, when none is there that narrows all", () => {
    const others = packs.filter((pack) => !narrowing.has(pack));
    expect(effectsOf(runOf(...others))).toEqual(effectsOf(...others.map((pack) => runOf(pack))));
  });
});
