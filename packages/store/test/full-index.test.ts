import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteIndex } from "@holdfast/store/sqlite";
import { expect, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";
import { sampleOf } from "./index-suite.ts";

test("an index on a disk that is full is kept, and goes on when there is room", async (context) => {
  const mount = needTool(context, "mount");
  const umount = needTool(context, "umount");
  const disk = mkdtempSync(join(tmpdir(), "holdfast-full-index-"));
  try {
    execFileSync(mount, ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk], { stdio: "pipe" });
  } catch {
    rmSync(disk, { recursive: true });
    return context.skip("not run: mount of a tmpfs, which needs the right to");
  }
  try {
    const data = join(disk, "data");
    mkdirSync(data);
    const [first, ...rest] = sampleOf(3);
    const index = new SqliteIndex(data);
    await index.apply(first!);
    const all = { newestFirst: false, limit: 1000 };
    const before = await index.find({}, all);
    const { ino } = statSync(join(data, "index.db"));
    const fill = join(disk, "fill");
    expect(() => writeFileSync(fill, Buffer.alloc(16 * 1024 * 1024))).toThrow("ENOSPC");
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(index.apply(rest[0]!)).rejects.toMatchObject({ code: "index_full" });
    }
    const other = new SqliteIndex(data);
    await expect(other.apply(rest[0]!)).rejects.toMatchObject({ code: "index_full" });
    await other.close();
    expect(statSync(join(data, "index.db")).ino).toBe(ino);
    rmSync(fill);
    expect(await index.find({}, all)).toEqual(before);
    for (const batch of rest) expect(await index.apply(batch)).toBe(true);
    expect(statSync(join(data, "index.db")).ino).toBe(ino);
    await index.close();
  } finally {
    execFileSync(umount, ["--lazy", disk]);
    rmSync(disk, { recursive: true, force: true });
  }
});
