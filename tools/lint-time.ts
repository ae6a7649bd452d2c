import { lintPolicySet, loadPolicySet } from "@holdfast/engine";
import { plantedSet } from "./lint-set/planted-set.ts";

// How long a set of 10,000 rules takes to compile, and how much longer to lint. The set has 50
// planted defects; the least of some runs counts, since the machine only ever adds.
const runs = Number(process.argv[2] ?? 3);
const seed = Number(process.argv[3] ?? 1);
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
