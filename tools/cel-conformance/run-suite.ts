import { parseExpression } from "@holdfast/engine";
import { nameIterationVariables } from "./block.ts";
import type { Ledger } from "./ledger.ts";
import { runTest } from "./run-test.ts";
import { NeedsProtobuf } from "./suite-value.ts";
import { suiteTests } from "./suite.ts";
import type { SuiteTest } from "./suite.ts";
import { leftOutBy } from "./verdict.ts";
import type { Result } from "./verdict.ts";

/** Runs the whole suite but what the ledger leaves out; what is left out must still parse. */
export function runSuite(ledger: Ledger): readonly Result[] {
  return suiteTests().map((suiteTest) => {
    const { name } = suiteTest;
    return leftOutBy(name, ledger) === undefined ? runOne(suiteTest) : parseOne(suiteTest);
  });
}

function runOne(suiteTest: SuiteTest): Result {
  const { name } = suiteTest;
  try {
    const outcome = runTest(suiteTest);
    return outcome.passed
      ? { name, outcome: "passed" }
      : { name, outcome: "failed", why: outcome.why };
  } catch (thrown) {
    if (!(thrown instanceof NeedsProtobuf)) throw thrown;
    return { name, outcome: "failed", why: `it needs a message: ${thrown.message}` };
  }
}

function parseOne({ name, test }: SuiteTest): Result {
  const parsed = parseExpression(nameIterationVariables(test.expr));
  return parsed.ok
    ? { name, outcome: "skipped" }
    : { name, outcome: "failed", why: `left out, but it does not parse: \`${test.expr}\`` };
}
