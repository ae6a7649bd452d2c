import Table from "cli-table3";
import type { CellOutcome, CellTask } from "./cell.ts";
import type { Candidate } from "./contender.ts";

/** A row of the report, by the names it has in JSON; times are ns where they say so. */
export interface Row {
  readonly scenario: string;
  readonly engine: string;
  readonly rules: number;
  readonly p50_ns: number;
  /** null when fewer than 100 decisions were timed */
  readonly p99_ns: number | null;
  /** null when fewer than 1,000 were */
  readonly p999_ns: number | null;
  /** of the same run; null where none was measured */
  readonly floor_ns: number | null;
  /** from what is checked or parsed to the first decision */
  readonly load_ms: number;
  /** from texts to that; null where it is no step of its own, or is part of `load_ms` */
  readonly compile_ms: number | null;
  readonly rss_mb: number;
  /** the engine's p50 by ours; null when ours was not measured */
  readonly ratio: number | null;
  readonly indexed: boolean;
  readonly partial: boolean;
  readonly method: string;
  readonly load1: number;
}

const tenth = (number: number): number => Math.round(number * 10) / 10;
const tenthOrNull = (number: number | undefined): number | null =>
  number === undefined || Number.isNaN(number) ? null : tenth(number);

/** The row of a measured cell, its ratio still unknown. */
export function rowOf(
  { scenario, rules }: CellTask,
  { name, indexed, partial, method }: Candidate,
  outcome: Extract<CellOutcome, { ok: true }>,
): Row {
  const { timing } = outcome;
  const share = Math.round(outcome.allowed * 100);
  return {
    scenario,
    engine: name,
    rules,
    p50_ns: tenth(timing.p50Ns),
    p99_ns: tenthOrNull(timing.p99Ns),
    p999_ns: tenthOrNull(timing.p999Ns),
    floor_ns: tenthOrNull(timing.floorNs),
    load_ms: tenth(outcome.loadMs),
    compile_ms: tenthOrNull(outcome.compileMs),
    rss_mb: outcome.rssMb,
    ratio: null,
    indexed,
    partial,
    method: `${method}; ${timing.method}; ${outcome.checked} answers checked, ${share} % allowed`,
    load1: Math.round(outcome.load1 * 100) / 100,
  };
}

/** A row as `--json` prints it: the promised keys, and what compiling took in words. */
export function promisedRow({ compile_ms: compileMs, ...row }: Row): Omit<Row, "compile_ms"> {
  if (compileMs === null) return row;
  return { ...row, method: `${row.method}; loaded after ${compileMs} ms for its texts` };
}

/** The rows with their ratios to our row of the same scenario and size. */
export function withRatios(rows: readonly Row[]): readonly Row[] {
  const ours = new Map(
    rows.flatMap((row) =>
      row.engine === "holdfast" ? [[`${row.scenario} ${row.rules}`, row.p50_ns]] : [],
    ),
  );
  return rows.map((row) => {
    const p50 = ours.get(`${row.scenario} ${row.rules}`);
    if (p50 === undefined) return row;
    const ratio = row.p50_ns / p50;
    return { ...row, ratio: ratio < 100 ? Math.round(ratio * 100) / 100 : Math.round(ratio) };
  });
}

/**
 * The rows, and for `mixed-history` one of each engine that holds all rules but no history: its
 * own numbers without history, so that the ratio says what is asked. An engine that cannot hold
 * `mixed` either gives its numbers of `numeric`.
 */
export function withHistory(rows: readonly Row[]): readonly Row[] {
  const sizes = new Set(
    rows.flatMap(({ scenario, rules }) => (scenario === "mixed-history" ? [rules] : [])),
  );
  const plain = new Map<string, Row>();
  for (const scenario of ["numeric", "mixed"]) {
    for (const row of rows) {
      const full = row.engine !== "holdfast" && !row.indexed && !row.partial;
      if (full && row.scenario === scenario && sizes.has(row.rules)) {
        plain.set(`${row.engine} ${row.rules}`, row);
      }
    }
  }
  const carried = [...plain.values()].map((row): Row => {
    const method = `holds no history: its numbers of \`${row.scenario}\`; ${row.method}`;
    return Object.assign({}, row, { scenario: "mixed-history", method });
  });
  const at = rows.findLastIndex(({ scenario }) => scenario === "mixed-history") + 1;
  return [...rows.slice(0, at), ...carried, ...rows.slice(at)];
}

/** The rows for people. */
export function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: [
      "scenario",
      "rules",
      "engine",
      "p50",
      "p99",
      "p99.9",
      "floor",
      "ratio",
      "load",
      "rss MB",
      "",
    ],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "left", ...Array<"right">(7).fill("right"), "left"],
  });
  for (const row of rows) {
    table.push([
      row.scenario,
      row.rules.toLocaleString("en-US"),
      row.engine,
      time(row.p50_ns),
      time(row.p99_ns),
      time(row.p999_ns),
      time(row.floor_ns),
      row.ratio === null ? "" : `${row.ratio.toLocaleString("en-US")}x`,
      time(row.load_ms * 1e6),
      row.rss_mb.toFixed(0),
      row.indexed ? "indexed" : row.partial ? "partial" : "",
    ]);
  }
  return table.toString();
}

/** A time in the unit that suits it. */
export function time(ns: number | null): string {
  if (ns === null) return "";
  if (ns < 1e3) return `${ns.toFixed(0)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toPrecision(3)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toPrecision(3)} ms`;
  return `${(ns / 1e9).toPrecision(3)} s`;
}
