import { openLog, readLog, verifyLog } from "@holdfast/log";
import type { Log } from "@holdfast/log";
import { expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import type { DiskOptions } from "./memory-disk.ts";
import { randomOf } from "./random.ts";
import { directory, hasPayload, now, origin, sample } from "./small-log.ts";

interface Run {
  readonly disk: MemoryDisk;
  /** bodies by index, as far as they were acknowledged */
  readonly acknowledged: Map<number, string>;
  readonly head: Log["head"] | undefined;
}

function open(files: MemoryDisk): Promise<Log> {
  return openLog({ directory, origin, now, files, segmentBytes: 4096 });
}

/** Appends by a few callers at once until the disk fails or all is written. */
async function appendUntilFailure(disk: MemoryDisk, random: () => number): Promise<Run> {
  const acknowledged = new Map<number, string>();
  let log: Log | undefined;
  try {
    const opened = await open(disk);
    log = opened;
    const caller = async (): Promise<void> => {
      for (let i = 0; i < 10; i += 1) {
        const number = opened.size;
        const pad = Math.floor(random() * 900);
        const { body, payload } = sample(number, { payload: hasPayload(number), pad });
        const { index, durable } = opened.append(body, payload);
        await durable;
        acknowledged.set(index, Buffer.from(body).toString());
      }
    };
    await Promise.allSettled([caller(), caller(), caller()]);
  } catch (error) {
    if (!disk.struck) throw error;
  }
  return { disk, acknowledged, head: log?.head };
}

/** What is wrong after the crash: nothing, when every promise was kept. */
async function brokenPromises(run: Run, random: () => number): Promise<string[]> {
  const broken: string[] = [];
  const disk = run.disk.crash(random);
  const found = await verifyLog(directory, { files: disk }).catch((error: unknown) => error);
  const isNew = found instanceof Error && "code" in found && found.code === "log_missing";
  if (isNew && run.acknowledged.size === 0) return broken;
  if (found instanceof Error) return [`verify failed: ${String(found)}`];
  if ((found as { state: string }).state === "damaged") {
    return [`a crash looks like damage: ${JSON.stringify(found)}`];
  }
  const log = await open(disk).catch((error: unknown) => String(error));
  if (typeof log === "string") return [`did not open: ${log}`];
  await log.append(sample(log.size).body).durable;
  await log.close();
  const bodies = new Map<number, string>();
  for await (const { index, body, payload } of readLog(directory, { files: disk })) {
    bodies.set(index, Buffer.from(body).toString());
    if (payload === "missing") broken.push(`record ${index} lost its payload`);
  }
  for (const [index, body] of run.acknowledged) {
    if (bodies.get(index) !== body) broken.push(`acknowledged record ${index} is lost`);
  }
  const held = run.head === undefined ? {} : { held: run.head };
  const after = await verifyLog(directory, { files: disk, ...held });
  if (!after.ok) broken.push(`after recovery: ${after.problems[0]!.message}`);
  const again = await verifyLog(directory, { files: disk.crash(random), held: log.head });
  if (!again.ok) broken.push(`after one more failure: ${again.problems[0]!.message}`);
  return broken;
}

async function powerFailures(count: number, options: DiskOptions): Promise<string[]> {
  const broken: string[] = [];
  for (let seed = 0; seed < count; seed += 1) {
    const random = randomOf(seed);
    const fault = { code: "power", call: Math.floor(random() * 160) };
    const cuts = randomOf(seed + 10_000);
    const shortWrites = seed % 2 === 0 ? { shortWrites: () => Math.max(cuts(), 0.2) } : {};
    const run = await appendUntilFailure(
      new MemoryDisk({ ...options, ...shortWrites, fault }),
      random,
    );
    const found = await brokenPromises(run, random);
    broken.push(...found.map((text) => `seed ${seed}: ${text}`));
  }
  return broken;
}

test("no power failure loses an acknowledged record or looks like damage", async () => {
  expect(await powerFailures(400, {})).toEqual([]);
}, 120_000);

test("a log that acknowledges without fdatasync is caught by the same failures", async () => {
  const broken = await powerFailures(40, { skipsSync: true });
  expect(broken.some((text) => text.includes("is lost") || text.includes("damage"))).toBe(true);
});

test("a second power failure while recovering loses nothing either", async () => {
  const broken: string[] = [];
  for (let seed = 0; seed < 150; seed += 1) {
    const random = randomOf(seed + 500);
    const fault = { code: "power", call: 30 + Math.floor(random() * 130) };
    const run = await appendUntilFailure(new MemoryDisk({ fault }), random);
    const disk = run.disk.crash(random);
    disk.options = { fault: { code: "power", call: Math.floor(random() * 25) } };
    await open(disk).catch(() => undefined);
    const found = await brokenPromises({ ...run, disk }, random);
    broken.push(...found.map((text) => `seed ${seed}: ${text}`));
  }
  expect(broken).toEqual([]);
}, 120_000);

test("short writes are completed before anything is acknowledged", async () => {
  const random = randomOf(7);
  const disk = new MemoryDisk({ shortWrites: random });
  const run = await appendUntilFailure(disk, random);
  expect(run.acknowledged.size).toBe(30);
  expect(await brokenPromises(run, random)).toEqual([]);
});

test("after any failed write or sync nothing more is acknowledged and the file is left alone", async () => {
  for (const only of ["write", "sync"] as const) {
    for (let call = 4; call < 30; call += 1) {
      const disk = new MemoryDisk();
      const log = await open(disk);
      disk.options = { fault: { code: "EIO", call, only } };
      disk.calls = 0;
      const outcomes: string[] = [];
      for (let i = 0; i < 14; i += 1) {
        const { body, payload } = sample(i, { payload: true, pad: 300 });
        try {
          await log.append(body, payload).durable;
          outcomes.push("durable");
        } catch (error) {
          outcomes.push((error as { code: string }).code);
        }
      }
      const failed = outcomes.indexOf("log_failed");
      if (failed < 0) continue;
      expect(outcomes.slice(failed).every((outcome) => outcome === "log_failed")).toBe(true);
      expect(log.head.size).toBe(failed);
      await log.close();
      disk.options = {};
      const again = await open(disk);
      expect(again.head.size).toBeGreaterThanOrEqual(failed);
      await again.append(sample(99).body).durable;
      await again.close();
      expect(await verifyLog(directory, { files: disk })).toMatchObject({ ok: true });
    }
  }
});

test("a group whose sync failed is stored anew before anything is built on it", async () => {
  let kept = 0;
  for (let seed = 0; seed < 60; seed += 1) {
    const random = randomOf(seed);
    const disk = new MemoryDisk();
    const log = await open(disk);
    for (let i = 0; i < 3; i += 1) {
      const { body, payload } = sample(i, { payload: true });
      await log.append(body, payload).durable;
    }
    disk.options = { fault: { code: "EIO", call: 0, only: "sync" } };
    disk.calls = 0;
    await expect(log.append(sample(3).body).durable).rejects.toMatchObject({ code: "log_failed" });
    await log.close();
    disk.options = {};
    const again = await open(disk);
    // The group is there to be read, but only in memory until it is written once more.
    if (again.size === 4) kept += 1;
    await again.append(sample(4).body).durable;
    const after = disk.crash(random);
    const report = await verifyLog(directory, { files: after, held: again.head });
    expect(report.problems, `seed ${seed}`).toEqual([]);
  }
  expect(kept).toBeGreaterThan(0);
});

test("all appends that wait when a write fails are rejected, and the process lives", async () => {
  const disk = new MemoryDisk();
  const log = await open(disk);
  const first = sample(0, { payload: true });
  await log.append(first.body, first.payload).durable;
  disk.options = { fault: { code: "EIO", call: 0, only: "sync" } };
  disk.calls = 0;
  const waiting = Array.from({ length: 5 }, (_, i) => log.append(sample(i).body).durable);
  const settled = await Promise.allSettled(waiting);
  expect(settled.every(({ status }) => status === "rejected")).toBe(true);
  expect(() => log.append(sample(9).body)).toThrow(expect.objectContaining({ code: "log_failed" }));
  await log.close();
});

test("a full disk refuses records until space returns, and the same log goes on", async () => {
  for (let call = 0; call < 6; call += 1) {
    const disk = new MemoryDisk();
    const log = await open(disk);
    const codes: string[] = [];
    const append = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        const { body, payload } = sample(log.size, { payload: true, pad: 500 });
        const failed = log.append(body, payload).durable.catch((error: { code: string }) => {
          codes.push(error.code);
        });
        await failed;
      }
    };
    await append(2 + call);
    // From here on no new file can be filled; groups still fit into those that are there.
    const create = disk.open.bind(disk);
    disk.open = (path, mode) =>
      mode === "create"
        ? Promise.reject(Object.assign(new Error("disk is full"), { code: "ENOSPC" }))
        : create(path, mode);
    await append(20);
    expect(codes.length).toBeGreaterThan(0);
    expect(new Set(codes)).toEqual(new Set(["log_no_space"]));
    const { head } = log;
    disk.open = create;
    await append(10);
    expect(log.head.size).toBe(head.size + 10);
    await log.close();
    const report = await verifyLog(directory, { files: disk, held: head });
    expect(report).toMatchObject({ ok: true, head: log.head });
  }
});

