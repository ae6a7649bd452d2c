import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NamedPayload, openLog, readLog, verifyLog } from "@holdfast/log";
import type { Log, LogEntry, OpenOptions } from "@holdfast/log";
import { canonicalBytes, decodeRecord } from "@holdfast/model";
import { afterEach, expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { hasPayload, now, origin, sample, writeLog } from "./small-log.ts";

const made: string[] = [];

afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), "holdfast-log-"));
  made.push(path);
  return path;
}

function open(directory: string, options: Partial<OpenOptions> = {}): Promise<Log> {
  return openLog({ directory, origin, now, segmentBytes: 16_384, ...options });
}

async function entriesOf(directory: string, from = 0, to?: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  const range = to === undefined ? { from } : { from, to };
  for await (const entry of readLog(directory, range)) entries.push(entry);
  return entries;
}

test("records and payloads come back as they were given, over reopenings and segments", async () => {
  const directory = scratch();
  const expected = [];
  for (let round = 0; round < 4; round += 1) {
    const log = await open(directory);
    for (let i = 0; i < 30; i += 1) {
      const given = sample(log.size, { payload: hasPayload(log.size), pad: 400 });
      expected.push(given);
      const { index, durable } = log.append(given.body, given.payload);
      expect(index).toBe(expected.length - 1);
      if (i % 4 === 0) await durable;
    }
    await log.close();
  }
  const entries = await entriesOf(directory);
  expect(entries.length).toBe(120);
  for (const [index, { body, payload }] of entries.entries()) {
    expect(Buffer.from(body)).toEqual(Buffer.from(expected[index]!.body));
    const given = expected[index]!.payload?.bytes;
    if (given === undefined) expect(payload).toBeUndefined();
    else expect(Buffer.from(payload as Uint8Array)).toEqual(Buffer.from(given));
  }
  const report = await verifyLog(directory);
  expect(report).toMatchObject({ ok: true, payloads: { named: 80, present: 80 } });
  expect(report.segments).toBeGreaterThan(4);
});

test("payloads far apart are found again, whichever segments lie between", async () => {
  const directory = scratch();
  for (let round = 0; round < 12; round += 1) {
    const log = await open(directory);
    for (let i = 0; i < 25; i += 1) {
      const { body, payload } = sample(log.size, { payload: log.size % 83 === 40, pad: 600 });
      await log.append(body, payload).durable;
    }
    await log.close();
    expect(await verifyLog(directory), `round ${round}`).toMatchObject({ ok: true });
  }
  const entries = await entriesOf(directory);
  const withPayload = entries.filter(({ payload }) => payload instanceof Uint8Array);
  expect(withPayload.map(({ index }) => index)).toEqual([40, 123, 206, 289]);
  for await (const { index, payload } of readLog(directory, { from: 200 })) {
    expect(payload instanceof Uint8Array).toBe(index % 83 === 40);
  }
});

test("any range can be read, and only durable records are", async () => {
  const directory = scratch();
  const log = await open(directory);
  for (let i = 0; i < 100; i += 1) {
    const { body, payload } = sample(i, { payload: true, pad: 300 });
    await log.append(body, payload).durable;
  }
  for (const [from, to] of [
    [0, 100],
    [37, 38],
    [37, 37],
    [60, 1000],
    [99, 100],
    [100, 200],
  ] as const) {
    const found: number[] = [];
    for await (const { index, payload } of log.read(from, to)) {
      expect(payload).toBeInstanceOf(Uint8Array);
      found.push(index);
    }
    const count = Math.max(0, Math.min(to, 100) - from);
    expect(found).toEqual(Array.from({ length: count }, (_, i) => from + i));
  }
  log.append(sample(100).body);
  for await (const { index } of log.read(0, 1000)) expect(index).toBeLessThan(100);
  await log.close();
});

test("rival: agt-append-10002: the 10,002nd append is as good as the first", async () => {
  const directory = scratch();
  const log = await open(directory);
  const all = Array.from({ length: 10_002 }, (_, i) => log.append(sample(i).body));
  expect(all.map(({ index }) => index)).toEqual(all.map((_, i) => i));
  await Promise.all(all.map(({ durable }) => durable));
  await log.append(sample(10_002).body).durable;
  await log.close();
  const report = await verifyLog(directory, { held: log.head });
  expect(report).toMatchObject({ ok: true, head: { size: 10_003 } });
});

