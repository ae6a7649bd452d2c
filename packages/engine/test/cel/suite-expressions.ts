import { tests as checking } from "@bufbuild/cel-spec/testdata/checking.js";
import { tests as comprehension } from "@bufbuild/cel-spec/testdata/comprehension.js";
import { tests as conformance } from "@bufbuild/cel-spec/testdata/conformance.js";
import { tests as parsing } from "@bufbuild/cel-spec/testdata/parsing.js";

interface Suite {
  readonly tests?: readonly { readonly original: { readonly expr: string } }[];
  readonly suites?: readonly Suite[];
}

function textsOf(suite: Suite): readonly string[] {
  return [
    ...(suite.tests ?? []).map((each) => each.original.expr),
    ...(suite.suites ?? []).flatMap(textsOf),
  ];
}

/** Every expression of the specification's suites, bad ones included, each once. */
export const suiteExpressions: readonly string[] = [
  ...new Set([conformance, parsing, comprehension, checking].flatMap(textsOf)),
];
