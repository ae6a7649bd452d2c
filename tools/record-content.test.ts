import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openLog, verifyLog as verifyOfLog } from "@holdfast/log";
import { canonicalBytes, digestOfBytes } from "@holdfast/model";
import { folderAt, verifyLog } from "@holdfast/verify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rechained } from "./log-attack/frame-edit.ts";
import { needTool } from "./need-tool.ts";

const scratch = mkdtempSync(join(tmpdir(), "holdfast-content-"));
const base = join(scratch, "base");
const segment = join("seg", `${"0".repeat(20)}.seg`);
const digest = `sha256:${"0".repeat(64)}`;

/** Record 0 has a payload that was erased; record 1 is the one that the cases change. */
beforeAll(async () => {
  const begun = { directory: base, origin: "holdfast", now: () => 1 };
  const log = await openLog(begun);
  const bytes = Buffer.from("abc");
  const payload = { scheme: "plain-1", digest: digestOfBytes(bytes), bytes: 3 } as const;
  await log.append(canonicalBytes({ payload }), { scheme: "plain-1", bytes }).durable;
  await log.append(Buffer.from("{}")).durable;
  await log.close();
  await (await openLog({ ...begun, erase: new Set([0]) })).close();
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const told = (runs: string): string => `{"kind":"erasure","erased":${runs}}`;
const named = (bytes: string): string =>
  `{"payload":{"bytes":${bytes},"digest":"${digest}","scheme":"plain-1"}}`;

/** Contents of record 1 as only a forger writes them, and what is wrong then. */
const contents: Readonly<Record<string, readonly [content: string | Buffer, code: string]>> = {
  "a number that is none": ['{"a":NaN}', "log_record"],
  "no end of numbers": ['{"a":-Infinity}', "log_record"],
  "half a surrogate in UTF-8": [Buffer.from("7b2261223a22eda080227d", "hex"), "log_record"],
  "a number of many digits": [`{"a":${"1".repeat(5_000)}}`, "log_payload_erased"],
  "lists in lists": [`{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`, "log_payload_erased"],
  "lists in lists that do not end": [
    `{"a":${"[".repeat(5_000)}${"]".repeat(4_999)}}`,
    "log_record",
  ],
  "lists in lists around no value": [
    `{"a":${"[".repeat(5_000)}x${"]".repeat(5_000)}}`,
    "log_record",
  ],
  "brackets of two kinds": [`{"a":${"[".repeat(5_000)}${"}".repeat(5_000)}}`, "log_record"],
  "a payload of 5.0 bytes": [named("5.0"), "log_payload_missing"],
  "a payload of too many bytes": [named("9007199254740993"), "log_record"],
  "an erasure of texts": [told('[["0","5"]]'), "log_payload_erased"],
  "an erasure of truths": [told("[[false,true]]"), "log_payload_erased"],
  "an erasure from nothing on": [told("[[null,5]]"), "log_payload_erased"],
  "an erasure without an end": [told("[[0]]"), "log_payload_erased"],
  "an erasure of fractions": [told("[[0.0,5.0]]"), ""],
  "an erasure of three": [told("[[0,5,9]]"), ""],
  "an erasure of all there will ever be": [told("[[-1e999,1e999]]"), ""],
};

const change = (name: string, of: string): string =>
  `{"kind":"hold","name":${name},"change":"${of}"}`;
const [placed, released] = [change('"a"', "placed"), change('"a"', "released")];
const pruned = '{"kind":"pruned"}';

/** Records behind one another, and whether what they say was taken away is against a hold. */
const histories: Readonly<Record<string, readonly [records: readonly string[], isWrong: boolean]>> =
  {
    "a pruning under a hold": [[placed, pruned], true],
    "an erasure under a hold": [[placed, told("[]")], true],
    "a pruning, and a hold": [[pruned, placed], false],
    "a hold that is released": [[placed, released, pruned], false],
    "a hold that is placed twice": [[placed, placed, released, pruned], false],
    "a hold that is released before": [[released, placed, pruned], true],
    "one of two that is released": [[change('"b"', "placed"), placed, released, pruned], true],
    "another that is released": [[placed, change('"b"', "released"), pruned], true],
    "a hold of another change": [[change('"a"', "lifted"), pruned], false],
    "a hold that is released otherwise": [[placed, change('"a"', "Released"), pruned], true],
    "a hold whose name is a number": [[change("7", "placed"), pruned], false],
    "a hold whose name is empty": [[change('""', "placed"), pruned], true],
    "a hold that is written with escapes": [
      [String.raw`{"k\u0069nd":"h\u006fld","name":"\u0061","change":"placed"}`, pruned],
      true,
    ],
  };

test("all verifiers say the same of what was taken away under a hold", async (context) => {
  needTool(context, "python3");
  const folders = await Promise.all(
    Object.entries(histories).map(async ([what, [records]], place) => {
      const folder = join(scratch, `hold-${place}`);
      const log = await openLog({ directory: folder, origin: "holdfast", now: () => 1 });
      for (const record of records) await log.append(Buffer.from(record)).durable;
      await log.close();
      return { what, folder };
    }),
  );
  for (const { what, verdicts } of await judged(folders)) {
    const codes = histories[what]?.[1] === true ? ["log_hold"] : [];
    for (const found of verdicts) expect(found, what).toEqual(codes);
  }
});

interface Judged {
  readonly what: string;
  readonly verdicts: readonly (readonly string[])[];
}

/** The codes that each of the three verifiers finds. */
async function judged(
  folders: readonly { readonly what: string; readonly folder: string }[],
): Promise<readonly Judged[]> {
  const judge = fileURLToPath(new URL("../conformance/log/judge.py", import.meta.url));
  const { stdout, stderr } = spawnSync("python3", [judge], {
    encoding: "utf8",
    input: folders.map(({ folder }) => JSON.stringify({ directory: folder })).join("\n"),
  });
  const lines = stdout.trim().split("\n");
  expect(lines.length, stderr).toBe(folders.length);
  return Promise.all(
    folders.map(async ({ what, folder }, place) => {
      const third = JSON.parse(lines[place] ?? "") as { problems: { code: string }[] };
      const said = [await verifyOfLog(folder), verifyLog(folderAt(folder)), third];
      return { what, verdicts: said.map(({ problems }) => problems.map(({ code }) => code)) };
    }),
  );
}

test("all verifiers say the same of records that no guard writes", async (context) => {
  needTool(context, "python3");
  const folders = Object.entries(contents).map(([what, [content]], place) => {
    const folder = join(scratch, String(place));
    cpSync(base, folder, { recursive: true });
    const path = join(folder, segment);
    // A header, a record and its commit stand before it.
    writeFileSync(path, rechained(readFileSync(path), 3, Buffer.from(content)));
    return { what, folder };
  });
  for (const { what, verdicts } of await judged(folders)) {
    const [, code = ""] = contents[what] ?? [];
    for (const codes of verdicts) {
      if (code === "") expect(codes, what).toEqual([]);
      else expect(codes, what).toContain(code);
    }
  }
});
