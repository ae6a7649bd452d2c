import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { measureRestart, startOnce } from "./log/restart.ts";
import type { RestartRow } from "./log/restart.ts";
import { inScratch } from "./log/workload.ts";

const usage = `Usage: npm run bench:restart -- [options]

How long a guard takes to start on logs of 0.1, 1 and 3 million records, closed before and killed
before. The table goes to stdout. Needs some GB below the folder for temporary files.

Options:
  --quick       0.1 million records only
  --json        one JSON array instead of the table
  --write-docs  write docs/performance-restart.md
  -h, --help    this text

Example:
  npm run -s bench:restart -- --quick --json`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
      start: { type: "boolean", default: false },
      "write-docs": { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const [data, ending] = positionals;
  if (values.start && data !== undefined) return startOnce(data, ending ?? "close");
  const sizes = values.quick ? [100_000] : [100_000, 1_000_000, 3_000_000];
  const rows: RestartRow[] = [];
  for (const records of sizes) {
    process.stderr.write(`making a log of ${records.toLocaleString("en-US")} records\n`);
    rows.push(...(await inScratch((folder) => measureRestart(join(folder, "data"), records))));
  }
  if (values["write-docs"]) {
    const page = fileURLToPath(new URL("../../docs/performance-restart.md", import.meta.url));
    writeFileSync(page, pageOf(rows));
  }
  process.stdout.write(`${values.json ? JSON.stringify(rows, null, 1) : tableOf(rows)}\n`);
}

const titles = ["records", "after", "wall p50", "worst", "processor", "memory", "load average"];

function cells(row: RestartRow): string[] {
  return [
    row.records.toLocaleString("en-US"),
    row.after,
    `${row.wallMs.toFixed(0)} ms`,
    `${row.worstMs.toFixed(0)} ms`,
    `${row.cpuMs.toFixed(0)} ms`,
    `${row.peakMb.toFixed(0)} MB`,
    row.load1.toFixed(1),
  ];
}

function tableOf(rows: readonly RestartRow[]): string {
  const table = new Table({ head: titles, style: { head: [], border: [] } });
  for (const row of rows) table.push(cells(row));
  return table.toString();
}

function pageOf(rows: readonly RestartRow[]): string {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const model = cpus()[0]?.model ?? "unknown";
  const machine = `${cpus().length} cores of ${model}, ${process.platform}, Node ${process.version}`;
  const lines = [titles, titles.map(() => "---"), ...rows.map(cells)];
  return `# Performance of a restart

This page is written by \`npm run bench:restart -- --write-docs\`; nobody edits it by hand.

A run of ${new Date().toISOString().slice(0, 10)} at commit ${commit}, on ${machine}. With a load
average above the number of cores, other work took a part of every number here.

\`openGuard\` with its policies, timed in a process of its own, five times: the wall and processor
time of all its threads until the guard can decide, and the most memory the process ever held. The
log is filled by its writer with records that change the policy in force, of 185 bytes, and then by
a guard with 5,000 decisions and their payloads. Before the starts of the rows \`close\` the guard
was closed; before those of the rows \`kill\` it was killed with \`SIGKILL\` while 64 actions were on
their way, 500 decisions behind its start.

${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}

\`\`\`
npm run bench:restart               # the whole run, a table
npm run bench:restart -- --quick    # 100,000 records only
npm run -s bench:restart -- --json  # one JSON array
\`\`\`
`;
}

await main();
