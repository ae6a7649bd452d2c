import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openLog } from "@holdfast/log";
import { beforeAll, describe, expect, test } from "vitest";
import { folderOf, holdfast, program, repository } from "./command.ts";
import { copyOf, goOn, keptLog, verdictsOf } from "./kept-log.ts";

let base = "";
beforeAll(async () => {
  const kept = await keptLog(300);
  base = kept.data;
  return kept.remove;
});

const prune = (data: string, ...more: string[]) =>
  holdfast(["audit", "prune", "--older-than", "0s", "--by", "ops", "-d", data, ...more]);
const hold = (data: string, ...args: string[]) =>
  holdfast(["audit", "hold", ...args, "--by", "ana", "-d", data]);
const holds = (data: string, ...more: string[]) =>
  holdfast(["audit", "hold", "ls", "-d", data, ...more]);
const sizeOf = async (data: string) => {
  const { stdout } = await holdfast(["audit", "verify", "-d", data, "-o", "json"]);
  return (JSON.parse(stdout) as { head: { size: number } }).head.size;
};

describe("audit hold", () => {
  test("is listed with whom, why and where, and is gone when it is released", async () => {
    const data = copyOf(base);
    const size = await sizeOf(data);
    expect(await holds(data)).toEqual({ code: 0, stdout: "no hold is in force\n", stderr: "" });
    const added = await hold(data, "add", "case-7", "--reason", "claim 7/2026");
    expect(added).toEqual({ code: 0, stdout: "", stderr: "hold case-7 placed by ana\n" });
    const told = { name: "case-7", reason: "claim 7/2026", by: "ana", sequence: size };
    const listed = JSON.parse((await holds(data, "-o", "json")).stdout) as unknown;
    expect(listed).toEqual([{ ...told, placedMs: expect.any(Number) }]);
    const table = await holds(data);
    expect(table.stdout).toMatch(/^name +placed +by +reason +record\n/u);
    expect(table.stdout).toMatch(new RegExp(`case-7 +\\S+Z +ana +claim 7/2026 +${size}\n$`, "u"));
    const again = await hold(data, "add", "case-7", "--reason", "twice");
    expect(again).toMatchObject({ code: 2, stdout: "" });
    expect(again.stderr).toContain("a hold `case-7` is in force already");
    const slip = await hold(data, "release", "case-8", "--reason", "settled");
    expect(slip).toMatchObject({ code: 2, stdout: "" });
    expect(slip.stderr).toContain("no hold `case-8`; in force: `case-7`");
    const released = await hold(data, "release", "case-7", "--reason", "settled");
    expect(released).toEqual({ code: 0, stdout: "", stderr: "hold case-7 released by ana\n" });
    expect((await holds(data, "-o", "json")).stdout).toBe("[]\n");
    expect(await sizeOf(data)).toBe(size + 2);
    expect(await verdictsOf(data)).toEqual(["intact", "intact"]);
  });

  test.each([["add", "x"], ["release", "x"], ["add"]])(
    "%s without why is no hold",
    async (...args) => {
      expect(await hold(base, ...args)).toMatchObject({ code: 2, stdout: "" });
    },
  );

  test("a folder without a log is named, and none is made", async () => {
    for (const args of [["ls"], ["add", "x", "--reason", "y"]]) {
      const ran = await holdfast(["audit", "hold", ...args, "-d", "/nowhere/at/all"]);
      expect(ran).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr).toContain("/nowhere/at/all");
    }
  });
});

