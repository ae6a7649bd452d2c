/**
 * A folder that is replaced, with the disk and the process failing. Seen to fail: files written into the folder
 * itself, a set that a killed run left never put right, a folder that may not be written replaced all the same.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";
import { replaceFolder } from "../src/folder-replacement.ts";
import { folderOf, holdfast } from "./command.ts";

const child = fileURLToPath(new URL("replace-child.js", import.meta.url));

/** Every file below a folder, with its text. */
function contentOf(folder: string): Readonly<Record<string, string>> {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name));
  return Object.fromEntries(
    found.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, "utf8")]),
  );
}

function filesIn(folder: string, names: readonly string[]) {
  return names.map((name) => ({ path: join(folder, name), text: `text of ${name}\n` }));
}

function expectedOf(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, `text of ${name}\n`]));
}

const [before, after] = [
  ["a.yaml", "b.yaml", "tests/c.yaml"],
  ["a.yaml", "d.yaml"],
];

/** Puts `after` into a folder, in another process. */
function replacedElsewhere(folder: string, env: Readonly<Record<string, string>>) {
  const ran = spawnSync(process.execPath, [child, folder, ...after], {
    env: { ...process.env, ...env },
    encoding: "utf8",
  });
  expect(ran.stderr).toBe("");
  return ran;
}

test("a process that is killed at any change leaves a whole set, and the next run puts right the rest", () => {
  const [seen, limit] = [new Set<string>(), 100];
  const sets = [before, after].map((names) => JSON.stringify(expectedOf(names)));
  for (let killedAt = 1; killedAt < limit; killedAt += 1) {
    const root = folderOf();
    const folder = join(root, "policies");
    replaceFolder(folder, filesIn(folder, before));
    const { signal } = replacedElsewhere(folder, { KILLED_AT: String(killedAt) });
    const visible = readdirSync(root).filter((name) => !name.startsWith("."));
    // Whoever reads the policies meets the old set, the new one or both, and no part of one.
    expect(visible.length).toBeGreaterThan(0);
    for (const name of visible) expect(sets).toContain(JSON.stringify(contentOf(join(root, name))));
    seen.add(visible.map((name) => name.replace(/\d+/u, "N")).join(" "));

    const again = (): void => replaceFolder(folder, filesIn(folder, after));
    if (visible.length > 1) {
      // A name that is not hidden could be somebody's own.
      const left = join(
        root,
        visible.find((name) => name !== "policies")!,
      );
      expect(again).toThrow(`\`${left}\` was left by a run that was killed; remove it`);
      expect(contentOf(folder)).toEqual(expectedOf(before));
      rmSync(left, { recursive: true });
    }
    again();
    expect([readdirSync(root), contentOf(folder)]).toEqual([["policies"], expectedOf(after)]);
    if (signal === null) {
      expect([...seen].sort()).toEqual([
        "policies",
        "policies policies.holdfast-next-N",
        "policies.holdfast-next-N",
      ]);
      return;
    }
  }
  expect.unreachable("the process was killed however far it came");
});

test("what a killed run left under the number of this process is no part of the new set", () => {
  const root = folderOf();
  const [folder, left] = [
    join(root, "policies"),
    join(root, `.policies.holdfast-next-${process.pid}`),
  ];
  mkdirSync(left);
  writeFileSync(join(left, "stale.yaml"), "stale\n");
  // Of other folders, of a process that runs, and of other names: theirs.
  const others = [
    `.policies.holdfast-next-${process.ppid}`,
    `.other.holdfast-next-${process.pid}`,
    `policies.next-${process.pid}`,
    `policies.old-${process.pid}`,
  ];
  for (const name of others) mkdirSync(join(root, name));
  replaceFolder(folder, filesIn(folder, after));
  expect(contentOf(folder)).toEqual(expectedOf(after));
  expect(readdirSync(root).sort()).toEqual([...others, "policies"].sort());
});

