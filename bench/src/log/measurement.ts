import { createHash } from "node:crypto";
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createEngine } from "@holdfast/engine";
import { openLog, readLog, verifyLog } from "@holdfast/log";
import type { PayloadInput } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import { openGuard, readLogAhead, replayRecorded } from "@holdfast/runtime";
import { catchUp } from "@holdfast/store";
import type { IndexRow } from "@holdfast/store";
import { SqliteIndex } from "@holdfast/store/sqlite";
import sqlite from "node-sqlite3-wasm";
import { atOnce, inScratch, policies, quantileOf, requestOf } from "./workload.ts";

/** One number with its unit and how it came about. */
export interface LogRow {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** beside what does the same, in the same run */
  readonly ratio?: string;
  readonly how: string;
}

const round = (value: number): number => Number(value.toPrecision(4));

/** A number to four digits. */
export function row(what: string, value: number, unit: string, how: string): LogRow {
  return { what, value: round(value), unit, how };
}

/** One write and fdatasync of 1 KB at a time: below it nothing durable can be. */
export async function measureSync(folder: string): Promise<readonly LogRow[]> {
  const descriptor = openSync(join(folder, "floor"), "w");
  const times: number[] = [];
  try {
    const kilobyte = Buffer.alloc(1024, 0x61);
    for (let count = 0; count < 500; count += 1) {
      const started = performance.now();
      writeSync(descriptor, kilobyte);
      fdatasyncSync(descriptor);
      times.push(performance.now() - started);
    }
  } finally {
    closeSync(descriptor);
  }
  return [
    row("fdatasync floor p50", quantileOf(times, 0.5), "ms", "500 writes of 1 KB, one at a time"),
  ];
}

/** `begin` with its record durable, 64 at a time, and on the log it leaves: append floor, verify, index, replay. */
export async function measureLog(folder: string, count: number): Promise<readonly LogRow[]> {
  const data = join(folder, "data");
  const guard = await openGuard({ policies, data, pep: { type: "bench", id: "b", version: "0" } });
  await atOnce(Math.min(count, 2000), (number) => guard.begin(requestOf(number)));
  const begun = await atOnce(count, (number) => guard.begin(requestOf(number)));
  await guard.close();
  const how = `${count} actions, 64 at a time, after 2,000 to warm up`;
  const appended = await measureAppend(folder, data, count);
  const verifying = performance.now();
  const { head } = await verifyLog(data, { readAhead: readLogAhead });
  const verifyS = (performance.now() - verifying) / 1000;
  return [
    row("begin p50", quantileOf(begun.times, 0.5), "ms", how),
    row("begin p99", quantileOf(begun.times, 0.99), "ms", how),
    row("begin", begun.perSecond, "/s", how),
    row("begin, processor", begun.cpuUs, "µs each", `${how}; all threads of the process`),
    ...appended,
    row(
      "audit verify",
      head.size / verifyS,
      "records/s",
      `${head.size} records with their payloads`,
    ),
    ...(await measureIndex(data, head.size)),
    ...(await measureReplay(data)),
  ];
}

/** The same records and payloads, appended by nothing but the log. */
async function measureAppend(folder: string, data: string, count: number) {
  const given: { readonly body: Uint8Array; readonly payload: PayloadInput }[] = [];
  for await (const { body, payload } of readLog(data)) {
    const record = decodeRecord(body);
    if (typeof payload === "object" && "payload" in record && record.payload !== undefined)
      given.push({ body, payload: { scheme: record.payload.scheme, bytes: payload } });
  }
  const directory = join(folder, "floor-log");
  const log = await openLog({ directory, origin: "bench", now: () => 0 });
  const run = await atOnce(count, async (number) => {
    const each = given[number % given.length];
    if (each !== undefined) await log.append(each.body, each.payload).durable;
  });
  await log.close();
  const how = `the same ${count} records with payloads, by the log alone, 64 at a time`;
  return [
    row("append floor", run.perSecond, "/s", how),
    row("append floor p50", quantileOf(run.times, 0.5), "ms", how),
    row("append floor, processor", run.cpuUs, "µs each", how),
  ];
}

