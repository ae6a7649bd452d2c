import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const bin = fileURLToPath(new URL("../bin/holdfast-verify.js", import.meta.url));
const small = join(root, "conformance/log/small");
const { head, earlier } = JSON.parse(
  readFileSync(join(root, "conformance/log/small.json"), "utf8"),
) as { head: { size: number; root: string }; earlier: { size: number; root: string }[] };
const { proofs } = JSON.parse(
  readFileSync(join(root, "conformance/log/vectors/tlog-proof.json"), "utf8"),
) as { proofs: { name: string; receipt: string; record: string; vkey: string }[] };
const scratch = mkdtempSync(join(tmpdir(), "holdfast-verify-"));

beforeAll(() => {
  const build = spawnSync(join(root, "node_modules/.bin/tsc"), ["-b", "packages/verify"], {
    cwd: root,
  });
  expect(build.status).toBe(0);
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function verify(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const run = spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });
  return { status: run.status, out: run.stdout, err: run.stderr };
}

/** The kept log without the one payload that was erased and the record that names it. */
function wholeLog(): string {
  const path = join(scratch, "whole");
  cpSync(small, path, { recursive: true });
  for (const name of ["seg/00000000000000000012.seg", "seg/00000000000000000023.seg"]) {
    rmSync(join(path, name), { force: true });
  }
  rmSync(join(path, "payload/00000000000000000023.pay"), { force: true });
  return path;
}

test("a log with a problem is exit 7, and says what, where and under which code", () => {
  const { status, out } = verify(small);
  expect(status).toBe(7);
  expect(out).toContain(`head      ${head.size}:${head.root}`);
  expect(out).toContain("log_payload_erased");
  expect(out).toContain("no checkpoint is kept");
  expect(out).toContain("a cut of the end would not show");
});

test("json says the same, for programs", () => {
  const { status, out } = verify(small, "-o", "json");
  expect(status).toBe(7);
  expect(JSON.parse(out)).toMatchObject({
    state: "damaged",
    ...head,
    begins: 0,
    payloads: { named: 16, present: 15, erased: 1, missing: 0 },
    problems: [{ code: "log_payload_erased" }],
  });
});

test("heads that were kept are contained, and what was cut or forked is not", () => {
  const heads = [head, ...earlier].flatMap(({ size, root: hash }) => ["--head", `${size}:${hash}`]);
  const { out } = verify(small, ...heads, "-o", "json");
  expect(JSON.parse(out)).toMatchObject({ contains: [head, ...earlier].map(({ size }) => size) });
  const cut = verify(wholeLog(), "--head", `${head.size}:${head.root}`, "-o", "json");
  expect(cut.status).toBe(7);
  expect(JSON.parse(cut.out).problems.map(({ code }: { code: string }) => code)).toContain(
    "log_behind_held",
  );
  const forked = verify(small, "--head", `7:${head.root}`, "-o", "json");
  expect(JSON.parse(forked.out).problems.at(-1)).toMatchObject({ code: "log_fork" });
});

test("a receipt is proven by record and key alone", () => {
  const { receipt, record, vkey } = proofs.find(({ name }) => name === "record 5 of 8")!;
  const [receiptPath, recordPath, keyPath] = ["r.tlog-proof", "record", "vkey"].map((name) =>
    join(scratch, name),
  ) as [string, string, string];
  writeFileSync(receiptPath, receipt);
  writeFileSync(recordPath, Buffer.from(record, "hex"));
  writeFileSync(keyPath, `${vkey}\n`);
  const args = ["--proof", receiptPath, "--record", recordPath, "--vkey"];
  for (const key of [vkey, keyPath]) {
    const { status, out } = verify(...args, key);
    expect(out).toContain("proven    record 5 of PeterNeumann, which then had 8 records");
    expect(status).toBe(0);
  }
  writeFileSync(recordPath, "another");
  const other = verify(...args, vkey, "-o", "json");
  expect(other.status).toBe(7);
  expect(JSON.parse(other.out)).toEqual({
    proven: false,
    why: "not the record at index 5 of the 8 that were signed",
  });
});

