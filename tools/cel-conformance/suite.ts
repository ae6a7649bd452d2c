import { getConformanceSuite } from "@bufbuild/cel-spec/testdata/tests.js";
import type { SimpleTest } from "@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js";

/** One test of the official suite. `name` is `file/section/test`; a name may occur twice. */
export interface SuiteTest {
  readonly name: string;
  readonly file: string;
  readonly section: string;
  readonly test: SimpleTest;
}

/** Every test of the official suite, in its order. */
export function suiteTests(): readonly SuiteTest[] {
  return getConformanceSuite().suites.flatMap((file) =>
    file.suites.flatMap((section) =>
      section.tests.map(({ original }) => ({
        name: `${file.name}/${section.name}/${original.name}`,
        file: file.name,
        section: `${file.name}/${section.name}`,
        test: original,
      })),
    ),
  );
}
