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
  const judge = fileURLToPath(new URL("../conformance/log/judge.py", import.meta.url));
  const { stdout, stderr } = spawnSync("python3", [judge], {
    encoding: "utf8",
    input: folders.map(({ folder }) => JSON.stringify({ directory: folder })).join("\n"),
  });
  const lines = stdout.trim().split("\n");
  expect(lines.length, stderr).toBe(folders.length);
  for (const [place, { what, folder }] of folders.entries()) {
    const third = JSON.parse(lines[place] ?? "") as { problems: { code: string }[] };
    const first = await verifyOfLog(folder);
    const verdicts = [first, verifyLog(folderAt(folder)), third];
    const found = verdicts.map(({ problems }) => problems.map(({ code }) => code));
    const [, code = ""] = contents[what] ?? [];
    for (const codes of found) {
      if (code === "") expect(codes, what).toEqual([]);
      else expect(codes, what).toContain(code);
    }
  }
});