test("an unfinished group is left as it is while the disk has no room to cut it off", async () => {
  const random = randomOf(5);
  for (let call = 30; call < 120; call += 1) {
    const run = await appendUntilFailure(
      new MemoryDisk({ fault: { code: "power", call } }),
      random,
    );
    const disk = run.disk.crash(random);
    const found = await verifyLog(directory, { files: disk });
    if (found.state !== "torn") continue;
    const before = disk.contents();
    disk.options = { fault: { code: "ENOSPC", call: 0, only: "create" } };
    disk.calls = 0;
    await expect(open(disk)).rejects.toMatchObject({ code: "log_no_space" });
    const left = disk.contents();
    for (const [path, bytes] of before) {
      if (!path.endsWith("/prepared")) expect(left.get(path), path).toEqual(bytes);
    }
    disk.options = {};
    expect(await brokenPromises({ ...run, disk }, random)).toEqual([]);
    return;
  }
  expect.fail("no crash left an unfinished group");
});

test("a failure while preparing a file ahead stays unseen until the file is needed", async () => {
  for (const only of ["create", "rename", "syncDirectory"] as const) {
    const disk = new MemoryDisk();
    const log = await open(disk);
    disk.options = { fault: { code: "EIO", call: 0, only } };
    disk.calls = 0;
    for (let i = 0; i < 20; i += 1) {
      const { body } = sample(i, { pad: 600 });
      try {
        await log.append(body).durable;
      } catch (error) {
        expect(error).toMatchObject({ code: "log_failed" });
        break;
      }
    }
    await log.close();
    disk.options = {};
    await (await open(disk)).close();
    expect(await verifyLog(directory, { files: disk })).toMatchObject({ ok: true });
  }
});

