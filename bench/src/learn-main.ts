import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { timeLearning } from "./learn/learn-timing.ts";
import type { LearnRow } from "./learn/learn-timing.ts";
import { officeRuns, officeTools } from "./learn/office-run.ts";
import { recordedLessons } from "./learn/recorded-lesson.ts";
import type { BenchLesson } from "./learn/recorded-lesson.ts";

const usage = `Usage: npm run bench:learn -- [options]

How long learning from honest runs takes, and deciding by what was learned, origins included. Runs are made from
a seed: the same on every machine. A policy is kept and decides its runs three times before it is measured; of
each decision the fastest of nine counts, as machines do other things besides.

Options:
  --runs N     how many runs are made (default 2000)
  --data DIR   besides, the honest runs of agentdojo/ and agentdyn/ in this folder
  --json       one JSON array instead of the table
  -h, --help   this text

Exits with 1 when learning takes over 60 s, or 99 of 100 decisions more than 100 µs.

Example:
  npm run -s bench:learn -- --data ../corpora`;

const bars = { learnS: 60, p99Us: 100 } as const;

function main(): void {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "2000" },
      data: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const made = {
    name: "office, made",
    definitions: officeTools,
    runs: officeRuns(Number(values.runs)),
  };
  const lessons: readonly BenchLesson[] = [
    made,
    ...(values.data === undefined ? [] : recordedLessons(values.data)),
  ];
  const rows = lessons.map((lesson) => {
    process.stderr.write(`learning: ${lesson.name}\n`);
    return timeLearning(lesson);
  });
  process.stdout.write(`${values.json ? JSON.stringify(rows, null, 1) : tableOf(rows)}\n`);
  if (rows.some((row) => row.learnS > bars.learnS || row.p99Us > bars.p99Us)) process.exitCode = 1;
}

function tableOf(rows: readonly LearnRow[]): string {
  const head = ["runs", "count", "calls", "learn", "compile", "p50", "p99", "p99 of all"];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const row of rows) {
    table.push([
      row.name,
      row.runs,
      row.calls,
      `${row.learnS.toFixed(1)} s`,
      `${row.compileMs.toFixed(0)} ms`,
      `${row.p50Us.toFixed(1)} µs`,
      `${row.p99Us.toFixed(1)} µs`,
      `${row.p99OfAllUs.toFixed(1)} µs`,
    ]);
  }
  return `${table.toString()}\nload average ${loadavg()[0]?.toFixed(1) ?? "unknown"}`;
}

main();
