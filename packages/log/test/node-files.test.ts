import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFiles } from "@holdfast/log";
import { expect, test } from "vitest";

test("a file is not at its path once a link on the way leads elsewhere", async () => {
  const base = mkdtempSync(join(tmpdir(), "holdfast-log-"));
  for (const name of ["old", "new"]) mkdirSync(join(base, name));
  const link = join(base, "data");
  symlinkSync("old", link);
  const file = await nodeFiles.open(join(link, "x"), "create");
  try {
    expect(await file.isAt(join(link, "x"))).toBe(true);
    expect(await file.isAt(join(link, "x"))).toBe(true);
    unlinkSync(link);
    symlinkSync("new", link);
    expect(await file.isAt(join(link, "x"))).toBe(false);
    unlinkSync(link);
    expect(await file.isAt(join(link, "x"))).toBe(false);
    symlinkSync("old", link);
    expect(await file.isAt(join(link, "x"))).toBe(true);
  } finally {
    await file.close();
    rmSync(base, { recursive: true });
  }
});