test("rival: agt-20-concurrent-appends: twenty appends at once are twenty records", async () => {
  const directory = scratch();
  const log = await open(directory);
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      const { body, payload } = sample(i, { payload: true });
      await log.append(body, payload).durable;
    }),
  );
  await log.close();
  const ids = (await entriesOf(directory)).map(({ body }) => JSON.parse(String(Buffer.from(body))));
  expect(ids.map(({ id }) => id as string)).toEqual(ids.map((_, i) => `record ${i}`));
});

test("rival: capfence-two-writers: a second writer is refused until the first is done", async () => {
  const directory = scratch();
  const first = await open(directory);
  await expect(open(directory)).rejects.toMatchObject({ code: "log_locked" });
  await first.append(sample(0).body).durable;
  await first.close();
  const second = await open(directory);
  await expect(open(directory)).rejects.toMatchObject({ code: "log_locked" });
  await second.append(sample(1).body).durable;
  await second.close();
  expect(await verifyLog(directory)).toMatchObject({ ok: true, head: { size: 2 } });
});

test("rival: capfence-reopen-rechain: opening again changes no byte and heals no forgery", async () => {
  const disk = new MemoryDisk();
  const head = await writeLog(disk, [3, 2, 4]);
  const before = disk.contents();
  const again = await openLog({ directory: "/log", origin, now, files: disk });
  await again.close();
  expect(disk.contents()).toEqual(before);
  // A record changed with its checksum made right: only the root tells.
  const path = "/log/seg/00000000000000000000.seg";
  const bytes = before.get(path)!;
  const at = bytes.indexOf("record 1");
  const forged = Buffer.from(bytes);
  forged.write("record 8", at);
  const start = bytes.lastIndexOf(Buffer.from([0, 0, 0, 1, 0]), at) - 8;
  const { crc32 } = await import("node:zlib");
  const end = start + 12 + bytes.readUInt32BE(start);
  forged.writeUInt32BE(crc32(forged.subarray(start + 8, end)), start + 4);
  const forgery = MemoryDisk.of(new Map(before).set(path, forged));
  const report = await verifyLog("/log", { files: forgery, held: head });
  expect(report.problems[0]).toMatchObject({ code: "log_root" });
  const stored = forgery.contents();
  const opening = openLog({ directory: "/log", origin, now, files: forgery });
  await expect(opening).rejects.toMatchObject({
    code: "log_damaged",
    message: expect.stringContaining("seg/00000000000000000000.seg"),
  });
  expect(forgery.contents()).toEqual(stored);
});

test("rival: capfence-clock-step-back: order is that of the appends, whatever the clock says", async () => {
  const directory = scratch();
  const log = await open(directory, { now: () => 5 });
  for (const time of [5000, 4000, 6000, 1]) {
    await log.append(canonicalBytes({ v: 1, time })).durable;
  }
  await log.close();
  const times = (await entriesOf(directory)).map(({ body }) =>
    JSON.parse(String(Buffer.from(body))),
  );
  expect(times).toEqual([5000, 4000, 6000, 1].map((time) => ({ v: 1, time })));
  expect(await verifyLog(directory)).toMatchObject({ ok: true });
});

test("rival: agt-unhashed-fields: a change to any one field of a record changes the root", async () => {
  const record = { v: 1, kind: "decision", effect: "deny", rules: ["r1"], bundle: "b", agent: "a" };
  const heads = new Set<string>();
  const rootOf = async (value: Record<string, unknown>): Promise<string> => {
    const disk = new MemoryDisk();
    const log = await openLog({ directory: "/log", origin, now, files: disk });
    await log.append(canonicalBytes(value as typeof record)).durable;
    await log.close();
    return log.head.root;
  };
  heads.add(await rootOf(record));
  for (const name of Object.keys(record)) {
    heads.add(await rootOf({ ...record, [name]: "changed" }));
    const { [name as "v"]: _removed, ...rest } = record;
    heads.add(await rootOf(rest));
  }
  expect(heads.size).toBe(1 + 2 * Object.keys(record).length);
});

