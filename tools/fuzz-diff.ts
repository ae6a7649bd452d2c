import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runDiffCampaign } from "./diff-fuzz/campaign.ts";

/**
 * Holds `holdfast diff` against exhaustive evaluation on generated pairs of policy sets:
 * `npm run fuzz:diff -- --pairs 20000 --seed 7`. A run that missed nothing and said nothing false
 * adds its seed, commit and counts to docs/assurance.json. Exits with 1 otherwise.
 */
const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    record: { type: "boolean", default: true },
  },
  allowNegative: true,
});
const pairs = Number(values.pairs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(pairs) || pairs < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  throw new RangeError("`--pairs` and `--seed` are whole numbers");
}
const started = performance.now();
const campaign = runDiffCampaign(pairs, seed, (done) => {
  if (done > 0 && done % 500 === 0) console.error(`${done} of ${pairs} pairs`);
});
const seconds = Math.round((performance.now() - started) / 100) / 10;
for (const miss of campaign.misses.slice(0, 5)) console.error(JSON.stringify(miss));
const { misses, ...counts } = campaign;
console.log(`${JSON.stringify(counts)}, ${misses.length} missed or false, ${seconds} s`);
process.exitCode = misses.length === 0 ? 0 : 1;
if (misses.length === 0 && values.record) record();

function record(): void {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const path = fileURLToPath(new URL("../../docs/assurance.json", import.meta.url));
  const assurance = JSON.parse(readFileSync(path, "utf8")) as {
    readonly diff?: { readonly runs: readonly { readonly pairs: number }[] };
  };
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" }).trim();
  const runs = [...(assurance.diff?.runs ?? []), { seed, commit, ...counts, missed: 0, false: 0 }];
  const total = runs.reduce((sum, run) => sum + run.pairs, 0);
  const all = { ...assurance, diff: { pairs: total, runs } };
  writeFileSync(path, `${JSON.stringify(all, null, 2)}\n`);
}
