import {
  keyPairOfSeed,
  Notary,
  openFileSigner,
  openLog,
  planPrune,
  proveConsistency,
  proveRecord,
  pruneLog,
  readHolds,
  readLog,
  rotateKey,
  signerOf,
  TileWriter,
  verifyLog,
} from "@holdfast/log";
import type { Checkpoint, PrunePlan } from "@holdfast/log";
import { encodeRecord } from "@holdfast/model";
import { expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, hasPayload, now, origin, sample } from "./small-log.ts";

const seed = (): Uint8Array => new Uint8Array(32).fill(7);
const signer = signerOf(origin, keyPairOfSeed(seed()));

interface Made {
  readonly disk: MemoryDisk;
  readonly notes: Checkpoint[];
}

/** A log of 600 records, the n-th as old as n ms, signed after every fiftieth, with its tiles. */
async function made(): Promise<Made> {
  const disk = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 8192 });
  await openFileSigner({ files: disk, directory, origin, seed });
  const notary = await Notary.open({ files: disk, directory, log, signers: [signer] });
  const tiles = new TileWriter({ files: disk, directory, log });
  const notes: Checkpoint[] = [];
  for (let i = 0; i < 600; i += 1) {
    const { body, payload } = sample(i, { payload: hasPayload(i) });
    await log.append(body, payload).durable;
    if (i % 50 === 49) notes.push(await notary.sign());
  }
  await tiles.write();
  await tiles.close();
  await notary.close();
  await log.close();
  return { disk, notes };
}

async function prune(
  disk: MemoryDisk,
  beforeMs: number,
  covered = 1e9,
): Promise<PrunePlan | undefined> {
  const plan = await planPrune({ files: disk, directory, beforeMs, covered });
  if (plan === undefined) return undefined;
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 8192 });
  const notary = await Notary.open({ files: disk, directory, log, signers: [signer] });
  const sign = () => notary.sign();
  try {
    await pruneLog({ files: disk, directory, log, plan, by: "root", timeMs: 700, sign });
  } finally {
    await notary.close();
    await log.close();
  }
  return plan;
}

const segmentsOf = (disk: MemoryDisk) =>
  [...disk.contents().keys()].filter((path) => path.endsWith(".seg")).sort();

test("what is old goes, what is left verifies, and old checkpoints are still held to it", async () => {
  const { disk, notes } = await made();
  const before = segmentsOf(disk).length;
  const plan = (await prune(disk, 300))!;
  expect(plan.minimum).toBeGreaterThan(200);
  expect(plan.minimum).toBeLessThanOrEqual(300);
  expect(segmentsOf(disk).length).toBe(before - plan.segments.length);
  expect(plan.payloads.length).toBeGreaterThan(0);
  const report = await verifyLog(directory, { files: disk });
  expect(report).toMatchObject({ ok: true, problems: [], first: plan.minimum });
  expect(report.checkpoints).toMatchObject({ good: notes.length + 1, unheld: 0 });
  expect(report.covered).toContain(`records before ${plan.minimum} were pruned`);
  const indexes: number[] = [];
  for await (const { index, payload } of readLog(directory, { files: disk })) {
    indexes.push(index);
    expect(payload instanceof Uint8Array).toBe(index < 600 && hasPayload(index));
  }
  expect(indexes[0]).toBe(plan.minimum);
  expect(indexes.length).toBe(601 - plan.minimum);
  const newest = notes.at(-1)!;
  for (const index of [plan.minimum, 550, 599]) {
    await proveRecord(directory, { index, checkpoint: newest, files: disk });
  }
  await proveConsistency(directory, { from: notes[0]!.head, to: newest.head, files: disk });
});

test("a pruned log is opened, appended to and pruned again", async () => {
  const { disk } = await made();
  const first = (await prune(disk, 200))!;
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 8192 });
  expect(log.first).toBe(first.minimum);
  expect(() => log.read(0, 5)).toThrow(expect.objectContaining({ code: "log_pruned" }));
  await log.append(sample(601).body).durable;
  await log.close();
  const second = (await prune(disk, 500))!;
  expect(second).toMatchObject({ first: first.minimum });
  expect(second.minimum).toBeGreaterThan(400);
  expect(await verifyLog(directory, { files: disk })).toMatchObject({
    ok: true,
    first: second.minimum,
  });
  expect(await prune(disk, 500)).toBeUndefined();
});

test("nothing goes that is not covered, not old enough, or among the last two segments", async () => {
  const { disk } = await made();
  expect(await planPrune({ files: disk, directory, beforeMs: 0, covered: 600 })).toBeUndefined();
  expect(await planPrune({ files: disk, directory, beforeMs: 600, covered: 0 })).toBeUndefined();
  const covered = await planPrune({ files: disk, directory, beforeMs: 600, covered: 100 });
  expect(covered!.minimum).toBeLessThanOrEqual(100);
  const all = await planPrune({ files: disk, directory, beforeMs: 1e6, covered: 1e6 });
  expect(all!.segments.length).toBe(segmentsOf(disk).length - 2);
});

