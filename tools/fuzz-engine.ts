import { parseArgs } from "node:util";
import { commitNow, recordRun } from "./assurance.ts";
import { runCampaign } from "./engine-fuzz/campaign.ts";

const usage = `Usage: npm run fuzz:engine -- [options]

Compares the compiled engine with the reference interpreter on generated policy sets, histories
and requests. A run without differences adds its seed, commit and count to docs/assurance.json.
Exits with 1 when there are differences, and shows the first five.

Options:
  --pairs N     how many decisions to compare (default 200000)
  --seed S      what is generated (default 1)
  --census      print what was made and decided, as shares and counts, and what never occurred
  --no-record   leave docs/assurance.json alone
  --help        this text

Example:
  npm run fuzz:engine -- --pairs 1000000 --seed 7 --census`;

const { values } = parseArgs({
  options: {
    pairs: { type: "string", default: "200000" },
    seed: { type: "string", default: "1" },
    record: { type: "boolean", default: true },
    census: { type: "boolean", default: false },
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
const commit = commitNow();
const started = performance.now();
const campaign = runCampaign(pairs, seed);
const seconds = Math.round((performance.now() - started) / 100) / 10;
for (const finding of campaign.findings.slice(0, 5))
  console.error(JSON.stringify(finding, null, 2));
console.log(
  `${campaign.pairs} pairs, ${campaign.sets} policy sets, ` +
    `${campaign.findings.length} differences, ${seconds} s`,
);
if (values.census) console.log(campaign.census.text());
process.exitCode = campaign.findings.length === 0 ? 0 : 1;
if (campaign.findings.length === 0 && values.record) {
  recordRun("engine", "pairs", { seed, commit, pairs: campaign.pairs, differences: 0 });
}