test("arguments that make no sense are exit 2 and say what to write", () => {
  const cases: readonly [readonly string[], string][] = [
    [[], "say which folder"],
    [[scratch], "there is no log in"],
    [[small, "other"], "`other` is one folder too many"],
    [[small, "--nonsense"], "--nonsense"],
    [[small, "--head", "5"], "`5` is not a head: write <size>:<64 hex digits>"],
    [[small, "--vkey", "nobody"], "`nobody` is neither a verifier key nor a file of them"],
    [[small, "--vkey", bin], "has a line that is no verifier key"],
    [[small, "--checkpoint", "nowhere"], "`nowhere` is no file"],
    [[small, "--checkpoint", bin], "is not a signed checkpoint"],
    [[small, "-o", "xml"], "`xml` is no format: write table or json"],
    [["--proof", bin], "a receipt needs `--record FILE`"],
    [["--proof", bin, "--record", bin], "a receipt needs `--vkey KEY`"],
    [[small, "--proof", bin], "leave one of the two out"],
  ];
  for (const [args, words] of cases) {
    const { status, out, err } = verify(...args);
    expect(err, args.join(" ")).toContain(words);
    expect(status, args.join(" ")).toBe(2);
    expect(out).toBe("");
  }
});

test("the verifier in Python ends alike for arguments that make no sense", (context) => {
  needTool(context, "python3");
  const script = join(root, "conformance/log/verify.py");
  const cases: readonly [readonly string[], string][] = [
    [[], "name a folder, or a receipt"],
    [[scratch], "there is no log in"],
    [[join(scratch, "nowhere")], "there is no log in"],
    [[small, "--nonsense"], "--nonsense"],
    [[small, "--head", "5"], "`5` is not a head: write <size>:<64 hex digits>"],
    [[small, "--vkey", "nobody"], "`nobody` is no file that can be read"],
    [[small, "--vkey", bin], "has a line that is no verifier key"],
    [[small, "--checkpoint", "nowhere"], "`nowhere` is no file that can be read"],
    [[small, "--checkpoint", bin], "is not a signed checkpoint"],
  ];
  for (const [args, words] of cases) {
    const run = spawnSync("python3", [script, ...args], { encoding: "utf8" });
    expect(run.stderr, args.join(" ")).toContain(words);
    expect({ status: run.status, out: run.stdout }, args.join(" ")).toEqual({ status: 2, out: "" });
  }
});

test("help shows an example and is exit 0", () => {
  const { status, out } = verify("--help");
  expect(status).toBe(0);
  expect(out).toContain("Examples:");
});

test("no name of a file moves a cursor or turns letters around, as text and as data", (context) => {
  const python = needTool(context, "python3");
  const path = join(scratch, "named");
  cpSync(small, path, { recursive: true });
  const name = "x\u001B[2J\n\u009B2J\u202E\u2066\u2028\u200Fz";
  writeFileSync(join(path, "seg", name), "");
  const script = join(root, "conformance/log/verify.py");
  const third = (...args: readonly string[]): string =>
    spawnSync(python, [script, path, ...args], { encoding: "utf8" }).stdout;
  for (const out of [verify(path).out, third()]) {
    expect(out).toContain("log_extra_file");
    expect(out).toContain("seg/x\uFFFD[2J\uFFFD\uFFFD2J");
    expect(out).not.toMatch(/(?!\n)[\p{Cc}\u200f\u2028-\u202e\u2066-\u2069]/u);
  }
  for (const out of [verify(path, "-o", "json").out, third("--json")]) {
    expect(out).not.toMatch(/(?!\n)[\p{Cc}\u200f\u2028-\u202e\u2066-\u2069]/u);
    const { problems } = JSON.parse(out) as { problems: { file: string }[] };
    expect(problems.map(({ file }) => file)).toContain(`seg/${name}`);
  }
  expect(verify(join(path, name)).err).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
});

test.runIf(process.platform !== "win32")("a pipe by the name of a file is not waited for", () => {
  for (const name of ["log.json", "seg/00000000000000000012.seg"]) {
    const path = join(scratch, "pipe");
    cpSync(small, path, { recursive: true });
    rmSync(join(path, name), { force: true });
    expect(spawnSync("mkfifo", [join(path, name)]).status).toBe(0);
    const run = spawnSync(process.execPath, [bin, path], { encoding: "utf8", timeout: 20_000 });
    expect(run.status).toBe(7);
    expect(run.stdout).toContain(name);
    rmSync(path, { recursive: true });
  }
});
