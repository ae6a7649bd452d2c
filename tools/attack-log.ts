import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { commitNow } from "./assurance.ts";
import { countChanges } from "./log-attack/attack-share.ts";
import type { Share, Tried } from "./log-attack/attack-share.ts";
import { writeBaseLog } from "./log-attack/base-log.ts";

const usage = `Usage: npm run attack:log -- [options]

Turns one bit of every byte of the evidence of a log of 1,000 records, and cuts every file of it at
every length, one change at a time, and asks both verifiers for a whole verification each time, on
as many threads as there are processors. A run in which everything was found is recorded in
docs/assurance.json. Exits with 1 when anything was missed.

Options:
  --step N      try one place in N (default 1, every place)
  --threads N   default: as many as there are processors
  --no-record   leave docs/assurance.json alone
  --help        this text

Example:
  npm run attack:log -- --step 50`;

const { values } = parseArgs({
  options: {
    step: { type: "string", default: "1" },
    threads: { type: "string", default: String(availableParallelism()) },
    record: { type: "boolean", default: true },
    help: { type: "boolean", short: "h", default: false },
  },
  allowNegative: true,
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const step = countOf("step", values.step);
const threads = countOf("threads", values.threads);
const commit = commitNow();
// Few notes: most of the time would go into their signatures.
const options = { records: 1000, signEvery: 500, payloadEvery: 20, small: true } as const;
const { files, head } = await writeBaseLog(options);
const log = { files, head };
const all = countChanges(log, step);
const started = performance.now();
const counts = { bits: 0, cuts: 0, missed: 0 };
const turns = Array.from({ length: threads }, (_, turn) => turn);
await Promise.all(turns.map((turn) => runShare({ log, step, turn, turns: threads })));
const { bits, cuts, missed } = counts;
const seconds = Math.round((performance.now() - started) / 100) / 10;
console.log(
  `${bits} bits turned, ${cuts} cuts, ${missed} missed, ${seconds} s, ${threads} threads`,
);
const isWhole = bits === all.bits && cuts === all.cuts;
if (!isWhole) console.error(`tried less than all: ${all.bits} bits and ${all.cuts} cuts`);
process.exitCode = missed === 0 && isWhole ? 0 : 1;
if (process.exitCode === 0 && values.record) record();

function countOf(name: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new RangeError(`\`--${name}\` is a whole number above 0`);
}

/** Runs a share in a thread of its own; rejects when that fails. */
async function runShare(workerData: Share): Promise<void> {
  const worker = new Worker(new URL("log-attack/attack-share.js", import.meta.url), { workerData });
  worker.on("message", take);
  await new Promise<void>((resolve, reject) => {
    worker.on("error", reject);
    worker.on("exit", () => resolve());
  });
}

function take(tried: Tried): void {
  counts.bits += tried.bits;
  counts.cuts += tried.cuts;
  for (const line of tried.missed) {
    counts.missed += 1;
    if (counts.missed <= 20) console.error(line);
  }
  const done = counts.bits + counts.cuts;
  if (done % 5000 !== 0) return;
  const sofar = Math.round((performance.now() - started) / 1000);
  console.error(`${done} of ${all.bits + all.cuts} changes, ${counts.missed} missed, ${sofar} s`);
}

function record(): void {
  const path = fileURLToPath(new URL("../../docs/assurance.json", import.meta.url));
  const assurance = JSON.parse(readFileSync(path, "utf8")) as object;
  const verifiers = ["packages/verify", "packages/log"];
  const tamper = { commit, records: 1000, step, bits, cuts, verifiers, missed: 0 };
  writeFileSync(path, `${JSON.stringify({ ...assurance, tamper }, null, 2)}\n`);
}
