import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shellFact } from "@holdfast/facts";
import type { JsonObject } from "@holdfast/model";
import { needTool } from "../../../tools/need-tool.ts";
import { shellLine } from "./shell-arbitrary.ts";

interface ShellValue {
  readonly opaque: boolean;
  readonly commands: readonly { readonly argv: readonly string[] }[];
}

/** The fact of a text, when there is one that is not opaque. */
function clean(text: string): ShellValue | undefined {
  const annotated = [{ arg: "command", use: "shell", value: text }] as const;
  const answer = shellFact(annotated, { root: "/w", files: { entry: () => undefined } });
  if ("error" in answer) return undefined;
  const value = answer.value as JsonObject & ShellValue;
  return value.opaque ? undefined : value;
}

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "shell-fact-"));
  mkdirSync(join(folder, "empty"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs texts where no program exists; the words of each program that bash looked for. */
function ran(bash: string, text: string, index: number): string[][] {
  // No line that is tried can make a file, so no pattern ever matches one.
  const empty = join(folder, "empty");
  const log = join(folder, `${index}.log`);
  const noted = String.raw`local s= a; for a; do s+="$a"$'\037'; done; printf '%s\036' "$s" >&9`;
  const script = `exec 9>'${log}'; command_not_found_handle() { ${noted}; }; eval "$0"`;
  spawnSync(bash, ["-c", script, text], {
    cwd: empty,
    env: { PATH: "/nonexistent", HOME: "/h" },
    input: "",
    timeout: 20_000,
    stdio: ["pipe", "ignore", "ignore"],
  });
  return readFileSync(log, "utf8")
    .split("\u001e")
    .filter((words) => words.endsWith("\u001f"))
    .map((words) => words.slice(0, -1).split("\u001f"));
}

/** Whether a command that ran is this one of the fact. */
function isShown(words: readonly string[], argv: readonly string[]): boolean {
  if (argv.some((word) => word.includes("\0"))) return words[0] === argv[0];
  return words.length === argv.length && words.every((word, index) => word === argv[index]);
}

describe("what bash runs of a line", () => {
  test("is in the fact, unless that is opaque or an error", (context) => {
    const bash = needTool(context, "bash");
    let index = 0;
    fc.assert(
      fc.property(shellLine, (text) => {
        const value = clean(text);
        if (value === undefined) return;
        index += 1;
        for (const words of ran(bash, text, index)) {
          const shown = value.commands.some(({ argv }) => isShown(words, argv));
          expect([text, words, shown]).toEqual([text, words, true]);
        }
      }),
      { numRuns: 400, interruptAfterTimeLimit: 40_000 },
    );
    expect(index).toBeGreaterThan(10);
  });
});
