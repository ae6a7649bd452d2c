import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { performancePage } from "./performance-page.ts";
import type { Row } from "./report.ts";
import type { Run } from "./run.ts";

/** A run as it is kept in bench/result.json: all that docs/performance.md is made from. */
export interface RecordedRun {
  /** the day, as YYYY-MM-DD */
  readonly date: string;
  readonly commit: string;
  /** a short run, with fewer sizes and measurements */
  readonly quick: boolean;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryGb: number;
    readonly node: string;
    readonly platform: string;
  };
  /** versions of the peers, by name */
  readonly peers: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
  readonly leftOut: readonly string[];
}

const bench = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Writes a run and the page made from it. */
export function recordRun({ rows, leftOut }: Run, quick: boolean): void {
  const { dependencies } = JSON.parse(readFileSync(bench("package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const { "cli-table3": _table, "@bufbuild/protobuf": _protobuf, ...peers } = dependencies;
  const recorded: RecordedRun = {
    date: new Date().toISOString().slice(0, 10),
    commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], {
      cwd: bench("."),
      encoding: "utf8",
    }).trim(),
    quick,
    machine: {
      processor: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
    },
    peers,
    rows,
    leftOut,
  };
  writeFileSync(bench("result.json"), `${JSON.stringify(recorded, null, 1)}\n`);
  renderPage();
}

/** Writes the page of the recorded run anew, for when its words changed. */
export function renderPage(): void {
  const recorded = JSON.parse(readFileSync(bench("result.json"), "utf8")) as RecordedRun;
  writeFileSync(bench("../docs/performance.md"), performancePage(recorded));
}