describe("audit prune", () => {
  test("says what would go, takes nothing away, and then what went", async () => {
    const data = copyOf(base);
    const before = readdirSync(join(data, "seg"));
    const tried = await prune(data, "--dry-run", "-o", "json");
    expect(tried.code).toBe(0);
    const plan = JSON.parse(tried.stdout) as Record<string, unknown> & { segments: string[] };
    expect(plan).toMatchObject({ first: 0, pruned: false, root: expect.any(String) });
    expect(plan.segments.length).toBeGreaterThan(0);
    expect(readdirSync(join(data, "seg"))).toEqual(before);
    expect((await prune(data, "--dry-run")).stdout).toMatch(/^would prune records 0 to \d+: /u);
    const ran = await prune(data, "-o", "json");
    expect(JSON.parse(ran.stdout)).toEqual({ ...plan, pruned: true });
    const gone = new Set(plan.segments.map((path) => path.slice("seg/".length)));
    expect(readdirSync(join(data, "seg"))).toEqual(before.filter((name) => !gone.has(name)));
    expect(await verdictsOf(data)).toEqual(["intact", "intact"]);
    const { stdout } = await holdfast(["audit", "verify", "-d", data, "-o", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ first: plan["minimum"] });
    // A guard goes on behind it.
    await goOn(data, 3);
    expect(await verdictsOf(data)).toEqual(["intact", "intact"]);
  });

  test("nothing old enough is said, as data too", async () => {
    const data = copyOf(base);
    const ask = ["audit", "prune", "--older-than", "90d", "-d", data];
    expect(await holdfast(ask)).toMatchObject({
      code: 0,
      stdout: "nothing is old enough to be pruned in whole segments\n",
    });
    expect(await holdfast([...ask, "-o", "json"])).toMatchObject({ code: 0, stdout: "null\n" });
  });

  test("is refused under a hold, even as a trial, and goes on when all are released", async () => {
    const data = copyOf(base);
    await hold(data, "add", "case-7", "--reason", "claim");
    await hold(data, "add", "case-8", "--reason", "claim");
    const before = { files: readdirSync(join(data, "seg")), size: await sizeOf(data) };
    for (const more of [[], ["--dry-run"], ["-o", "json"]]) {
      const ran = await prune(data, ...more);
      expect(ran).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr).toContain("prune_held nothing is pruned while a hold is in force: ");
      expect(ran.stderr).toContain("`case-7`");
    }
    await hold(data, "release", "case-7", "--reason", "settled");
    const still = await prune(data);
    expect(still.code).toBe(2);
    expect(still.stderr).toContain("`case-8`");
    expect(readdirSync(join(data, "seg"))).toEqual(before.files);
    expect(await sizeOf(data)).toBe(before.size + 1);
    await hold(data, "release", "case-8", "--reason", "settled");
    expect(await prune(data)).toMatchObject({ code: 0 });
    expect(await verdictsOf(data)).toEqual(["intact", "intact"]);
  });
});

/** What the verifier in Python says of a receipt and a record. */
function pythonProves(receipt: string, record: string, vkey: string): string {
  const script = join(repository, "conformance/log/verify.py");
  const args = [script, "--proof", receipt, "--record", record, "--vkey", vkey];
  return spawnSync("python3", args, { encoding: "utf8" }).stdout.trim();
}

describe("audit prove", () => {
  test("a receipt is proven without the log, by two programs, and of no other record", async () => {
    const vkey = join(base, "keys/log.vkey");
    const folder = folderOf();
    const [receipt, record] = [join(folder, "r.tlog-proof"), join(folder, "r.json")];
    const ran = await holdfast([
      "audit",
      "prove",
      "5",
      "-d",
      base,
      "-o",
      receipt,
      "--record",
      record,
    ]);
    expect(ran).toMatchObject({ code: 0, stdout: "" });
    expect(ran.stderr).toMatch(/^record 5 of \d+: \d+ hashes, \d+ bytes, in .*r\.tlog-proof\n$/u);
    expect(readFileSync(receipt, "utf8")).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 5\n/u);
    const check = (path: string, ...more: string[]) =>
      holdfast(["audit", "verify-proof", path, "--vkey", vkey, ...more]);
    expect((await check(receipt, "--record", record)).code).toBe(0);
    expect(pythonProves(receipt, record, vkey)).toBe("proven");
    const other = join(folder, "other.json");
    const sixth = join(folder, "s.tlog-proof");
    await holdfast(["audit", "prove", "6", "-d", base, "-o", sixth, "--record", other]);
    expect((await check(receipt, "--record", other)).code).toBe(7);
    expect(pythonProves(receipt, other, vkey)).toBe("not proven");
    const whole = await holdfast(["audit", "prove", "5", "-d", base, "--with-record"]);
    writeFileSync(sixth, whole.stdout);
    const shown = await check(sixth, "-o", "json");
    expect(shown.code).toBe(0);
    expect(JSON.parse(shown.stdout)).toMatchObject({ index: 5 });
  });

  test("proves under an older checkpoint that was kept, and not what came behind it", async () => {
    const data = copyOf(base);
    const kept = join(folderOf(), "checkpoint");
    copyFileSync(join(data, "checkpoint"), kept);
    const size = Number(readFileSync(kept, "utf8").split("\n")[1]);
    await goOn(data, 5);
    const ask = (index: number) =>
      holdfast(["audit", "prove", String(index), "-d", data, "--checkpoint", kept]);
    const old = await ask(3);
    expect(old.code).toBe(0);
    expect(old.stderr).toContain(`record 3 of ${size}: `);
    const late = await ask(size);
    expect(late).toMatchObject({ code: 2, stdout: "" });
    expect(late.stderr).toContain("log_proof_index");
    const checkpoint = readFileSync(kept, "utf8");
    expect(await verdictsOf(data, { checkpoint })).toEqual(["intact", "intact"]);
  });

  test.each(["-1", "1e3", "x", "0x5"])("`%s` is no record", async (index) => {
    expect(await holdfast(["audit", "prove", index, "-d", base])).toMatchObject({ code: 2 });
  });
});

