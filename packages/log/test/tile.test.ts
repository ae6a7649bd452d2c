import {
  keyPairOfSeed,
  openLog,
  proveConsistency,
  proveRecord,
  signCheckpoint,
  signerOf,
  TileWriter,
} from "@holdfast/log";
import type { Log, LogHead } from "@holdfast/log";
import { expect, test } from "vitest";
import { MemoryDisk } from "./memory-disk.ts";
import { NaiveTree } from "./naive-tree.ts";
import { directory, now, origin, sample } from "./small-log.ts";

const signer = signerOf(origin, keyPairOfSeed(new Uint8Array(32).fill(1)));

function appendAll(log: Log, count: number): Promise<unknown> {
  const last = Array.from({ length: count }, () => log.append(sample(log.size).body).durable);
  return Promise.all(last);
}

const open = (disk: MemoryDisk) =>
  openLog({ directory, origin, now, files: disk, segmentBytes: 64 * 1024 });

/** Every tile and bundle a tree of this size has, by C2SP tlog-tiles, computed from the definition. */
function expectedTiles(size: number): Map<string, string> {
  const bodies = Array.from({ length: size }, (_, index) => Buffer.from(sample(index).body));
  const tree = new NaiveTree(bodies);
  const tiles = new Map<string, string>();
  const path = (series: string, number: number, width: number) =>
    `${directory}/tile/${series}/${String(number).padStart(3, "0")}${width === 256 ? "" : `.p/${width}`}`;
  for (let number = 0; number * 256 < size; number += 1) {
    const entries = bodies.slice(number * 256, (number + 1) * 256);
    const bytes = entries.flatMap((body) => [Buffer.of(body.length >> 8, body.length & 255), body]);
    tiles.set(path("entries", number, entries.length), Buffer.concat(bytes).toString("hex"));
  }
  for (let level = 0; 256 ** level <= size; level += 1) {
    const span = 256 ** level;
    const items = Math.floor(size / span);
    for (let number = 0; number * 256 < items; number += 1) {
      const width = Math.min(256, items - number * 256);
      const hashes = Array.from({ length: width }, (_, item) => {
        const start = (number * 256 + item) * span;
        return tree.root(start, start + span);
      });
      tiles.set(path(String(level), number, width), Buffer.concat(hashes).toString("hex"));
    }
  }
  return tiles;
}

function storedTiles(disk: MemoryDisk): Map<string, string> {
  const tiles = [...disk.contents()].filter(([path]) => path.startsWith(`${directory}/tile/`));
  return new Map(tiles.map(([path, bytes]) => [path, bytes.toString("hex")]));
}

test("tiles and bundles are those of the specification, whenever they are written", async () => {
  const disk = new MemoryDisk();
  let log = await open(disk);
  let writer = new TileWriter({ files: disk, directory, log });
  for (const [count, reopens] of [
    [1, false],
    [254, false],
    [1, false],
    [1, true],
    [300, true],
    [0, false],
    [467, false],
    [40, true],
  ] as const) {
    await appendAll(log, count);
    await writer.write();
    if (!reopens) continue;
    await writer.close();
    await log.close();
    log = await open(disk);
    writer = new TileWriter({ files: disk, directory, log });
  }
  await writer.write();
  await writer.close();
  await log.close();
  const stored = storedTiles(disk);
  const expected = expectedTiles(log.size);
  for (const [path, hex] of expected) expect(stored.get(path), path).toBe(hex);
  // Partial ones of earlier sizes may stay; those of whole tiles may not.
  const whole = [...expected.keys()].filter((path) => !path.includes(".p/"));
  for (const path of whole) {
    expect([...stored.keys()].filter((each) => each.startsWith(`${path}.p/`))).toEqual([]);
  }
});

