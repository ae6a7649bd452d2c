import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { measureLiveIndex } from "./log/live-index.ts";
import { measureOriginReplay } from "./log/origin-replay.ts";
import { measureChain, measureLog, measureQuery, measureSync } from "./log/measurement.ts";
import { withRatios } from "./log/ratio.ts";
import type { LogRow } from "./log/measurement.ts";
import { inScratch } from "./log/workload.ts";

const usage = `Usage: npm run bench:log -- [options]

Measures the log, its index and replay, beside what the disk, the log alone and a hash chain in
SQLite can do in the same run. The table goes to stdout.

Options:
  --quick       a tenth of the work
  --json        one JSON object instead of the table
  --write-docs  write docs/performance-log.md
  -h, --help    this text

Example:
  npm run -s bench:log -- --quick --json`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      "write-docs": { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const before = loadavg()[0] ?? 0;
  const actions = values.quick ? 5000 : 50_000;
  const rows = withRatios([
    ...(await inScratch(measureSync)),
    ...(await inScratch((folder) => measureLog(folder, actions))),
    ...(await inScratch((folder) => measureLiveIndex(folder, actions))),
    ...(await inScratch((folder) => measureOriginReplay(folder, actions / 5))),
    ...(await inScratch(measureChain)),
    ...(await measureQuery(values.quick ? 100_000 : 1_000_000)),
  ]);
  const run = { ...circumstances(), load1: [before, loadavg()[0] ?? 0], quick: values.quick, rows };
  if (values["write-docs"]) {
    const page = fileURLToPath(new URL("../../docs/performance-log.md", import.meta.url));
    writeFileSync(page, pageOf(run));
  }
  process.stdout.write(`${values.json ? JSON.stringify(run, null, 1) : tableOf(rows)}\n`);
}

interface Run {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  /** load average of one minute, before and after; without the run itself it would be 0 */
  readonly load1: readonly number[];
  readonly quick: boolean;
  readonly rows: readonly LogRow[];
}

function circumstances(): Pick<Run, "date" | "commit" | "machine"> {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const model = cpus()[0]?.model ?? "unknown";
  const machine = `${cpus().length} cores of ${model}, ${process.platform}, Node ${process.version}`;
  return { date: new Date().toISOString().slice(0, 10), commit, machine };
}

function tableOf(rows: readonly LogRow[]): string {
  const table = new Table({
    head: ["what", "", "", "beside its peers", "how"],
    style: { head: [], border: [] },
  });
  for (const { what, value, unit, ratio = "", how } of rows)
    table.push([what, value.toLocaleString("en-US"), unit, ratio, how]);
  return table.toString();
}

function pageOf({ date, commit, machine, load1, quick, rows }: Run): string {
  const lines = rows.map(
    ({ what, value, unit, ratio = "", how }) =>
      `| ${what} | ${value.toLocaleString("en-US")} ${unit} | ${ratio} | ${how} |`,
  );
  return `# Performance of the log

This page is written by \`npm run bench:log -- --write-docs\`; nobody edits it by hand.

${quick ? "A short run" : "A run"} of ${date} at commit ${commit}, on ${machine}. The load average of the machine was ${load1
    .map((load) => load.toFixed(1))
    .join(
      " before and ",
    )} after: with more than the number of cores, other work took a part of every
number here. The floor of the same run says what the disk allowed.

| what | measured | beside its peers | how |
|---|---|---|---|
${lines.join("\n")}

\`\`\`
npm run bench:log                 # the whole run, a table
npm run bench:log -- --quick      # a tenth of it
npm run -s bench:log -- --json    # one JSON object
\`\`\`
`;
}

await main();
