import {
  encodeCheckpoint,
  keyPairOfSeed,
  Notary,
  notaryPace,
  openFileSigner,
  openLog,
  parseCheckpoint,
  readVerifierKeys,
  signCheckpoint,
  signerOf,
} from "@holdfast/log";
import type { Checkpoint, Log } from "@holdfast/log";
import { expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { randomOf } from "./random.ts";
import { directory, now, origin, sample } from "./small-log.ts";

const seed = (): Uint8Array => new Uint8Array(32).fill(7);
const signer = signerOf(origin, keyPairOfSeed(seed()));
const notes = `${directory}/checkpoints`;
const shown = `${directory}/checkpoint`;

interface Opened {
  readonly log: Log;
  readonly notary: Notary;
}

async function open(disk: MemoryDisk): Promise<Opened> {
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 4096 });
  const fileSigner = await openFileSigner({ files: disk, directory, origin, seed });
  const signers = [fileSigner];
  return { log, notary: await Notary.open({ files: disk, directory, log, signers }) };
}

async function append(log: Log, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await log.append(sample(log.size).body).durable;
}

async function close({ log, notary }: Opened): Promise<void> {
  await notary.close();
  await log.close();
}

/** A log of 40 records in several segments, signed after every fifth. */
async function signedLog(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const opened = await open(disk);
  for (let round = 0; round < 8; round += 1) {
    await append(opened.log, 5);
    await opened.notary.sign();
  }
  await close(opened);
  return disk;
}

function changed(disk: MemoryDisk, path: string, change: (bytes: Buffer) => Buffer): MemoryDisk {
  const contents = disk.contents();
  const bytes = contents.get(path);
  if (bytes === undefined) throw new Error(`no ${path}`);
  return MemoryDisk.of(contents.set(path, change(bytes)));
}

function without(disk: MemoryDisk, ...paths: readonly string[]): MemoryDisk {
  const contents = disk.contents();
  for (const path of paths) contents.delete(path);
  return MemoryDisk.of(contents);
}

const opening = (disk: MemoryDisk) => openLog({ directory, origin, now, files: disk });
const damage = (code: string) => ({
  code: "log_damaged",
  damage: expect.objectContaining({ code }),
});

test("every note is kept, the newest is shown, and all carry the key that is beside them", async () => {
  const disk = await signedLog();
  const contents = disk.contents();
  const text = contents.get(notes)!.toString("utf8");
  const kept = text.split(/(?<=\n\n— [^\n]*\n)/u).map((each) => parseCheckpoint(Buffer.from(each)));
  expect(kept.map(({ head }) => head.size)).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
  expect(text.endsWith(contents.get(shown)!.toString("utf8"))).toBe(true);
  expect(await readVerifierKeys(disk, directory)).toMatchObject([
    { name: origin, keyId: signer.keyId },
  ]);
});

test("a head is signed at most once a second, and shown again when the log is idle", async () => {
  const disk = new MemoryDisk();
  const { log, notary } = await open(disk);
  const sizes: (number | undefined)[] = [];
  const tick = async (nowMs: number) => sizes.push((await notary.tick(nowMs))?.head.size);
  await append(log, 1);
  await tick(0);
  await append(log, 1);
  await tick(notaryPace.intervalMs - 1);
  await tick(notaryPace.intervalMs);
  await tick(notaryPace.intervalMs * 2);
  await tick(notaryPace.intervalMs + notaryPace.heartbeatMs - 1);
  const before = disk.contents().get(notes);
  await tick(notaryPace.intervalMs + notaryPace.heartbeatMs);
  await tick(notaryPace.intervalMs + notaryPace.heartbeatMs + 1);
  expect(sizes).toEqual([1, undefined, 2, undefined, undefined, 2, undefined]);
  expect(disk.contents().get(notes)).toEqual(before);
  await close({ log, notary });
});

test("only durable records are signed", async () => {
  const disk = new MemoryDisk();
  const { log, notary } = await open(disk);
  const { durable } = log.append(sample(0).body);
  expect((await notary.sign()).head.size).toBe(0);
  await durable;
  expect((await notary.sign()).head).toEqual(log.head);
  await close({ log, notary });
});