test("an unfinished group is cut off, told of in a record, and nothing before it changes", async () => {
  const directory = scratch();
  const disk = new MemoryDisk();
  const head = await writeLog(disk, [3, 2, 4]);
  const all = disk.contents();
  const last = [...all.keys()]
    .filter((name) => name.endsWith(".seg"))
    .sort()
    .at(-1)!;
  const whole = all.get(last)!;
  const used = whole.findLastIndex((byte) => byte !== 0) + 1;
  const torn = Buffer.from(whole).fill(0, used - 40);
  const damaged = MemoryDisk.of(all.set(last, torn));
  expect(await verifyLog("/log", { files: damaged })).toMatchObject({ state: "torn", ok: false });
  const log = await openLog({ directory: "/log", origin, now, files: damaged, segmentBytes: 4096 });
  expect(log.recovery).toMatchObject({ truncatedBytes: expect.any(Number) });
  expect(log.size).toBeLessThanOrEqual(head.size);
  await log.close();
  const bodies: Uint8Array[] = [];
  for await (const { body } of readLog("/log", { files: damaged })) bodies.push(body);
  const record = decodeRecord(bodies.at(-1)!);
  expect(record).toEqual({ v: 1, kind: "recovery", time: now(), ...log.recovery });
  expect(await verifyLog("/log", { files: damaged })).toMatchObject({ ok: true, head: log.head });
  expect(directory).toBeTruthy();
});

test("what the log could not verify later it does not take", async () => {
  const log = await open(scratch());
  const { body, payload } = sample(0, { payload: true });
  const text = (value: string): Uint8Array => Buffer.from(value);
  const refused: [Uint8Array, typeof payload, string][] = [
    [text(`{"a":"${"x".repeat(65_528)}"}`), undefined, "log_record_size"],
    [text("[1]"), undefined, "log_record"],
    [text("{} "), undefined, "log_record"],
    [text('{"a":}'), undefined, "log_record"],
    [text('{"a":"\u0000"}'), undefined, "log_record"],
    [Buffer.from('{"a":"\xff"}', "latin1"), undefined, "log_record"],
    [text('{"payload":"sha256:"}'), undefined, "log_record"],
    [body, undefined, "log_payload"],
    [sample(0).body, payload, "log_payload"],
    [body, { scheme: "plain-1", bytes: text("other") }, "log_payload"],
    [body, new NamedPayload("plain-1", text("other")), "log_payload"],
    [body, new NamedPayload("aes-256-gcm-1", payload?.bytes ?? text("")), "log_payload"],
    [body, { scheme: "plain-1", bytes: text("a\u0000b") }, "log_payload"],
    [body, { scheme: "plain-1", bytes: Buffer.alloc(32 * 1024 * 1024 + 1, 1) }, "log_payload_size"],
  ];
  for (const [given, extra, code] of refused) {
    expect(() => log.append(given, extra), code).toThrow(expect.objectContaining({ code }));
  }
  expect(log.size).toBe(0);
  const largest = text(`{"a":"${"x".repeat(65_527)}"}`);
  await log.append(largest).durable;
  await log.append(body, payload).durable;
  await log.close();
  expect(log.head.size).toBe(2);
});

test("a payload larger than a segment gets a file of its own", async () => {
  const directory = scratch();
  const log = await open(directory);
  const bytes = canonicalBytes({ text: "y".repeat(3_000_000) });
  const { digestOfBytes } = await import("@holdfast/model");
  const payload = { scheme: "plain-1", digest: digestOfBytes(bytes), bytes: bytes.length } as const;
  const small = sample(0, { payload: true });
  await log.append(small.body, small.payload).durable;
  const given = { scheme: "plain-1", bytes } as const;
  await log.append(canonicalBytes({ payload }), given).durable;
  const next = sample(2, { payload: true });
  await log.append(next.body, next.payload).durable;
  await log.close();
  const [, large] = await entriesOf(directory);
  expect(Buffer.from(large!.payload as Uint8Array).equals(Buffer.from(bytes))).toBe(true);
  expect(await verifyLog(directory)).toMatchObject({ ok: true, payloads: { present: 3 } });
});