describe("audit rotate-key", () => {
  test("prints the new key, and whoever holds the old one is led to it", async () => {
    const data = copyOf(base);
    const old = readFileSync(join(data, "keys/log.vkey"), "utf8").trim();
    const held = readFileSync(join(data, "checkpoint"), "utf8");
    const ran = await holdfast(["audit", "rotate-key", "-d", data]);
    expect(ran.code).toBe(0);
    const [next = "", ...rest] = ran.stdout.split("\n");
    expect(rest).toEqual([""]);
    expect(next).toMatch(/^holdfast\+[0-9a-f]{8}\+\S+$/u);
    expect(next).not.toBe(old);
    expect(ran.stderr).toMatch(/^[0-9a-f]{8} signs from here on; it and [0-9a-f]{8} signed /u);
    expect(readFileSync(join(data, "keys/log.vkey"), "utf8")).toBe(`${old}\n${next}\n`);
    await goOn(data, 3);
    expect(await verdictsOf(data, { vkey: old, checkpoint: held })).toEqual(["intact", "intact"]);
    // Who believes the new key alone is not led back.
    expect(await verdictsOf(data, { vkey: next })).toEqual(["intact", "intact"]);
    const again = await holdfast(["audit", "rotate-key", "-d", data]);
    expect(again.code).toBe(0);
    expect(await verdictsOf(data, { vkey: old })).toEqual(["intact", "intact"]);
    const receipt = join(folderOf(), "r.tlog-proof");
    await holdfast(["audit", "prove", "2", "-d", data, "--with-record", "-o", receipt]);
    const proven = (vkey: string) => holdfast(["audit", "verify-proof", receipt, "--vkey", vkey]);
    expect((await proven(again.stdout.trim())).code).toBe(0);
    expect((await proven(old)).code).toBe(7);
  });

  test("without the key that signs nothing is changed", async () => {
    const data = copyOf(base);
    rmSync(join(data, "keys/log.pem"));
    const ran = await holdfast(["audit", "rotate-key", "-d", data]);
    expect(ran).toMatchObject({ code: 7, stdout: "" });
    expect(ran.stderr).toContain("log_key");
    expect(await verdictsOf(data)).toEqual(["intact", "intact"]);
  });
});

test("a writer at work is asked to stop by all that write, and prove and verify need not ask", async () => {
  const data = copyOf(base);
  const log = await openLog({ directory: data, origin: "holdfast", now: () => 0 });
  try {
    for (const args of [
      ["rotate-key"],
      ["hold", "add", "x", "--reason", "y"],
      ["erase", "--subject", "agent:writer", "--reason", "y"],
    ]) {
      const ran = await holdfast(["audit", ...args, "-d", data]);
      expect(ran).toMatchObject({ code: 2, stdout: "" });
      expect(ran.stderr).toContain("log_locked");
    }
    expect((await holdfast(["audit", "prove", "2", "-d", data])).code).toBe(0);
  } finally {
    await log.close();
  }
  expect(await verdictsOf(data)).toEqual(["intact", "intact"]);
});

test("the command as a process prints the new key alone, to be kept in a file", () => {
  const args = [program, "audit", "rotate-key", "-d", copyOf(base)];
  const ran = execFileSync(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  expect(ran.toString()).toMatch(/^holdfast\+[0-9a-f]{8}\+\S+\n$/u);
});