async function measureIndex(data: string, size: number) {
  const index = new SqliteIndex(data);
  await index.place();
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  await catchUp(index, data);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - started) / 1000;
  await index.close();
  const how = `${size} records into an empty index: how fast a lag is made up`;
  return [
    row("index", size / seconds, "records/s", how),
    row("index, processor", (user + system) / size, "µs each", how),
  ];
}

async function measureReplay(data: string) {
  const { decisions, perSecond } = await replayed(data);
  const how = `${decisions} decisions, by the bundle that decided, no origins`;
  return [row("replay", perSecond, "decisions/s", how)];
}

/** Replays a log by the bundles that decided. */
export async function replayed(
  data: string,
): Promise<{ readonly decisions: number; readonly perSecond: number }> {
  const started = performance.now();
  let decisions = 0;
  for await (const { isSame } of replayRecorded(data, createEngine)) {
    if (!isSame) throw new Error("a decision did not replay to the bytes recorded");
    decisions += 1;
  }
  return { decisions, perSecond: (decisions / (performance.now() - started)) * 1000 };
}

/** Newest 100 decisions of an agent within a time, in an index of so many decisions. */
export function measureQuery(decisions: number): Promise<readonly LogRow[]> {
  return inScratch(async (folder) => {
    const index = new SqliteIndex(folder);
    for (let from = 0; from < decisions; from += 4096) {
      const to = Math.min(decisions, from + 4096);
      const rows = Array.from({ length: to - from }, (_, place) => plainRow(from + place));
      const place = { log: "", segment: 0, offset: 0, batch: 1, size: to, frontier: [] };
      await index.apply({ from, rows, place });
    }
    const times: number[] = [];
    for (let asked = 0; asked < 400; asked += 1) {
      const sinceMs = Math.floor((decisions * 10 * (asked % 97)) / 100);
      const filter = { agent: `agent-${asked % 100}`, sinceMs, untilMs: sinceMs + decisions };
      const started = performance.now();
      await index.find(filter, { newestFirst: true, limit: 100 });
      times.push(performance.now() - started);
    }
    await index.close();
    const how = `400 questions, newest 100 of an agent in a tenth of the time, ${decisions} decisions; without reading the records`;
    return [
      row("query agent+time p50", quantileOf(times, 0.5), "ms", how),
      row("query agent+time p99", quantileOf(times, 0.99), "ms", how),
    ];
  });
}

function plainRow(index: number): IndexRow {
  const subject = {
    agent: `agent-${index % 100}`,
    tool: `files.tool-${index % 20}`,
    effect: index % 10 === 0 ? "deny" : "allow",
    code: "rule",
    rules: [`base/rule-${index % 7}`],
    about: ["default", "enforce"],
  };
  const place = { index, segment: 0, offset: index * 1000 };
  return { ...place, kind: "decision", timeMs: index * 10, session: undefined, subject };
}

/**
 * A hash chain in a table, the way CapFence keeps its audit: each entry reads the hash before it,
 * then is inserted and committed by itself. SQLite as Holdfast has it, synchronous FULL.
 */
export async function measureChain(folder: string): Promise<readonly LogRow[]> {
  const database = new sqlite.Database(join(folder, "chain.db"));
  const times: number[] = [];
  try {
    database.exec("PRAGMA synchronous = FULL");
    database.exec("CREATE TABLE audit (id INTEGER PRIMARY KEY, body TEXT, prev TEXT, hash TEXT)");
    const body = JSON.stringify(requestOf(1)).padEnd(1024);
    for (let count = 0; count < 500; count += 1) {
      const started = performance.now();
      const last = database.get("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")?.["hash"];
      const previous = typeof last === "string" ? last : "genesis";
      const hash = createHash("sha256").update(previous).update(body).digest("hex");
      database.run("INSERT INTO audit (body, prev, hash) VALUES (?,?,?)", [body, previous, hash]);
      times.push(performance.now() - started);
    }
  } finally {
    database.close();
  }
  const perSecond = 1000 / (times.reduce((sum, time) => sum + time, 0) / times.length);
  const how = "500 entries of 1 KB, each committed by itself, as it has no group commit";
  return [
    row("SQLite hash chain", perSecond, "/s", how),
    row("SQLite hash chain p50", quantileOf(times, 0.5), "ms", how),
  ];
}
