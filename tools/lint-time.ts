import { parseArgs } from "node:util";
import { lintPolicySet, loadPolicySet } from "@holdfast/engine";
import { plantedSet } from "./lint-set/planted-set.ts";

const usage = `Usage: npm run time:lint -- [options]

How long a set of 10,000 rules takes to compile, and how long to lint. The set has 50 planted
defects; the least of some runs counts, since the machine only ever adds.

Options:
  --runs N      how many runs of each (default 3)
  --seed S      what is generated (default 1)
  -h, --help    this text

Example:
  npm run time:lint -- --runs 5 --seed 7`;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const runs = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  throw new RangeError("`--runs` and `--seed` are whole numbers");
}
const { files, rules } = plantedSet(seed, { roles: 50, tools: 100 });

function leastMs(work: () => void): number {
  const times = Array.from({ length: runs }, () => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  });
  return Math.min(...times);
}

const load = leastMs(() => void loadPolicySet(files, { root: "policies" }));
const lint = leastMs(() => void lintPolicySet(files, { root: "policies" }));
console.log(`${rules} rules, seed ${seed}, least of ${runs} runs`);
console.log(`compile ${load.toFixed(0)} ms`);
console.log(`lint    ${lint.toFixed(0)} ms, compiling included`);
