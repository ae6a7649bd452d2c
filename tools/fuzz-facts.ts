import { parseArgs } from "node:util";
import { openSqlParser } from "@holdfast/facts";
import { commitNow, recordRun } from "./assurance.ts";
import { runTarget } from "./facts-fuzz/campaign.ts";
import { keepFuzzCases } from "./facts-fuzz/case-file.ts";
import { fuzzTargets } from "./facts-fuzz/target-list.ts";

const usage = `Usage: npm run fuzz:facts -- [options]

Computes facts of generated arguments, and holds them to what must be true of all: nothing throws,
no input takes over 100 ms, each fact has its declared type and is the same again, and what is
written otherwise and means the same has the same facts. A run of all targets adds its seed, commit and
counts to docs/assurance.json. Exits with 1 when there are faults, and shows them.

Options:
  --seconds N     how long each target runs (default 60)
  --target NAME   only this one; nothing is recorded
  --seed S        what is generated (default 1)
  --keep          add inputs that fail to packages/facts/test/fuzz-cases
  --no-record     leave docs/assurance.json alone
  -h, --help      this text

Targets: ${fuzzTargets.map(({ name }) => name).join(", ")}

Example:
  npm run fuzz:facts -- --seconds 10 --target sql-text --seed 7`;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    target: { type: "string" },
    seed: { type: "string", default: "1" },
    keep: { type: "boolean", default: false },
    record: { type: "boolean", default: true },
    help: { type: "boolean", short: "h", default: false },
  },
  allowNegative: true,
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const seconds = Number(values.seconds);
const seed = Number(values.seed);
if (!(seconds > 0) || !Number.isSafeInteger(seed) || seed < 0) {
  throw new RangeError("`--seconds` is a number above 0, and `--seed` a whole number");
}
const targets = fuzzTargets.filter(({ name }) => (values.target ?? name) === name);
if (targets.length === 0) throw new RangeError(`no target is called \`${values.target}\``);
const commit = commitNow();
const sqlParser = await openSqlParser();
const counts: Record<string, { inputs: number; told: number; faults: number }> = {};
let faultCount = 0;
for (const target of targets) {
  const run = runTarget(target, { seed, span: { seconds }, sqlParser });
  counts[run.target] = { inputs: run.inputs, told: run.told, faults: run.faults.length };
  faultCount += run.faults.length;
  console.log(`${run.target}: ${run.inputs} inputs, ${run.told} told, ${run.faults.length} faults`);
  for (const { law, problem, input } of run.faults.slice(0, 5)) {
    console.error(`${law}: ${problem.slice(0, 2000)}\n${JSON.stringify(input).slice(0, 4000)}`);
  }
  if (values.keep) keepFuzzCases(run.faults, seed);
}
const inputs = Object.values(counts).reduce((sum, each) => sum + each.inputs, 0);
console.log(`${inputs} inputs, ${faultCount} faults`);
process.exitCode = faultCount === 0 ? 0 : 1;
if (values.record && values.target === undefined) {
  const run = {
    seed,
    commit,
    secondsPerTarget: seconds,
    inputs,
    targets: counts,
    faults: faultCount,
  };
  recordRun("facts", "inputs", run);
}
