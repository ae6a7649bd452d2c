import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/** Files that take minutes, the slowest first. */
const slowFiles: readonly string[] = [
  "tools/engine-fuzz.test.ts",
  "tools/log-attack-mutants.test.ts",
  "packages/log/test/crash.test.ts",
  "tools/fuzz-diff.test.ts",
  "packages/engine/test/compiled-conformance.test.ts",
  "packages/runtime/test/storage-fault.test.ts",
  "test/packs.test.ts",
  "tools/facts-differ.test.ts",
  "tools/lint-planted.test.ts",
  "tools/chaos-log.test.ts",
];

/**
 * Starts what takes longest first: in a fresh clone nothing tells the runner how long a file takes, and one
 * of minutes that begins last has a processor to itself while the other is idle.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = slowFiles.findIndex((each) => moduleId.endsWith(`/${each}`));
      return place === -1 ? slowFiles.length : place;
    };
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