test("a log shorter than its last checkpoint is not opened, whatever its tail looks like", async () => {
  const disk = await signedLog();
  const segments = [...disk.contents().keys()].filter((path) => path.endsWith(".seg")).sort();
  const last = segments.at(-1)!;
  await expect(opening(without(disk, last))).rejects.toMatchObject(damage("log_checkpoint_behind"));
  // Zeros from the middle of the last group on: alone, that is what a crash leaves.
  const end = disk
    .contents()
    .get(last)!
    .findLastIndex((byte) => byte !== 0);
  const torn = changed(disk, last, (bytes) => bytes.fill(0, end - 10));
  await expect(opening(torn)).rejects.toMatchObject(damage("log_checkpoint_behind"));
  const unsigned = without(torn, notes, shown);
  await expect(opening(unsigned).then((log) => log.close())).resolves.toBeUndefined();
});

test("a log of another past is not opened", async () => {
  const disk = await signedLog();
  const another = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: another, segmentBytes: 4096 });
  for (let i = 0; i < 50; i += 1) await log.append(sample(i + 1).body).durable;
  await log.close();
  const contents = another.contents();
  for (const path of [notes, shown, `${directory}/keys/log.vkey`]) {
    contents.set(path, disk.contents().get(path)!);
  }
  await expect(opening(MemoryDisk.of(contents))).rejects.toMatchObject(
    damage("log_checkpoint_root"),
  );
});

test("notes that are changed, lost or of another key are damage", async () => {
  const disk = await signedLog();
  const flip = (at: number) => (bytes: Buffer) => {
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    return bytes;
  };
  const strange = encodeCheckpoint(
    await signCheckpoint(origin, { size: 40, root: "00".repeat(32) }, [
      signerOf(origin, keyPairOfSeed(new Uint8Array(32).fill(8))),
    ]),
  );
  const fork: Checkpoint = await signCheckpoint(origin, { size: 40, root: "00".repeat(32) }, [
    signer,
  ]);
  for (const [changedDisk, code] of [
    [without(disk, notes), "log_checkpoint_missing"],
    [changed(disk, notes, (bytes) => bytes.subarray(0, -1)), "log_checkpoint_missing"],
    [changed(disk, notes, flip(-6)), "log_checkpoint_signature"],
    [changed(disk, shown, flip(-6)), "log_checkpoint_signature"],
    [changed(disk, shown, () => strange), "log_checkpoint_key"],
    [changed(disk, shown, () => encodeCheckpoint(fork)), "log_checkpoint_fork"],
    [changed(disk, shown, () => Buffer.from("x")), "log_checkpoint_format"],
    [without(disk, `${directory}/keys/log.vkey`), "log_checkpoint_key"],
  ] as const) {
    await expect(opening(changedDisk), code).rejects.toMatchObject(damage(code));
  }
});

test("a private key that is gone, or is another, signs nothing", async () => {
  const disk = await signedLog();
  const pem = `${directory}/keys/log.pem`;
  const signing = (each: MemoryDisk) => openFileSigner({ files: each, directory, origin, seed });
  await expect(signing(without(disk, pem))).rejects.toMatchObject({ code: "log_key" });
  const another = Buffer.from(keyPairOfSeed(new Uint8Array(32).fill(8)).pem());
  await expect(signing(changed(disk, pem, () => another))).rejects.toMatchObject({
    code: "log_key",
  });
  await expect(signing(changed(disk, pem, () => Buffer.from("x")))).rejects.toMatchObject({
    code: "log_key",
  });
});

test("after any power failure the log opens, and every note that was shown is still kept", async () => {
  for (let run = 0; run < 60; run += 1) {
    const random = randomOf(run);
    const call = 60 + Math.floor(random() * 160);
    const disk = new MemoryDisk({ fault: { code: "power", call } });
    let last = 0;
    try {
      const opened = await open(disk);
      for (let round = 0; round < 20; round += 1) {
        await append(opened.log, 1);
        last = (await opened.notary.sign()).head.size;
      }
    } catch {
      // the power is gone
    }
    const after = disk.crash(random);
    const opened = await open(after);
    expect(opened.log.size, `run ${run}`).toBeGreaterThanOrEqual(last);
    expect(opened.notary.newest?.head.size ?? 0, `run ${run}`).toBeGreaterThanOrEqual(last);
    await append(opened.log, 1);
    await opened.notary.sign();
    await close(opened);
    await (await opening(after)).close();
  }
});