test("a log belongs to its origin, its user, and to nobody after it is closed", async () => {
  const directory = join(scratch(), "data");
  const log = await open(directory);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(statSync(join(directory, "log.json")).mode & 0o777).toBe(0o600);
  await log.close();
  expect(() => log.append(sample(0).body)).toThrow(expect.objectContaining({ code: "log_closed" }));
  const other = open(directory, { origin: "example.org/other" });
  await expect(other).rejects.toMatchObject({ code: "log_origin" });
  for (const wrong of ["", "a b", "a+b", "a\nb", "x".repeat(257)]) {
    await expect(open(scratch(), { origin: wrong })).rejects.toMatchObject({ code: "log_origin" });
  }
  const odd = open(scratch(), { segmentBytes: 5000 });
  await expect(odd).rejects.toMatchObject({ code: "log_option" });
  await (await open(directory)).close();
});

test("where there is no log, reading says so and opening does not take content for one", async () => {
  const directory = scratch();
  await expect(verifyLog(directory)).rejects.toMatchObject({ code: "log_missing" });
  await expect(verifyLog(join(directory, "none"))).rejects.toMatchObject({ code: "log_missing" });
  await expect(entriesOf(directory)).rejects.toMatchObject({ code: "log_missing" });
  await (await open(directory)).close();
  writeFileSync(join(directory, "seg", "notes"), "x");
  await expect(open(directory)).rejects.toMatchObject({ code: "log_damaged" });
});

test("too many waiting records are refused instead of held without bound", async () => {
  const log = await open(scratch());
  const { body } = sample(0);
  let refused: unknown;
  try {
    for (let i = 0; i <= 65_536; i += 1) log.append(body);
  } catch (error) {
    refused = error;
  }
  expect(refused).toMatchObject({ code: "log_busy" });
  expect(log.size).toBe(65_536);
  await log.close();
  expect(log.head.size).toBe(65_536);
});

test("a group is never more than 1,024 records or 1 MiB, so no caller waits for too much", async () => {
  const directory = scratch();
  const log = await open(directory);
  await Promise.all(Array.from({ length: 2050 }, () => log.append(sample(0).body).durable));
  const { groups } = await verifyLog(directory);
  expect(groups).toBe(3);
  const { body } = sample(0, { pad: 60_000 });
  await Promise.all(Array.from({ length: 40 }, () => log.append(body).durable));
  expect((await verifyLog(directory)).groups - groups).toBe(3);
  await log.close();
});

test("verification of a log on disk while it is written finds it intact up to the last group", async () => {
  const directory = scratch();
  const log = await open(directory, { segmentBytes: 1024 * 1024 });
  const callersMay = { stop: false };
  const callers = Array.from({ length: 40 }, async () => {
    while (!callersMay.stop) {
      const { body, payload } = sample(log.size, { payload: true, pad: 3000 });
      await log.append(body, payload).durable;
    }
  });
  for (let round = 0; round < 15; round += 1) {
    const held = log.head;
    const report = await verifyLog(directory, { held });
    expect(report.problems).toEqual([]);
    expect(report.head.size).toBeGreaterThanOrEqual(held.size);
  }
  callersMay.stop = true;
  await Promise.all(callers);
  await log.close();
  expect(await verifyLog(directory)).toMatchObject({ ok: true, head: log.head });
});

test("a group that just fills a new segment leaves room for a header that names the one before", async () => {
  for (let pad = 3100; pad < 3700; pad += 8) {
    const disk = new MemoryDisk();
    const log = await openLog({ directory: "/log", origin, now, files: disk, segmentBytes: 4096 });
    await log.append(sample(0).body).durable;
    await log.append(sample(1, { pad }).body).durable;
    await log.append(sample(2, { pad }).body).durable;
    await log.close();
    for (const [path, { length }] of disk.contents()) {
      if (path.endsWith(".seg")) expect(length % 4096, `pad ${pad}: ${path}`).toBe(0);
    }
  }
});