test("a beginning that is gone without a record of it is damage, and so are forged tiles of it", async () => {
  const { disk } = await made();
  const cut = disk.contents();
  const [gone] = segmentsOf(disk);
  cut.delete(gone!);
  const opening = openLog({ directory, origin, now, files: MemoryDisk.of(cut) });
  await expect(opening).rejects.toMatchObject({ code: "log_damaged" });
  const second = segmentsOf(disk)[1]!;
  cut.set(`${directory}/minimum`, Buffer.from(`${Number(second.slice(-24, -4))}\n`));
  const claimed = await verifyLog(directory, { files: MemoryDisk.of(cut) });
  expect(claimed.problems.map(({ code }) => code)).toContain("log_missing_segment");
  await prune(disk, 300);
  const forged = disk.contents();
  forged.get(`${directory}/tile/0/000`)![5]! ^= 1;
  const report = await verifyLog(directory, { files: MemoryDisk.of(forged) });
  expect(report.ok).toBe(false);
  const without = disk.contents();
  without.delete(`${directory}/tile/0/000`);
  const unheld = await verifyLog(directory, { files: MemoryDisk.of(without) });
  expect(unheld).toMatchObject({ ok: true, checkpoints: { unheld: 5 } });
});

test("a crash while pruning leaves a log that opens, verifies and can be pruned on", async () => {
  const { disk } = await made();
  const image = disk.contents();
  for (let call = 0; call < 200; call += 3) {
    const struck = MemoryDisk.of(image);
    struck.options = { fault: { code: "power", call } };
    await prune(struck, 300).catch(() => undefined);
    const after = struck.crash(() => 0.6);
    await prune(after, 300);
    const report = await verifyLog(directory, { files: after });
    expect(report.problems, `call ${call}`).toEqual([]);
    expect(report.first, `call ${call}`).toBeGreaterThan(200);
  }
}, 60_000);

test("holds are folded from the log", async () => {
  const disk = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 8192 });
  const hold = async (name: string, change: "placed" | "released") => {
    const record = {
      v: 1,
      kind: "hold",
      time: 5,
      name,
      change,
      reason: "a claim",
      by: "ana",
    } as const;
    await log.append(encodeRecord(record)).durable;
  };
  await hold("a", "placed");
  await hold("b", "placed");
  await hold("a", "released");
  await log.close();
  expect(await readHolds(disk, directory)).toEqual([
    { name: "b", reason: "a claim", by: "ana", placedMs: 5, sequence: 1 },
  ]);
});

test("a change of keys is on record, signed by both keys once, and by the new one from then on", async () => {
  const { disk } = await made();
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 8192 });
  const next = () => new Uint8Array(32).fill(9);
  const rotation = await rotateKey({ files: disk, directory, log, timeMs: 800, seed: next });
  expect(rotation.checkpoint.note.signatures.map(({ keyId }) => keyId)).toEqual([
    signer.keyId,
    rotation.next.keyId,
  ]);
  const renewed = await openFileSigner({ files: disk, directory, origin, seed });
  expect(renewed.keyId).toBe(rotation.next.keyId);
  await log.append(sample(700).body).durable;
  const notary = await Notary.open({ files: disk, directory, log, signers: [renewed] });
  await notary.sign();
  await notary.close();
  await log.close();
  for (const keys of [undefined, [signer], [renewed]]) {
    const report = await verifyLog(directory, {
      files: disk,
      ...(keys === undefined ? {} : { keys }),
    });
    expect(report.problems).toEqual([]);
  }
  // The retired key signs no more.
  const again = MemoryDisk.of(disk.contents());
  const log2 = await openLog({ directory, origin, now, files: again, segmentBytes: 8192 });
  await log2.append(sample(701).body).durable;
  const stolen = await Notary.open({ files: again, directory, log: log2, signers: [signer] });
  await stolen.sign();
  await stolen.close();
  await log2.close();
  const report = await verifyLog(directory, { files: again });
  expect(report.problems.map(({ code }) => code)).toContain("log_checkpoint_key");
});

test("an interrupted change of keys stops signing until it is finished", async () => {
  const image = (await made()).disk.contents();
  const next = () => new Uint8Array(32).fill(9);
  const rotate = async (disk: MemoryDisk) => {
    const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 8192 });
    try {
      return await rotateKey({ files: disk, directory, log, timeMs: 800, seed: next });
    } finally {
      await log.close();
    }
  };
  let interrupted = 0;
  for (let call = 0; call < 120; call += 2) {
    const struck = MemoryDisk.of(image);
    struck.options = { fault: { code: "power", call } };
    await rotate(struck).catch(() => undefined);
    const after = struck.crash(() => 0.6);
    const signing = await openFileSigner({ files: after, directory, origin, seed }).catch(
      (error: unknown) => error,
    );
    if (signing instanceof Error) {
      interrupted += 1;
      expect(signing).toMatchObject({ code: "log_key" });
      await rotate(after);
    }
    const report = await verifyLog(directory, { files: after });
    const codes = report.problems
      .map(({ code }) => code)
      .filter((code) => code !== "log_torn_tail");
    expect(codes, `call ${call}`).toEqual([]);
  }
  expect(interrupted).toBeGreaterThan(5);
}, 60_000);
