/**
 * What is said of files that cannot be read. Seen to fail: gzip data that is cut short told as an internal
 * error, JSON that is none told without its file.
 */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readProposals } from "../src/learn/review-file.ts";
import { folderOf, holdfast, quickstart } from "./command.ts";

const lines = Array.from({ length: 400 }, (_, at) =>
  JSON.stringify({
    id: `r${at}`,
    user_prompt: `read ${at * 7919}`,
    calls: [{ tool: "read", args: { at }, result: "ok" }],
  }),
);

/** What reads files of runs, but for the file. */
const readers: Readonly<Record<string, (file: string, folder: string) => readonly string[]>> = {
  learn: (file, folder) => ["learn", "--runs", file, "-o", join(folder, "learned")],
  traces: (file, folder) => ["learn", "--traces", file, "-o", join(folder, "learned")],
  stress: (file) => ["stress", "--policy", quickstart, "--runs", file],
  replay: (file) => ["replay", "--policy", quickstart, "--runs", file],
  check: (file) => [
    "check",
    "--policy",
    quickstart,
    "--runs",
    file,
    "--run",
    "r399",
    "--call",
    "0",
  ],
};

test.each(Object.entries(readers))(
  "%s says of gzip data that is cut short, damaged or none which file it is and what to do",
  async (_, args) => {
    const folder = folderOf();
    const whole = gzipSync(lines.join("\n"));
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, whole.length / 2);
    for (const [name, bytes, says] of [
      ["half.jsonl.gz", whole.subarray(0, whole.length / 2), /cut short .*; copy it again/u],
      ["damaged.jsonl.gz", damaged, /damaged .*; copy it again/u],
      ["plain.jsonl.gz", Buffer.from(lines.join("\n")), /no gzip data.* without `\.gz`/u],
    ] as const) {
      const file = join(folder, name);
      writeFileSync(file, bytes);
      const { code, stderr } = await holdfast(args(file, folder));
      expect({ name, code, stderr }).toEqual({
        name,
        code: 2,
        stderr: expect.stringMatching(says),
      });
      expect(stderr).toContain(`cannot read \`${file}\``);
      expect(stderr).not.toMatch(/internal error|\n +at /u);
    }
  },
);

test("JSON that is none is told by file, line and column, with what belongs there", async () => {
  const folder = folderOf({ "good.jsonl": lines.join("\n"), "bad.json": '{\n  "a": b\n}\n' });
  writeFileSync(join(folder, "bad.jsonl"), `${lines[0]}\n{"id": }\n`);
  const at = (name: string): string => join(folder, name);
  const learn = ["learn", "--runs", at("good.jsonl"), "-o", at("learned")];
  for (const args of [
    ["drift", "--baseline", at("bad.json"), "--runs", at("good.jsonl")],
    [...learn, "--tools", at("bad.json")],
  ]) {
    const { code, stderr } = await holdfast(args);
    expect({ args, code, stderr }).toEqual({
      args,
      code: 2,
      stderr: expect.stringContaining(`${at("bad.json")}:2:8 json_syntax expected a value but`),
    });
    expect(stderr).toMatch(/\n {2}2 \| {3}"a": b\n/u);
    expect(stderr).toMatch(/\nhelp: give .*`/u);
  }
  expect(() => readProposals(at("bad.json"))).toThrow("bad.json:2:8 json_syntax");
  const { code, stderr } = await holdfast(readers["learn"]!(at("bad.jsonl"), folder));
  expect([code, stderr]).toEqual([
    2,
    `${at("bad.jsonl")}:2:8 json_syntax expected a value but found \`}\`\n`,
  ]);
});

test("a file that is not there, a folder and one that may not be read say what to do", async () => {
  const folder = folderOf({ "runs.jsonl": lines.join("\n"), "secret.json": "{}" });
  mkdirSync(join(folder, "folder"));
  const drift = async (baseline: string): Promise<string> => {
    const named = ["--baseline", join(folder, baseline), "--runs", join(folder, "runs.jsonl")];
    const { code, stderr } = await holdfast(["drift", ...named]);
    expect(code).toBe(2);
    return stderr.replaceAll(folder, "");
  };
  expect(await drift("missing.json")).toBe(
    "cannot read `/missing.json`: there is no such file (ENOENT); check its name and the folder you are in\n",
  );
  expect(await drift("folder")).toBe(
    "cannot read `/folder`: it is a folder (EISDIR); name a file\n",
  );
  expect(await drift("runs.jsonl/x")).toMatch(/no folder \(ENOTDIR\); check its name/u);
  expect(await drift("secret.json")).toMatch(/^\/secret\.json: not a baseline: .*; give one that/u);
  chmodSync(join(folder, "secret.json"), 0);
  // Those who may read everything are told what is in it.
  expect(await drift("secret.json")).toMatch(/may not read it \(EACCES\); |not a baseline/u);
  for (const args of [
    ["learn", "--runs", join(folder, "none.jsonl"), "-o", join(folder, "learned")],
    ["check", "--policy", quickstart, "--request", join(folder, "none.json")],
  ]) {
    const { code, stderr } = await holdfast(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining("there is no such file (ENOENT);")]);
  }
});
