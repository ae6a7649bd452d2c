/**
 * Where `holdfast learn` writes what it tells of a learned folder. Seen to fail: a link followed to what is
 * somebody else's, a file that is no report replaced by one, a folder replaced though its baseline cannot be written.
 */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { putFiles } from "../src/file-replacement.ts";
import { folderOf, holdfast } from "./command.ts";

const runs = [0, 1, 2]
  .map((at) => ({
    id: `r${at}`,
    user_prompt: `read ${at}.txt`,
    calls: [{ tool: "read_file", args: { path: `${at}.txt` }, result: "ok" }],
  }))
  .map((each) => JSON.stringify(each))
  .join("\n");

function setUp() {
  const folder = folderOf({ "runs.jsonl": runs, "theirs.txt": "theirs\n", "in/x": "" });
  const at = (name: string): string => join(folder, name);
  const learn = (...more: readonly string[]) =>
    holdfast(["learn", "--runs", at("runs.jsonl"), "-o", at("learned"), ...more]);
  return { folder, at, learn };
}

test.each([
  ["--report", "no report of `holdfast learn`"],
  ["--baseline", "is no baseline"],
])(
  "`%s` follows no link, and takes the place of no folder and of no other file",
  async (option, other) => {
    const { at, learn } = setUp();
    symlinkSync(at("nowhere"), at("dangling"));
    symlinkSync(at("theirs.txt"), at("link"));
    mkdirSync(at("folder"));
    for (const [name, says] of [
      ["dangling", `is a symbolic link; name a file with \`${option}\``],
      ["link", "is a symbolic link; name a file"],
      ["folder", "is a folder; name a file"],
      ["theirs.txt", other],
      ["learned/x", "holds policies alone; write the"],
      ["none/x", "its folder is not there (ENOENT); make it"],
      ["theirs.txt/x", "(ENOTDIR)"],
    ] as const) {
      const { code, stderr } = await learn(option, at(name));
      expect({ name, code, stderr }).toEqual({
        name,
        code: 2,
        stderr: expect.stringContaining(says),
      });
      expect(stderr).toContain(`\`${at(name)}\``);
      // Nothing is written, not what was learned either.
      expect(existsSync(at("learned"))).toBe(false);
    }
    expect(existsSync(at("nowhere"))).toBe(false);
    expect(readFileSync(at("theirs.txt"), "utf8")).toBe("theirs\n");
    expect(lstatSync(at("link")).isSymbolicLink()).toBe(true);
  },
);

test("a report and a baseline take the places of older ones, and keep their modes", async () => {
  const { folder, at, learn } = setUp();
  const report = ["--report", at("report.html")];
  expect(await learn(...report)).toMatchObject({ code: 0 });
  for (const name of ["report.html", "learned.baseline.json"]) {
    expect(statSync(at(name)).mode & 0o777).toBe(0o666 & ~process.umask());
    chmodSync(at(name), 0o640);
  }
  writeFileSync(at("runs.jsonl"), runs.replaceAll("read_file", "open_file"));
  expect(await learn(...report)).toMatchObject({ code: 0 });
  for (const name of ["report.html", "learned.baseline.json"]) {
    expect(readFileSync(at(name), "utf8")).toContain("open_file");
    expect(statSync(at(name)).mode & 0o777).toBe(0o640);
  }
  expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);

  // By another way into the folder.
  symlinkSync(at("learned"), at("again"));
  const within = await learn("--report", at("again/x.html"));
  expect([within.code, within.stderr]).toEqual([2, expect.stringContaining("policies alone")]);
  const both = await learn("--report", at("new"), "--baseline", at("new"));
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("name one file")]);
  // Where no folder is yet that would hold them.
  const deep = ["learn", "--runs", at("runs.jsonl"), "-o", at("deep/learned/")];
  expect(await holdfast(deep)).toMatchObject({ code: 0 });
  expect(existsSync(at("deep/learned.baseline.json"))).toBe(true);
});

test("files that are put together stay as they are when anything of it fails", () => {
  const { folder, at } = setUp();
  const files = [
    { path: at("theirs.txt"), text: "ours\n" },
    { path: at("new.txt"), text: "new\n" },
  ];
  const before = readdirSync(folder);
  expect(() => putFiles([...files, { path: at("none/x"), text: "" }], () => undefined)).toThrow(
    "its folder is not there",
  );
  const fail = (): void => {
    throw new Error("meanwhile");
  };
  expect(() => putFiles(files, fail)).toThrow("meanwhile");
  expect(readFileSync(at("theirs.txt"), "utf8")).toBe("theirs\n");
  expect(readdirSync(folder)).toEqual(before);
  // What a killed run left under the number of this process is in no way, and no link is followed to.
  symlinkSync(at("runs.jsonl"), at(`.new.txt.next-${process.pid}`));
  putFiles(files, () => undefined);
  expect(files.map(({ path }) => readFileSync(path, "utf8"))).toEqual(["ours\n", "new\n"]);
  expect(readFileSync(at("runs.jsonl"), "utf8")).toBe(runs);
  expect(readdirSync(folder)).toEqual([...before, "new.txt"].sort());
});
