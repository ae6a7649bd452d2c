import { parseArgs } from "node:util";
import { commitNow, recordRun } from "./assurance.ts";
import { runDiffCampaign } from "./diff-fuzz/campaign.ts";

const usage = `Usage: npm run fuzz:diff -- [options]

Holds \`holdfast diff\` against exhaustive evaluation on generated pairs of policy sets. A run that
missed nothing and said nothing false adds its seed, commit and counts to docs/assurance.json.
Exits with 1 otherwise, and shows the first five.

Options:
  --pairs N     how many pairs of policy sets to compare (default 20000)
  --seed S      what is generated (default 1)
  --no-record   leave docs/assurance.json alone
  -h, --help    this text

Example:
  npm run fuzz:diff -- --pairs 2000 --seed 7 --no-record`;

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    record: { type: "boolean", default: true },
    help: { type: "boolean", short: "h", default: false },
  },
  allowNegative: true,
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const pairs = Number(values.pairs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(pairs) || pairs < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  throw new RangeError("`--pairs` and `--seed` are whole numbers");
}
const started = performance.now();
let shown = 0;
// A campaign takes long: what it missed is worth reading before its end.
const campaign = runDiffCampaign(pairs, seed, (done, misses) => {
  for (; shown < misses.length && shown < 5; shown += 1)
    console.error(JSON.stringify(misses[shown]));
  if (done > 0 && done % 500 === 0) console.error(`${done} of ${pairs} pairs`);
});
const seconds = Math.round((performance.now() - started) / 100) / 10;
for (const miss of campaign.misses.slice(shown, 5)) console.error(JSON.stringify(miss));
const { misses, ...counts } = campaign;
console.log(`${JSON.stringify(counts)}, ${misses.length} missed or false, ${seconds} s`);
process.exitCode = misses.length === 0 ? 0 : 1;
if (misses.length === 0 && values.record) {
  recordRun("diff", "pairs", { seed, commit: commitNow(), ...counts, missed: 0, false: 0 });
}
