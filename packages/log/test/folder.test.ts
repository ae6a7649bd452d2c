import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeFolder } from "@holdfast/log";

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a folder is made with those above it, each with the mode, and one that exists is left alone", () => {
  const root = scratch();
  makeFolder(join(root, "a/b"), 0o700);
  expect(statSync(join(root, "a")).mode & 0o777).toBe(0o700);
  expect(statSync(join(root, "a/b")).mode & 0o777).toBe(0o700);
  chmodSync(join(root, "a/b"), 0o750);
  makeFolder(join(root, "a/b"), 0o700);
  expect(statSync(join(root, "a/b")).mode & 0o777).toBe(0o750);
});

test("a file in the place of a folder, or above it, is an error", () => {
  const file = join(scratch(), "file");
  writeFileSync(file, "");
  expect(() => makeFolder(file)).toThrow(/^EEXIST/u);
  expect(() => makeFolder(join(file, "below"))).toThrow(/^ENOTDIR/u);
});

test.runIf(existsSync("/proc/self"))(
  "a file system that takes no folders is an error, not a wait",
  () => {
    expect(() => makeFolder("/proc/holdfast/log")).toThrow(/^ENOENT/u);
  },
);
