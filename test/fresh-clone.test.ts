import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const clone = mkdtempSync(join(tmpdir(), "holdfast-clone-"));

/** Runs a program in the clone, without a terminal, and fails with what it printed. */
function run(program: string, ...args: readonly string[]): string {
  const child = spawnSync(program, args, {
    cwd: clone,
    // Offline, npx cannot fetch what the clone should have brought itself.
    env: program === "npx" ? { ...process.env, npm_config_offline: "true" } : process.env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (child.status !== 0) {
    throw new Error(
      `${[program, ...args].join(" ")}: exit ${child.status}\n${child.stdout}${child.stderr}`,
    );
  }
  return child.stdout;
}

beforeAll(() => {
  run("git", "clone", "--quiet", "--depth", "1", pathToFileURL(root).href, ".");
  // What is cached needs no network; the tests themselves are not run again in the clone.
  run("npm", "ci", "--prefer-offline");
}, 300_000);

afterAll(() => rmSync(clone, { recursive: true, force: true }));

test("after `npm ci` in a fresh clone, `npx holdfast` runs", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    version: string;
  };
  expect(run("npx", "holdfast", "--version").trim()).toBe(version);
  expect(run("npx", "holdfast", "--help")).toContain("Usage: holdfast");
});

test("`npm ci` leaves nothing in the clone that git would see", () => {
  expect(run("git", "status", "--porcelain")).toBe("");
});
