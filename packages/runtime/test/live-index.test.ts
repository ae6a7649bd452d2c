import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { queryLog } from "@holdfast/runtime";
import type { Guard, QueryRow } from "@holdfast/runtime";
import { LiveIndex } from "@holdfast/store";
import type { AuditIndex } from "@holdfast/store";
import { SqliteIndex } from "@holdfast/store/sqlite";
import { describe, expect, test } from "vitest";
import { killAfter } from "./killed-process.ts";
import { dataDirectory, guardOn, request, scratch } from "./support.ts";

const indexWorker = new URL("./index-thread.mjs", import.meta.url);
/** Processes that read the sources take long to start on a busy machine. */
const timeout = 240_000;

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 1200; round += 1) {
    if (await isSo()) return;
    await pause(25);
  }
  throw new Error("it never came to be");
}

const act = async (guard: Guard, count: number): Promise<void> => {
  const asked = Array.from({ length: count }, () => guard.begin(request("fs.read", { path: "x" })));
  await Promise.all(asked);
};

const isInStep = (guard: Guard): boolean => {
  const { state, behind } = guard.status().index;
  return state === "live" && behind === 0;
};

/** A thread that does what a text says. */
function threadOf(text: string): URL {
  const path = join(scratch(), "thread.mjs");
  writeFileSync(path, text);
  return new URL(`file://${path}`);
}

async function rows(data: string, index?: AuditIndex): Promise<readonly QueryRow[]> {
  const found: QueryRow[] = [];
  for await (const row of queryLog(data, {}, index === undefined ? {} : { index })) found.push(row);
  return found;
}

/** What the index gives, which must be what a reading of the whole log does. */
async function expectWhole(data: string): Promise<void> {
  const index = new SqliteIndex(data);
  expect(await rows(data, index)).toEqual(await rows(data));
  await index.close();
}

describe("a live index", { timeout }, () => {
  test("comes into step by itself, answers other readers meanwhile, and ends with its guard", async () => {
    const guard = await guardOn(dataDirectory(), { index: "live", indexWorker });
    await act(guard, 40);
    await until(() => isInStep(guard));
    for (let round = 0; round < 5; round += 1) {
      await act(guard, 40);
      await expectWhole(guard.directory);
    }
    await until(() => isInStep(guard));
    await act(guard, 40);
    const { records } = guard.status();
    await guard.close();
    const index = new SqliteIndex(guard.directory);
    expect((await index.place())?.size).toBe(records);
    await index.close();
    expect(guard.status().index).toEqual({ state: "on-demand" });
  });

  test("is made anew when its file is damaged or gone while it is kept", async () => {
    const guard = await guardOn(dataDirectory(), { index: "live", indexWorker });
    await act(guard, 40);
    await until(() => isInStep(guard));
    const path = join(guard.directory, "index.db");
    writeFileSync(path, readFileSync(path).fill(0x5a, 4096));
    await act(guard, 40);
    await until(() => isInStep(guard));
    await expectWhole(guard.directory);
  });

  test("is whole after kill -9 of the process in the middle of it", async () => {
    const data = dataDirectory();
    await killAfter("live-index-child.ts", data, 5);
    expect(existsSync(join(data, "index.db"))).toBe(true);
    await expectWhole(data);
  });
});

describe("the thread of a live index", { timeout }, () => {
  test("is started again when it dies, and given up with a notice when it dies each time", async () => {
    const notices: string[] = [];
    const worker = threadOf("throw new Error('no such engine');");
    const guard = await guardOn(dataDirectory(), {
      index: "live",
      indexWorker: worker,
      notice: (text) => notices.push(text),
    });
    await until(() => notices.length > 0);
    expect(notices).toEqual([
      "the index is not kept in step any more: no such engine; queries bring it up to the log themselves",
    ]);
    expect(guard.status().index).toEqual({ state: "on-demand" });
    await act(guard, 5);
    await expectWhole(guard.directory);
  });

  test("that died once goes on where the index is", async () => {
    const once = `
import { existsSync, writeFileSync } from "node:fs";
const mark = ${JSON.stringify(join(scratch(), "died"))};
if (!existsSync(mark)) { writeFileSync(mark, ""); process.exit(1); }
await import(${JSON.stringify(indexWorker.href)});`;
    const notices: string[] = [];
    const guard = await guardOn(dataDirectory(), {
      index: "live",
      indexWorker: threadOf(once),
      notice: (text) => notices.push(text),
    });
    await act(guard, 10);
    await until(() => isInStep(guard));
    await expectWhole(guard.directory);
    expect(notices).toEqual([]);
  });

  test("is waited for beyond a bound, until it is nearer, and never for ever", async () => {
    const worker = threadOf(`
import { parentPort } from "node:worker_threads";
let indexed = 5;
parentPort.postMessage({ indexed, idle: true });
parentPort.on("message", (word) => {
  if (word === "end") { parentPort.close(); return; }
  indexed += 5;
  parentPort.postMessage({ indexed, idle: true });
});`);
    let size = 5;
    const live = new LiveIndex({
      directory: scratch(),
      size: () => size,
      notice: () => undefined,
      behindMax: 10,
      worker,
    });
    live.start();
    await until(() => live.status().behind === 0);
    size = 15;
    expect(live.room()).toBeUndefined();
    size = 16;
    const room = live.room();
    expect(room).toBeInstanceOf(Promise);
    live.grown();
    await room;
    expect(live.room()).toBeUndefined();
    await until(() => live.status().behind === 0);
    size = 1000;
    await live.room();
    await live.close();
    expect(live.room()).toBeUndefined();
  });
});
