import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readLedger } from "./cel-conformance/ledger.ts";
import { runSuite } from "./cel-conformance/run-suite.ts";
import { judge } from "./cel-conformance/verdict.ts";

/**
 * Runs cel-spec's official conformance suite through the parser, the checker, the reference
 * evaluator and the compiled one. Exits with 0 only when every result is as `conformance/cel/` says.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const ledger = readLedger(root);
const verdict = judge(runSuite(ledger), ledger);
for (const { name, why } of ledger.expectedFailures)
  console.log(`expected failure ${name}: ${why}`);
for (const { name, tests, why } of ledger.leftOut)
  console.log(`left out ${name} (${tests}): ${why}`);
for (const problem of verdict.problems) console.error(problem);
console.log(`data: ${join("conformance", "cel")}`);
console.log(`${verdict.passed} passed, ${verdict.failed} failed, ${verdict.skipped} skipped`);
process.exitCode = verdict.problems.length === 0 ? 0 : 1;
