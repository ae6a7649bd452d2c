import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as logModule from "@holdfast/log";
import * as verifyModule from "@holdfast/verify";
import type { Forgery } from "./log-attack/attack.ts";
import { bitPlaces, cut, cutPlaces, flipped } from "./log-attack/byte-attack.ts";
import { writeBaseLog } from "./log-attack/base-log.ts";
import { judgeOfLog, judgeOfVerify } from "./log-attack/judge.ts";

const usage = `Usage: npm run attack:log -- [options]

Turns one bit of every byte of the evidence of a log of 1,000 records, and cuts every file of it at
every length, one change at a time, and asks both verifiers. A run in which everything was found is
recorded in docs/assurance.json. Exits with 1 when anything was missed.

Options:
  --step N      try one place in N (default 1, every place)
  --no-record   leave docs/assurance.json alone
  --help        this text

Example:
  npm run attack:log -- --step 50`;

const { values } = parseArgs({
  options: {
    step: { type: "string", default: "1" },
    record: { type: "boolean", default: true },
    help: { type: "boolean", short: "h", default: false },
  },
  allowNegative: true,
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const step = Number(values.step);
if (!Number.isSafeInteger(step) || step < 1) throw new RangeError("`--step` is a whole number");
const cwd = fileURLToPath(new URL("../..", import.meta.url));
const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd, encoding: "utf8" }).trim();
// Few notes: most of the time would go into their signatures.
const options = { records: 1000, signEvery: 500, payloadEvery: 10, small: true } as const;
const signed = await writeBaseLog(options);
const judges = [judgeOfVerify(verifyModule), judgeOfLog(logModule)];
const started = performance.now();
const counts = { bits: 0, cuts: 0, missed: 0 };

async function hold(forgery: Forgery): Promise<void> {
  for (const [place, judge] of judges.entries()) {
    const found = await judge(forgery.files, forgery.held);
    if (found.length > 0) continue;
    counts.missed += 1;
    const who = place === 0 ? "the stand-alone verifier" : "the log's own";
    if (counts.missed <= 20) console.error(`missed by ${who}: ${forgery.what}`);
  }
  const done = counts.bits + counts.cuts;
  if (done % 5000 !== 0) return;
  const seconds = Math.round((performance.now() - started) / 1000);
  console.error(`${done} changes, ${counts.missed} missed, ${seconds} s`);
}

let number = 0;
for (const place of bitPlaces(signed)) {
  number += 1;
  if (number % step !== 0) continue;
  counts.bits += 1;
  await hold(flipped(signed, place));
}
for (const place of cutPlaces(signed)) {
  number += 1;
  if (number % step !== 0) continue;
  counts.cuts += 1;
  await hold(cut(signed, place));
}
const { bits, cuts, missed } = counts;
const seconds = Math.round((performance.now() - started) / 100) / 10;
console.log(`${bits} bits turned, ${cuts} cuts, ${missed} missed, ${seconds} s`);
process.exitCode = missed === 0 ? 0 : 1;
if (missed === 0 && values.record) record();

function record(): void {
  const path = fileURLToPath(new URL("../../docs/assurance.json", import.meta.url));
  const assurance = JSON.parse(readFileSync(path, "utf8")) as object;
  const verifiers = ["packages/verify", "packages/log"];
  const tamper = { commit, records: 1000, step, bits, cuts, verifiers, missed: 0 };
  writeFileSync(path, `${JSON.stringify({ ...assurance, tamper }, null, 2)}\n`);
}
