import { createEngine, loadPolicySet, printForm, runPolicyTests } from "@holdfast/engine";
import type { PolicyFileText } from "@holdfast/engine";
import { policyTestCase, seenParts } from "@holdfast/learn";
import type { RecordedCase } from "@holdfast/learn";
import type { JsonObject } from "@holdfast/model";
import { emptyDisk, factReaderFor } from "../fact-reader.ts";
import type { RefinedSet } from "./refinement.ts";

/** PolicyTests of what people said, and the calls that none could be made of. */
export interface RecordedTests {
  readonly files: readonly PolicyFileText[];
  readonly cases: number;
  /** names of cases that come out otherwise than in the log, whatever they state of its history */
  readonly unmade: readonly string[];
}

/**
 * A PolicyTest for each review, of calls that the refined set decides as people said. A case states as
 * little of what its session had seen as decides it alike, and is run before it is written.
 */
export async function recordedTests(set: RefinedSet, root: string): Promise<RecordedTests> {
  const files: PolicyFileText[] = [];
  const unmade: string[] = [];
  let count = 0;
  for (const review of ["approved", "denied"] as const) {
    const right = set[review].filter(
      ({ expect }) => (review === "approved") === lets(expect.effect),
    );
    const name = `recorded-${review}`;
    const made = new Map<RecordedCase, JsonObject>();
    for (const part of seenParts) {
      const open = right.filter((each) => !made.has(each));
      const tried = open.map((each) => policyTestCase(each, part));
      const passed = await passing(set, { name, cases: tried, root });
      open.forEach((each, at) => {
        const written = tried[at];
        if (written !== undefined && passed.has(each.name)) made.set(each, written);
      });
    }
    unmade.push(...right.filter((each) => !made.has(each)).map((each) => each.name));
    const cases = right.flatMap((each) => {
      const written = made.get(each);
      return written === undefined ? [] : [written];
    });
    if (cases.length === 0) continue;
    count += cases.length;
    files.push({ path: `${review}.yaml`, text: testText(name, cases) });
  }
  return { files, cases: count, unmade };
}

function lets(effect: string): boolean {
  return effect === "allow" || effect === "modify" || effect === "sandbox";
}

function testText(name: string, cases: readonly JsonObject[]): string {
  const head = { apiVersion: "holdfast.dev/v1", kind: "PolicyTest", metadata: { name } };
  return printForm({ ...head, spec: { cases: [...cases] } });
}

/** The names of the cases that pass on the refined set. */
async function passing(
  { files }: Pick<RefinedSet, "files">,
  tests: { readonly name: string; readonly cases: readonly JsonObject[]; readonly root: string },
): Promise<ReadonlySet<string>> {
  const { name, cases, root } = tests;
  if (cases.length === 0) return new Set();
  const path = `${root === "" ? "" : `${root}/`}recorded-cases.yaml`;
  const loaded = loadPolicySet([...files, { path, text: testText(name, cases) }], { root });
  if (!loaded.ok) {
    // One that is no case at all must not take the others with it.
    const found = new Set<string>();
    for (const each of cases.length === 1 ? [] : cases) {
      for (const passed of await passing({ files }, { name, cases: [each], root })) {
        found.add(passed);
      }
    }
    return found;
  }
  const factReader = await factReaderFor(loaded.bundle, emptyDisk);
  const { results } = runPolicyTests(createEngine(loaded.bundle), { factReader });
  return new Set(
    results.filter((each) => each.test === name && each.passed).map((each) => each.name),
  );
}

/** Cases that the set held already and that fail once it is refined, as `test/name`; sorted. */
export async function brokenTests(
  before: readonly PolicyFileText[],
  after: readonly PolicyFileText[],
  root: string,
): Promise<readonly string[]> {
  const [held, fail] = [await failing(before, root), await failing(after, root)];
  return [...fail].filter((name) => !held.has(name)).sort();
}

async function failing(
  files: readonly PolicyFileText[],
  root: string,
): Promise<ReadonlySet<string>> {
  const loaded = loadPolicySet(files, { root });
  if (!loaded.ok || loaded.bundle.tests.length === 0) return new Set();
  const factReader = await factReaderFor(loaded.bundle, emptyDisk);
  const { results } = runPolicyTests(createEngine(loaded.bundle), { factReader });
  return new Set(
    results.filter(({ passed }) => !passed).map(({ test, name }) => `${test}/${name}`),
  );
}