test("a folder keeps its mode, and stays as it is where this user may not write it or beside it", () => {
  const root = folderOf();
  const folder = join(root, "policies");
  replaceFolder(folder, filesIn(folder, before));
  chmodSync(folder, 0o750);
  replaceFolder(folder, filesIn(folder, before));
  expect(statSync(folder).mode & 0o777).toBe(0o750);
  // Root may write everything.
  const isRoot = process.getuid?.() === 0;
  const nobody = 65_534;
  for (const unwritable of [root, folder]) {
    for (const each of [root, folder]) {
      if (isRoot) chownSync(each, nobody, nobody);
      chmodSync(each, each === unwritable ? 0o555 : 0o755);
    }
    const { stdout } = replacedElsewhere(folder, isRoot ? { AS_USER: String(nobody) } : {});
    expect(stdout).toMatch(
      /^cannot write `.*policies`: you may not write there \(EACCES\); .* as it was$/u,
    );
    expect([readdirSync(root), contentOf(folder)]).toEqual([["policies"], expectedOf(before)]);
    for (const each of [root, folder]) chmodSync(each, 0o755);
  }
});

const call = (tool: string, at: number) => ({ tool, args: { id: at }, result: { ok: true } });
const runsOf = (tool: string, count: number): string =>
  Array.from({ length: count }, (_, at) =>
    JSON.stringify({ id: `r${at}`, user_prompt: `look at ${at}`, calls: [call(tool, at)] }),
  ).join("\n");

test("a disk that is full or may not be written leaves what was learned whole", async (context) => {
  const mount = needTool(context, "mount");
  const umount = needTool(context, "umount");
  const disk = join(folderOf(), "disk");
  mkdirSync(disk);
  try {
    execFileSync(mount, ["-t", "tmpfs", "-o", "size=512k", "tmpfs", disk], { stdio: "pipe" });
  } catch {
    return context.skip("not run: mount of a tmpfs, which needs the right to");
  }
  try {
    const runs = folderOf({ "one.jsonl": runsOf("find", 3), "two.jsonl": runsOf("list", 5) });
    const places = ["-o", join(disk, "learned"), "--report", join(disk, "report.html")];
    const learn = (file: string) => holdfast(["learn", "--runs", join(runs, file), ...places]);
    expect(await learn("one.jsonl")).toMatchObject({ code: 0 });
    const learned = contentOf(disk);
    expect(Object.keys(learned)).toContain("learned.baseline.json");

    // In the middle of the set, at its second file.
    const set = [
      ...filesIn(join(disk, "learned"), ["a.yaml"]),
      { path: join(disk, "learned/b.yaml"), text: "b".repeat(1024 * 1024) },
    ];
    expect(() => replaceFolder(join(disk, "learned"), set)).toThrow(
      /the disk is full \(ENOSPC\);/u,
    );
    expect(contentOf(disk)).toEqual(learned);

    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(join(disk, "fill"), Buffer.alloc(bavail * bsize));
    const full = await learn("two.jsonl");
    expect([full.code, full.stderr]).toEqual([2, expect.stringMatching(/the disk is full/u)]);
    expect(full.stderr).toContain("what was there is as it was");
    rmSync(join(disk, "fill"));
    expect(contentOf(disk)).toEqual(learned);

    execFileSync(mount, ["-o", "remount,ro", disk], { stdio: "pipe" });
    const fixed = await learn("two.jsonl");
    expect([fixed.code, fixed.stderr]).toEqual([2, expect.stringMatching(/\(EROFS\)/u)]);
    expect(contentOf(disk)).toEqual(learned);

    execFileSync(mount, ["-o", "remount,rw", disk], { stdio: "pipe" });
    expect(await learn("two.jsonl")).toMatchObject({ code: 0 });
    expect(JSON.stringify(learned)).not.toContain("local.list");
    expect(JSON.stringify(contentOf(disk))).toContain("local.list");
  } finally {
    execFileSync(umount, ["--lazy", disk]);
  }
});