test("lost, cut and torn tiles are made again from the segments", async () => {
  const disk = new MemoryDisk();
  const log = await open(disk);
  await appendAll(log, 700);
  const first = new TileWriter({ files: disk, directory, log });
  await first.write();
  await first.close();
  await log.close();
  const tiles = `${directory}/tile`;
  for (const damage of [
    (files: Map<string, Buffer>) =>
      [...files.keys()]
        .filter((path) => path.startsWith(tiles))
        .forEach((path) => files.delete(path)),
    (files: Map<string, Buffer>) => files.delete(`${tiles}/0/001`),
    (files: Map<string, Buffer>) => files.set(`${tiles}/0/001`, Buffer.alloc(0)),
    (files: Map<string, Buffer>) => files.set(`${tiles}/0/001`, Buffer.alloc(8192)),
    (files: Map<string, Buffer>) => files.set(`${tiles}/entries/001`, Buffer.alloc(100)),
    (files: Map<string, Buffer>) => files.delete(`${tiles}/0/000`),
  ]) {
    const files = disk.contents();
    damage(files);
    const after = MemoryDisk.of(files);
    const again = await open(after);
    const writer = new TileWriter({ files: after, directory, log: again });
    await writer.write();
    await writer.close();
    await again.close();
    const stored = storedTiles(after);
    for (const [path, hex] of expectedTiles(700)) expect(stored.get(path), path).toBe(hex);
  }
});

test("proofs read tiles and no segment, and segments where tiles are absent or lie", async () => {
  const disk = new MemoryDisk();
  const log = await open(disk);
  const heads: LogHead[] = [log.head];
  for (let i = 0; i < 600; i += 1) {
    await log.append(sample(i).body).durable;
    heads.push(log.head);
  }
  const writer = new TileWriter({ files: disk, directory, log });
  await writer.write();
  await writer.close();
  await log.close();
  const contents = disk.contents();
  const tilesOnly = new Map([...contents].filter(([path]) => !path.includes("/seg/")));
  const none = new Map([...contents].filter(([path]) => !path.includes("/tile/")));
  const lying = new Map(
    [...contents].map(([path, bytes]) => [
      path,
      path.includes("/tile/") ? Buffer.alloc(bytes.length, 1) : bytes,
    ]),
  );
  for (const [name, files] of Object.entries({ tilesOnly, none, lying })) {
    for (const [index, size] of [
      [0, 600],
      [255, 256],
      [256, 600],
      [599, 600],
      [300, 513],
    ] as const) {
      const checkpoint = await signCheckpoint(origin, heads[size]!, [signer]);
      const { record } = await proveRecord(directory, {
        index,
        checkpoint,
        files: MemoryDisk.of(files),
      });
      expect(Buffer.from(record), `${name} ${index} of ${size}`).toEqual(
        Buffer.from(sample(index).body),
      );
    }
    for (const [from, to] of [
      [1, 600],
      [256, 600],
      [300, 599],
      [511, 512],
    ] as const) {
      const ends = { from: heads[from]!, to: heads[to]! };
      await proveConsistency(directory, { ...ends, files: MemoryDisk.of(files) });
    }
  }
});

test("records that come while older ones are read, and more than memory may hold, get their tiles", async () => {
  const disk = new MemoryDisk();
  const log = await openLog({ directory, origin, now, files: disk });
  await appendAll(log, 1000);
  const writer = new TileWriter({ files: disk, directory, log });
  const written = writer.write();
  for (let round = 0; round < 10; round += 1) await appendAll(log, 30);
  await written;
  await writer.write();
  const { body } = sample(0, { pad: 60_000 });
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(Array.from({ length: 300 }, () => log.append(body).durable));
  }
  await writer.write();
  await writer.close();
  await log.close();
  const checkpoint = await signCheckpoint(origin, log.head, [signer]);
  const tilesOnly = new Map([...disk.contents()].filter(([path]) => !path.includes("/seg/")));
  for (const index of [0, 999, 1150, 1299, 1300, log.size - 1]) {
    await proveRecord(directory, { index, checkpoint, files: MemoryDisk.of(tilesOnly) });
  }
});
