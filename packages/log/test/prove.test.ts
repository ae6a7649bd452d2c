import {
  encodeCheckpoint,
  encodeReceipt,
  keyPairOfSeed,
  openLog,
  parseReceipt,
  proveConsistency,
  proveRecord,
  provesConsistency,
  signCheckpoint,
  signerOf,
  verifyReceipt,
} from "@holdfast/log";
import type { LogHead } from "@holdfast/log";
import { beforeAll, expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { directory, now, origin, sample, writeLog } from "./small-log.ts";

const signer = signerOf(origin, keyPairOfSeed(new Uint8Array(32).fill(1)));
const heads: LogHead[] = [];
let disk: MemoryDisk;

/** A log of 60 records in several segments, without a tile. */
beforeAll(async () => {
  disk = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: disk, segmentBytes: 4096 });
  for (let i = 0; i < 60; i += 1) {
    heads.push(log.head);
    await log.append(sample(i).body).durable;
  }
  heads.push(log.head);
  await log.close();
});

const checkpointOf = (head: LogHead) => signCheckpoint(origin, head, [signer]);
const proof = async (index: number, head: LogHead) =>
  proveRecord(directory, { index, checkpoint: await checkpointOf(head), files: disk });

test("a receipt proves its record offline, and no other", async () => {
  for (const [index, size] of [
    [0, 1],
    [0, 60],
    [31, 32],
    [32, 60],
    [59, 60],
    [7, 33],
  ] as const) {
    const { record, receipt } = await proof(index, heads[size]!);
    expect(Buffer.from(record)).toEqual(Buffer.from(sample(index).body));
    const bytes = encodeReceipt(receipt);
    const read = await verifyReceipt(bytes, { keys: [signer], record });
    expect(read).toMatchObject({ index, checkpoint: { origin, head: heads[size] } });
    expect(encodeReceipt(parseReceipt(bytes))).toEqual(bytes);
    await expect(
      verifyReceipt(bytes, { keys: [signer], record: sample(index + 1).body }),
    ).rejects.toMatchObject({ code: "log_proof_path" });
    await expect(verifyReceipt(bytes, { keys: [], record })).rejects.toMatchObject({
      code: "log_checkpoint_key",
    });
    await expect(verifyReceipt(bytes, { keys: [signer] })).rejects.toMatchObject({
      code: "log_proof_record",
    });
  }
});

test("a receipt may hold its record, which is believed because it hashes to the leaf", async () => {
  const { record, receipt } = await proof(20, heads[60]!);
  const bytes = encodeReceipt({ ...receipt, extra: record });
  const read = await verifyReceipt(bytes, { keys: [signer] });
  expect(Buffer.from(read.extra!)).toEqual(Buffer.from(record));
  const forged = encodeReceipt({ ...receipt, extra: sample(21).body });
  await expect(verifyReceipt(forged, { keys: [signer] })).rejects.toMatchObject({
    code: "log_proof_path",
  });
});

test("every changed byte of a receipt is found", async () => {
  const { record, receipt } = await proof(20, heads[60]!);
  const bytes = encodeReceipt({ ...receipt, extra: record });
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at]! ^= 1;
    await expect(verifyReceipt(changed, { keys: [signer] }), `byte ${at}`).rejects.toMatchObject({
      name: "HoldfastError",
    });
  }
});

test("what is no receipt is refused", async () => {
  const { receipt } = await proof(20, heads[60]!);
  const text = encodeReceipt(receipt).toString("utf8");
  for (const bad of [
    "",
    text.replace("@v1", "@v2"),
    text.replace("index 20", "index 020"),
    text.replace("index 20", "extra !\nindex 20"),
    text.replace("index 20\n", ""),
    text.replace("index 20\n", "index 20\nAAAA\n"),
    text.replace("index 20\n", `index 20\n${`${"A".repeat(43)}=\n`.repeat(60)}`),
  ]) {
    expect(() => parseReceipt(Buffer.from(bad)), bad.slice(0, 60)).toThrow(
      expect.objectContaining({ code: "log_proof_format" }),
    );
  }
});

test("a checkpoint that is not this log's gives no receipt", async () => {
  await expect(proof(5, { size: 60, root: "00".repeat(32) })).rejects.toMatchObject({
    code: "log_proof_path",
  });
  await expect(proof(60, heads[60]!)).rejects.toMatchObject({ code: "log_proof_index" });
});

test("consistency is proved between any two heads of the log, and never to another", async () => {
  for (const [from, to] of [
    [0, 60],
    [1, 60],
    [32, 60],
    [33, 59],
    [60, 60],
    [17, 18],
  ] as const) {
    const ends = { from: heads[from]!, to: heads[to]! };
    const hashes = await proveConsistency(directory, { ...ends, files: disk });
    expect(provesConsistency({ ...ends, hashes }), `${from} in ${to}`).toBe(true);
  }
  const strange = { size: 17, root: "00".repeat(32) };
  const other = new MemoryDisk();
  const head = await writeLog(other, [10, 10]);
  for (const [from, to] of [
    [strange, heads[60]!],
    [heads[3]!, strange],
    [heads[20]!, head],
    [heads[60]!, heads[20]!],
  ] as const) {
    await expect(proveConsistency(directory, { from, to, files: disk })).rejects.toMatchObject({
      code: "log_proof_path",
    });
  }
  expect(encodeCheckpoint(await checkpointOf(head)).length).toBeGreaterThan(0);
});
