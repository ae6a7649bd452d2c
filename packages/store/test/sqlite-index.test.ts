import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteIndex } from "@holdfast/store/sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { sampleOf, testIndex } from "./index-suite.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-store-"));
  folders.push(folder);
  return folder;
}

testIndex("an index in SQLite", async () => new SqliteIndex(scratch()));

const someBatches = () => sampleOf(3);

async function filled(folder: string): Promise<SqliteIndex> {
  const index = new SqliteIndex(folder);
  for (const batch of someBatches()) await index.apply(batch);
  return index;
}

const all = { newestFirst: false, limit: 1000 };

describe("an index file", () => {
  test("keeps what it holds, and its place, for the next process", async () => {
    const folder = scratch();
    const index = await filled(folder);
    const found = await index.find({}, all);
    await index.close();
    const again = new SqliteIndex(folder);
    expect(await again.find({}, all)).toEqual(found);
    expect(await again.place()).toEqual(someBatches().at(-1)?.place);
    await again.close();
  });

  test("is used by several at once, each seeing what the other took", async () => {
    const folder = scratch();
    const [one, other] = [new SqliteIndex(folder), new SqliteIndex(folder)];
    const taken = await Promise.all(
      someBatches().map(async (batch, place) => (place % 2 === 0 ? one : other).apply(batch)),
    );
    expect(taken[0]).toBe(true);
    for (const batch of someBatches()) await one.apply(batch);
    expect(await other.find({}, all)).toEqual(await one.find({}, all));
    await one.close();
    await other.close();
  });

  test.runIf(existsSync("/proc/self/fd"))("is not left open where it was damaged", async () => {
    const folder = scratch();
    const index = await filled(folder);
    const path = join(folder, "index.db");
    const openFiles = () => readdirSync("/proc/self/fd").length;
    const before = openFiles();
    for (let round = 0; round < 12; round += 1) {
      await index.find({ agent: "a" }, all);
      const bytes = readFileSync(path);
      // In place, under another count of changes, so that what is in memory is not believed.
      for (const at of [27, 95]) bytes[at] = (bytes[at] ?? 0) ^ 0x40;
      for (let at = 100; at < bytes.length; at += 1) bytes[at] = (bytes[at] ?? 0) ^ 0x5a;
      writeFileSync(path, bytes, { flag: "r+" });
      await expect(index.find({ agent: "a" }, all)).rejects.toMatchObject({
        code: "index_damaged",
      });
      for (const batch of someBatches()) await index.apply(batch);
    }
    expect(openFiles() - before).toBeLessThan(3);
    await index.close();
  });

  test("is made anew when it was damaged, is no database, or is gone", async () => {
    for (const harm of ["scribble", "replace", "remove"] as const) {
      const folder = scratch();
      const index = await filled(folder);
      const path = join(folder, "index.db");
      if (harm !== "remove") await index.close();
      const bytes = readFileSync(path);
      if (harm === "scribble") writeFileSync(path, bytes.fill(0x5a, 4096));
      if (harm === "replace") writeFileSync(path, "no database at all, but some text ".repeat(400));
      if (harm === "remove") rmSync(path);
      const next = harm === "remove" ? index : new SqliteIndex(folder);
      const place = await next.place().catch((error: unknown) => error);
      if (place !== undefined) expect(place).toMatchObject({ code: "index_damaged" });
      expect(await next.place()).toBeUndefined();
      expect(await next.find({}, all)).toEqual([]);
      await next.close();
    }
  });

  test("is not held up by the lock that a killed process left", async () => {
    const folder = scratch();
    const index = await filled(folder);
    await index.close();
    mkdirSync(join(folder, "index.db.lock"));
    const next = new SqliteIndex(folder);
    expect(await next.find({}, all)).not.toEqual([]);
    await next.close();
    expect(readdirSync(folder)).not.toContain("index.db.lock");
  });
});
