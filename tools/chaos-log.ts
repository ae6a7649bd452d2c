import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commitNow, recordRun } from "./assurance.ts";
import { runChaosCampaign } from "./chaos-log/campaign.ts";

const usage = `Usage: npm run chaos:log -- [options]

Kills processes that run a guard under load at random moments, with kill -9, and holds what they
were told against the log they leave: no acknowledged record is lost, nothing was carried out
without a record, the log verifies, and a restart folds it. A run without a broken promise adds
its seed, commit and counts to docs/assurance.json. Exits with 1 when a promise was broken, shows
the first five and keeps the logs.

Options:
  --kills N     how many processes to kill (default 1000)
  --seed S      what is random (default 1)
  --minutes M   end after so many minutes with what was done by then (default: no end)
  --no-record   leave docs/assurance.json alone
  --help        this text

Example:
  npm run chaos:log -- --kills 100 --seed 7 --no-record`;

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "Infinity" },
    record: { type: "boolean", default: true },
    help: { type: "boolean", short: "h", default: false },
  },
  allowNegative: true,
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const kills = Number(values.kills);
const seed = Number(values.seed);
const minutes = Number(values.minutes);
if (!Number.isSafeInteger(kills) || kills < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  throw new RangeError("`--kills` and `--seed` are whole numbers");
}
if (!(minutes > 0)) throw new RangeError("`--minutes` is a positive number");
const commit = commitNow();
const folder = mkdtempSync(join(tmpdir(), "holdfast-chaos-"));
const started = performance.now();
const { count, broken } = await runChaosCampaign({
  kills,
  seed,
  folder,
  isOver: () => performance.now() - started > minutes * 60_000,
  progress: ({ kills: done, acknowledged, executed, torn }) => {
    console.error(
      `${done} of ${kills} kills: ${acknowledged} records acknowledged, ${executed} actions carried out, ${torn} torn ends`,
    );
  },
});
const seconds = Math.round((performance.now() - started) / 1000);
for (const text of broken.slice(0, 5)) console.error(text);
console.log(
  `${count.kills} kills (${count.killedInOpening} in opening), ` +
    `${count.acknowledged} records acknowledged, ${count.lost} lost; ` +
    `${count.executed} actions carried out, ${count.unrecorded} without a record; ` +
    `${count.torn} torn ends, ${count.recoveries} recoveries, ${count.segments} segments, ` +
    `${count.checkpoints} checkpoints; ${broken.length} promises broken; ${seconds} s`,
);
if (broken.length === 0) {
  rmSync(folder, { recursive: true });
  if (values.record) recordRun("chaos", "kills", { seed, commit, ...count });
} else {
  process.exitCode = 1;
  console.error(`the logs are in ${folder}`);
}
