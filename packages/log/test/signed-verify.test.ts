import {
  encodeCheckpoint,
  keyPairOfSeed,
  Notary,
  openLog,
  parseCheckpoint,
  signCheckpoint,
  signerOf,
  verifyLog,
} from "@holdfast/log";
import type { VerifyReport } from "@holdfast/log";
import { beforeAll, expect, test } from "vitest";
import { verifierKeyText } from "@holdfast/log";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, now, origin, sample } from "./small-log.ts";

const signer = signerOf(origin, keyPairOfSeed(new Uint8Array(32).fill(7)));
const stranger = signerOf(origin, keyPairOfSeed(new Uint8Array(32).fill(8)));
const notes = `${directory}/checkpoints`;
const shown = `${directory}/checkpoint`;
const vkey = `${directory}/keys/log.vkey`;
let files: Map<string, Buffer>;

/** A log of 40 records in several segments, signed after every fifth. */
beforeAll(async () => {
  const disk = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 4096 });
  const notary = await Notary.open({ files: disk, directory, log, signers: [signer] });
  for (let i = 1; i <= 40; i += 1) {
    await log.append(sample(log.size).body).durable;
    if (i % 5 === 0) await notary.sign();
  }
  await notary.close();
  await log.close();
  files = disk.contents().set(vkey, Buffer.from(`${verifierKeyText(signer)}\n`));
});

const verify = (
  changes: Readonly<Record<string, Buffer | undefined>> = {},
  options: Parameters<typeof verifyLog>[1] = {},
): Promise<VerifyReport> => {
  const contents = new Map(files);
  for (const [path, bytes] of Object.entries(changes)) {
    if (bytes === undefined) contents.delete(path);
    else contents.set(path, bytes);
  }
  return verifyLog(directory, { files: MemoryDisk.of(contents), ...options });
};

const codes = (report: VerifyReport) => report.problems.map(({ code }) => code);

function noteList(): Buffer[] {
  const text = files.get(notes)!.toString("utf8");
  return text.split(/(?<=\n\n— [^\n]*\n)/u).map((each) => Buffer.from(each));
}

test("every note kept is held to the log, and who signed is said", async () => {
  const report = await verify();
  expect(report).toMatchObject({ ok: true, problems: [] });
  expect(report.checkpoints).toEqual({
    good: 8,
    unheld: 0,
    newest: 40,
    signers: [`${origin}+${signer.keyId}`],
    keysGiven: false,
  });
  const given = await verify({}, { keys: [signer] });
  expect(given).toMatchObject({ ok: true, checkpoints: { good: 8, keysGiven: true } });
});

test("every changed byte of the notes and of the newest note is found", async () => {
  for (const path of [notes, shown]) {
    const bytes = files.get(path)!;
    for (let at = 0; at < bytes.length; at += path === notes ? 7 : 1) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect((await verify({ [path]: changed })).ok, `${path} ${at}`).toBe(false);
    }
  }
}, 60_000);

test("notes that are gone, in disorder, twice, or of another past are found", async () => {
  const list = noteList();
  const swapped = [...list];
  [swapped[2], swapped[3]] = [list[3]!, list[2]!];
  const fork = await signCheckpoint(origin, { size: 20, root: "00".repeat(32) }, [signer]);
  const beyond = await signCheckpoint(origin, { size: 41, root: "00".repeat(32) }, [signer]);
  const forged = await signCheckpoint(origin, parseCheckpoint(list[7]!).head, [stranger]);
  for (const [changes, code] of [
    [{ [notes]: undefined }, "log_checkpoint_missing"],
    [{ [notes]: Buffer.concat(list.slice(0, 7)) }, "log_checkpoint_missing"],
    [{ [notes]: Buffer.concat(swapped) }, "log_checkpoint_order"],
    [{ [notes]: Buffer.concat([...list, list[7]!]) }, "log_checkpoint_order"],
    [
      { [notes]: Buffer.concat([...list.slice(0, 3), encodeCheckpoint(fork)]), [shown]: undefined },
      "log_checkpoint_root",
    ],
    [{ [notes]: Buffer.concat([...list, encodeCheckpoint(beyond)]) }, "log_checkpoint_behind"],
    [
      { [notes]: Buffer.concat([...list.slice(0, 7), encodeCheckpoint(forged)]) },
      "log_checkpoint_key",
    ],
    [{ [vkey]: undefined }, "log_checkpoint_key"],
    [{ [vkey]: Buffer.from("x\n") }, "log_checkpoint_format"],
    [{ [notes]: Buffer.concat([...list, list[7]!.subarray(0, 50)]) }, "log_torn_tail"],
  ] as const) {
    expect(codes(await verify(changes)), code).toContain(code);
  }
});

test("a log cut below its last note is damaged, however clean its tail looks", async () => {
  const last = [...files.keys()]
    .filter((path) => path.endsWith(".seg"))
    .sort()
    .at(-1)!;
  expect(codes(await verify({ [last]: undefined }))).toContain("log_checkpoint_behind");
});

test("keys that are given are believed, and those in the folder are not", async () => {
  const report = await verify({}, { keys: [stranger] });
  expect(codes(report)).toEqual(["log_checkpoint_key"]);
});

test("a checkpoint kept elsewhere anchors the log, and shows one that was rolled back", async () => {
  const list = noteList();
  const anchor = { source: "file:/backup/checkpoint", checkpoint: list[7]! };
  const report = await verify({}, { anchors: [anchor] });
  expect(report).toMatchObject({ ok: true, anchor: "anchored at file:/backup/checkpoint size 40" });
  const rolledBack = new Map([...files].filter(([path]) => !path.includes("/checkpoint")));
  const older = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: older, segmentBytes: 4096 });
  for (let i = 0; i < 39; i += 1) await log.append(sample(i).body).durable;
  await log.close();
  const contents = older.contents().set(vkey, rolledBack.get(vkey)!);
  const held = await verifyLog(directory, { files: MemoryDisk.of(contents), anchors: [anchor] });
  expect(codes(held)).toEqual(["log_checkpoint_behind"]);
  const strange = { source: "a note", checkpoint: Buffer.from("x") };
  expect(codes(await verify({}, { anchors: [strange] }))).toEqual(["log_checkpoint_format"]);
});
