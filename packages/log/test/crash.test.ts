import { verifyLog } from "@holdfast/log";
import { expect, test } from "vitest";
import { brokenPromises, Life, newcomer, openSmall } from "./crash-life.ts";
import type { LifeOptions, Witness } from "./crash-life.ts";
import { MemoryDisk } from "./memory-disk.ts";
import type { DiskOptions, Fault } from "./memory-disk.ts";
import { randomOf } from "./random.ts";
import { directory, sample, writeLog } from "./small-log.ts";

/** More of the sampled runs for a longer look: HOLDFAST_CRASHES=2000. */
const runs = Number(process.env["HOLDFAST_CRASHES"] ?? 20);

/** A disk after a crash, and what is known of the log on it. */
interface Crash {
  readonly disk: MemoryDisk;
  readonly witness: Witness;
  /** where it comes from, so that it can be made again */
  readonly from: string;
}

/** Problems of some crashes, each with where it comes from. Equal states are looked at once. */
async function problemsOf(crashes: Iterable<Crash>): Promise<{ states: number; broken: string[] }> {
  const seen = new Set<string>();
  const broken: string[] = [];
  for (const { disk, witness, from } of crashes) {
    const key = `${witness.acknowledged}/${witness.signed} ${disk.print()}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const problems = await brokenPromises(disk, witness);
    broken.push(...problems.map((text) => `${from}: ${text}`));
  }
  return { states: seen.size, broken };
}

/** Two groups at once from three callers, with payloads, checkpoints and new segments. */
function small(random: () => number): LifeOptions {
  return { random, callers: [4, 3, 2], padMax: 1800, signsAfter: 2 };
}

/** Runs a life and takes some of the disks that a power failure before each call may leave. */
async function watched(
  disk: MemoryDisk,
  life: (disk: MemoryDisk) => Life,
  take: (disk: MemoryDisk, call: number) => Iterable<MemoryDisk>,
  options: DiskOptions = {},
): Promise<{ life: Life; crashes: Crash[] }> {
  const crashes: Crash[] = [];
  const made = life(disk);
  let call = 0;
  disk.options = {
    ...options,
    watch: (seen, name) => {
      const { witness } = made;
      for (const after of take(seen, call)) {
        crashes.push({ disk: after, witness, from: `call ${call} (${name})` });
      }
      call += 1;
    },
  };
  await made.run();
  disk.options = {};
  return { life: made, crashes };
}

test("every state in whole pages that a crash of a small log may leave keeps its promises", async () => {
  const disk = new MemoryDisk();
  const random = randomOf(1);
  const { life, crashes } = await watched(
    disk,
    (on) => new Life(on, newcomer, small(random)),
    (seen) => seen.crashes(64),
  );
  expect(life.witness.acknowledged).toBe(9);
  const { states, broken } = await problemsOf(crashes);
  expect(broken).toEqual([]);
  expect(states).toBeGreaterThan(120);
}, 120_000);

/** Some states by chance, torn at any byte, of some of the moments. */
function sampled(random: () => number, share: number, each: number) {
  return (disk: MemoryDisk): MemoryDisk[] =>
    random() < share ? Array.from({ length: each }, () => disk.crash(random)) : [];
}

/** Ends a process in one of the ways there are, and gives the disk for the next. */
async function next(disk: MemoryDisk, life: Life, random: () => number): Promise<MemoryDisk> {
  const way = random();
  if (way < 0.3) {
    await life.close();
    return disk;
  }
  return way < 0.6 ? disk.kill() : disk.crash(random);
}

/**
 * A few processes one after the other on one log, each of which ends at a random moment: closed,
 * killed, by a power failure or after an error; with crashes taken at random moments of each.
 */
async function chronicle(seed: number, options: DiskOptions): Promise<Crash[]> {
  const random = randomOf(seed);
  const all: Crash[] = [];
  let disk = new MemoryDisk();
  let witness = newcomer;
  for (let number = 0; number < 4; number += 1) {
    const callers = Array.from(
      { length: 1 + Math.floor(random() * 3) },
      () => 1 + (number % 3) * 2,
    );
    const fault = random() < 0.7 ? { fault: someFault(random) } : {};
    const cuts = randomOf(seed + number);
    const shortWrites = random() < 0.3 ? { shortWrites: () => Math.max(cuts(), 0.2) } : {};
    const signs = random() < 0.5 ? { signsAfter: 2 } : {};
    const before = witness;
    const { life, crashes } = await watched(
      disk,
      (on) => new Life(on, before, { random, callers, padMax: 1500, ...signs }),
      sampled(random, 0.15, 3),
      { ...options, ...fault, ...shortWrites },
    );
    disk.options = options;
    for (const { disk: after, witness: known, from } of crashes) {
      all.push({ disk: after, witness: known, from: `seed ${seed} life ${number} ${from}` });
    }
    witness = life.witness;
    disk = await next(disk, life, random);
    disk.options = options;
    all.push({ disk: disk.crash(random), witness, from: `seed ${seed} after life ${number}` });
  }
  return all;
}

function someFault(random: () => number): Fault {
  const codes = ["EIO", "ENOSPC", "power"] as const;
  const effects = ["none", "half", "whole"] as const;
  const pick = <T>(list: readonly [T, ...T[]]): T =>
    list[Math.floor(random() * list.length)] ?? list[0];
  const call = Math.floor(random() * 90);
  return { code: pick(codes), call, effect: pick(effects), lasts: random() < 0.3 };
}

test(
  "processes that are closed, killed, struck by errors or cut off keep all promises of the log",
  async () => {
    let states = 0;
    for (let seed = 0; seed < runs; seed += 1) {
      const found = await problemsOf(await chronicle(seed, {}));
      expect(found.broken).toEqual([]);
      states += found.states;
    }
    expect(states).toBeGreaterThan(runs * 10);
  },
  120_000 + runs * 2000,
);

test.each([
  { what: "files", options: { skipsSync: true } },
  { what: "folders", options: { skipsFolderSync: true } },
])("without the sync of $what the same crashes find what is lost", async ({ options }) => {
  const broken: string[] = [];
  for (let seed = 0; seed < 6; seed += 1) {
    broken.push(...(await problemsOf(await chronicle(seed, options))).broken);
  }
  expect(broken.filter((text) => / is lost| looks like damage|became/u.test(text))).not.toEqual([]);
});

test("a crash at any moment of a recovery keeps its promises, and so does one after that", async () => {
  const random = randomOf(3);
  const { crashes } = await watched(
    new MemoryDisk(),
    (on) => new Life(on, newcomer, small(random)),
    sampled(random, 0.5, 4),
  );
  let recoveries = 0;
  for (const { disk, witness, from } of crashes) {
    const during: Crash[] = [];
    disk.options = {
      watch: (seen, name) => {
        for (const after of [seen.crash(random), seen.crash(random)]) {
          during.push({ disk: after, witness, from: `${from}, then in recovery (${name})` });
        }
      },
    };
    const log = await openSmall(disk);
    disk.options = {};
    if (log.recovery === undefined) {
      await log.close();
      continue;
    }
    recoveries += 1;
    during.push({ disk: disk.kill().crash(random), witness, from: `${from}, then killed` });
    expect((await problemsOf(during)).broken).toEqual([]);
    if (recoveries === 12) break;
  }
  expect(recoveries).toBe(12);
}, 120_000);

/** Every call of a disk that fails, one after the other, until a life has fewer calls than that. */
async function* everyFault(
  fault: Omit<Fault, "call">,
  begin: () => { disk: MemoryDisk; witness: Witness },
): AsyncGenerator<{ call: number; disk: MemoryDisk; life: Life; errors: unknown[] }> {
  for (let call = 0; ; call += 1) {
    const { disk, witness } = begin();
    disk.options = { fault: { ...fault, call } };
    const random = randomOf(call);
    const life = new Life(disk, witness, { ...small(random), callers: [3, 2] });
    const errors = await life.run();
    if (!disk.struck) return;
    disk.options = {};
    yield { call, disk, life, errors };
  }
}

test.each([
  { code: "EIO", effect: "none" },
  { code: "EIO", effect: "half" },
  { code: "EIO", effect: "whole" },
  { code: "ENOSPC", effect: "none" },
  { code: "ENOSPC", effect: "half", lasts: true },
] as const)(
  "whichever call fails with $code ($effect), nothing is acknowledged that is not durable",
  async (fault) => {
    const random = randomOf(5);
    let struck = 0;
    for await (const { call, disk, life, errors } of everyFault(fault, () => ({
      disk: new MemoryDisk(),
      witness: newcomer,
    }))) {
      struck += 1;
      const { witness } = life;
      const from = `call ${call}`;
      const crashes = [1, 2, 3].map(() => ({ disk: disk.crash(random), witness, from }));
      expect((await problemsOf(crashes)).broken, String(errors)).toEqual([]);
      // The machine goes on: the next process finds what this one was promised.
      await life.close();
      expect(await brokenPromises(disk, witness), `${from}, opened again`).toEqual([]);
      expect(await brokenPromises(disk.crash(random), witness), `${from}, then a crash`).toEqual(
        [],
      );
    }
    expect(struck).toBeGreaterThan(60);
  },
  120_000,
);

test("whichever call of a recovery fails, the log is as whole as before", async () => {
  const random = randomOf(8);
  const { crashes } = await watched(
    new MemoryDisk(),
    (on) => new Life(on, newcomer, small(random)),
    sampled(random, 0.4, 3),
  );
  let recoveries = 0;
  for (const { disk, witness, from } of crashes) {
    const contents = disk.contents();
    const probe = MemoryDisk.of(contents);
    const log = await openSmall(probe);
    await log.close();
    if (log.recovery === undefined) continue;
    recoveries += 1;
    for (const effect of ["none", "half", "whole"] as const) {
      for (let call = 0; ; call += 1) {
        const struck = MemoryDisk.of(contents);
        struck.options = { fault: { code: call % 2 === 0 ? "EIO" : "ENOSPC", call, effect } };
        const opened = await openSmall(struck).catch(() => undefined);
        await opened?.close();
        if (!struck.struck) break;
        struck.options = {};
        const place = `${from}, call ${call} of recovery (${effect})`;
        expect(await brokenPromises(struck.crash(random), witness), place).toEqual([]);
        expect(await brokenPromises(struck, witness), `${place}, opened again`).toEqual([]);
      }
    }
    if (recoveries === 4) break;
  }
  expect(recoveries).toBe(4);
}, 120_000);

test("a payload file of which a crash left the header alone begins anew", async () => {
  const disk = new MemoryDisk();
  await writeLog(disk, [1]);
  const before = disk.contents();
  const log = await openSmall(disk);
  const { body, payload } = sample(1, { payload: true });
  await log.append(body, payload).durable;
  await log.close();
  const path = `${directory}/payload/00000000000000000001.pay`;
  const bytes = disk.contents().get(path);
  if (bytes === undefined) throw new Error("no payload file");
  // The frame behind the header is lost, and so are the records of its group.
  bytes.fill(0, 12 + bytes.readUInt32BE(0));
  const crashed = MemoryDisk.of(before.set(path, bytes));
  expect(await verifyLog(directory, { files: crashed })).toMatchObject({ state: "torn" });
  // The next groups have other numbers than the one that the header named.
  await writeLog(crashed, [1, 1, 2]);
  expect(await verifyLog(directory, { files: crashed })).toMatchObject({ state: "intact" });
});

test("a log that was signed while it was new verifies although its first group is lost", async () => {
  const disk = new MemoryDisk();
  const life = new Life(disk, newcomer, { random: randomOf(1), callers: [0], signsAfter: 1 });
  await life.run();
  await life.close();
  expect(await verifyLog(directory, { files: disk })).toMatchObject({
    state: "intact",
    head: { size: 0 },
    checkpoints: { good: 1, newest: 0 },
  });
});