test.each([
  { what: "slow writes", options: { shortWrites: () => 0.1, readBytes: 512 } },
  { what: "slow reads", options: { readBytes: 128 } },
])("with $what a reader never sees damage in the group being written", async ({ options }) => {
  const random = randomOf(3);
  const disk = new MemoryDisk(options);
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 65_536 });
  const progress = { done: false };
  const writing = (async (): Promise<void> => {
    for (let i = 0; i < 200; i += 1) {
      // Two groups at once, then a pause as long as it takes to read a few of them.
      const turns = i % 3 === 0 ? Math.floor(random() * 150) : 0;
      for (let turn = 0; turn < turns; turn += 1) await new Promise((done) => setImmediate(done));
      const pad = Math.floor(random() * 2000);
      const { body, payload } = sample(i, { payload: i % 2 === 0, pad });
      await log.append(body, payload).durable;
    }
  })();
  const tails = new Set<string>();
  void writing.then(() => (progress.done = true));
  while (!progress.done) {
    const held = log.head;
    const report = await verifyLog(directory, { files: disk, held });
    expect(report.problems).toEqual([]);
    tails.add(report.tail);
    let last = -1;
    for await (const { index, payload } of readLog(directory, { files: disk })) {
      expect(payload).not.toBe("missing");
      last = index;
    }
    expect(last).toBeGreaterThanOrEqual(held.size - 1);
  }
  await writing;
  await log.close();
  expect(tails.size).toBeGreaterThan(0);
  expect(await verifyLog(directory, { files: disk, held: log.head })).toMatchObject({ ok: true });
});
