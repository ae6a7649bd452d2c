import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { countLines } from "./count-reporter.ts";
import { needTool } from "./need-tool.ts";

const fixture = fileURLToPath(new URL("../test/fixtures/count-run/", import.meta.url));
const vitest = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));

/** Runs vitest on files with one test of each ending and one file that cannot be loaded. */
function run(environment: Record<string, string>): { lines: string[]; status: number | null } {
  const child = spawnSync(process.execPath, [vitest, "run", "--root", fixture], {
    cwd: fixture,
    env: { PATH: process.env["PATH"], NO_COLOR: "1", ...environment },
    encoding: "utf8",
  });
  return { lines: child.stdout.trimEnd().split("\n"), status: child.status };
}

describe("a run of the tests", () => {
  test("ends with its count, and names the programs it missed", () => {
    const { lines, status } = run({ CI: "" });
    expect(lines.slice(-2)).toEqual([
      "not run: no-such-program (2)",
      "2 passed, 2 failed, 3 skipped",
    ]);
    expect(status).toBe(1);
  });

  test("fails where CI=true when a program is missing", () => {
    const { lines } = run({ CI: "true" });
    expect(lines.slice(-2)).toEqual([
      "not run: no-such-program (2)",
      "2 passed, 4 failed, 1 skipped",
    ]);
  });
});

test("the count stands alone on its line", () => {
  expect(countLines({ passed: 3, failed: 0, skipped: 1, missing: new Map() })).toEqual([
    "3 passed, 0 failed, 1 skipped",
  ]);
});

describe("a test that needs a program", () => {
  const skip = (note?: string): never => {
    throw new Error(`skipped: ${note}`);
  };

  test("goes on where the program is installed", () => {
    needTool({ skip }, "sh");
  });

  test("is skipped where it is not, and fails there when CI=true", () => {
    expect(() => needTool({ skip }, "no-such-program", { PATH: "/bin" })).toThrow(
      "skipped: not run: no-such-program",
    );
    expect(() => needTool({ skip }, "sh", { PATH: "", CI: "true" })).toThrow("not run: sh");
  });
});
