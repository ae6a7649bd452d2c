import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openLog, readLog, verifyLog } from "@holdfast/log";
import type { LogHead } from "@holdfast/log";
import { decodeRecord, digestOfBytes } from "@holdfast/model";
import { afterAll, expect, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";

const conformance = fileURLToPath(new URL("../../../conformance/log/", import.meta.url));
const small = join(conformance, "small");
const script = join(conformance, "verify.py");
const copies: string[] = [];

interface Expected {
  readonly head: LogHead;
  readonly earlier: readonly LogHead[];
  readonly files: Readonly<Record<string, string>>;
  readonly records: readonly { kind: string; body: string; payload: string }[];
}

const expected = JSON.parse(readFileSync(join(conformance, "small.json"), "utf8")) as Expected;

function copy(): string {
  const path = mkdtempSync(join(tmpdir(), "holdfast-small-"));
  copies.push(path);
  cpSync(small, path, { recursive: true });
  return path;
}

function python(directory: string): { status: number | null; text: string } {
  const run = spawnSync("python3", [script, directory], { encoding: "utf8" });
  return { status: run.status, text: `${run.stdout}${run.stderr}`.trim() };
}

afterAll(() => {
  for (const path of copies) rmSync(path, { recursive: true, force: true });
});

test("the kept log is, byte for byte, what it was", () => {
  const paths = readdirSync(small, { recursive: true }).map(String);
  const files = paths.filter((path) => statSync(join(small, path)).isFile()).sort();
  const found = files.map((path) => [
    path.replaceAll("\\", "/"),
    digestOfBytes(readFileSync(join(small, path))),
  ]);
  expect(Object.fromEntries(found)).toEqual(expected.files);
});

test("the kept log verifies against its head and every earlier one", async () => {
  for (const held of [expected.head, ...expected.earlier]) {
    const report = await verifyLog(small, { held });
    expect(report).toMatchObject({ state: "damaged", head: expected.head });
    // Its erased payload is the only thing to tell: no record names it as erased.
    expect(report.problems.map(({ code }) => code)).toEqual(["log_payload_erased"]);
    expect(report.payloads).toEqual({ named: 16, present: 15, erased: 1, missing: 0 });
  }
});

test("every record of the kept log is read, with its payload or that it is erased", async () => {
  const records = [];
  for await (const { body, payload } of readLog(small)) {
    const { kind } = decodeRecord(body);
    const stored = typeof payload === "object" ? digestOfBytes(payload) : (payload ?? "none");
    records.push({ kind, body: digestOfBytes(body), payload: stored });
  }
  expect(records).toEqual(expected.records);
});

test("the kept log can still be opened and appended to", async () => {
  const directory = copy();
  const options = { origin: "example.org/holdfast/fixture", now: () => 1, segmentBytes: 4096 };
  const log = await openLog({ directory, ...options });
  expect(log.head).toEqual(expected.head);
  expect(log.recovery).toBeUndefined();
  await log.append(Buffer.from('{"v":1}')).durable;
  await log.close();
  const { problems } = await verifyLog(directory, { held: expected.head });
  expect(problems).toMatchObject([{ code: "log_payload_erased" }]);
});

test("a reader in another language agrees on the root", (context) => {
  needTool(context, "python3");
  const { size, root } = expected.head;
  const { status, text } = python(small);
  expect(text).toContain(`${size} ${root}`);
  expect(text).toMatch(/^log_payload_erased .* payload of record \d+ is erased/mu);
  expect(status).toBe(7);
});

test("a reader in another language finds what ours finds", async (context) => {
  needTool(context, "python3");
  const places = Object.keys(expected.files).flatMap((path) =>
    [5, 150, 4090].map((at) => ({ path, at, bytes: readFileSync(join(small, path)) })),
  );
  const changed = places.filter(({ at, bytes }) => at < bytes.length);
  const lines = changed.map(({ path, at, bytes }) => {
    bytes[at]! ^= 1;
    return JSON.stringify({ directory: small, changes: { [path]: bytes.toString("base64") } });
  });
  const judge = join(conformance, "judge.py");
  const run = spawnSync("python3", [judge], { encoding: "utf8", input: lines.join("\n") });
  const verdicts = run.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(verdicts.length).toBe(changed.length);
  for (const [place, { path, at, bytes }] of changed.entries()) {
    const directory = copy();
    writeFileSync(join(directory, path), bytes);
    const { problems } = await verifyLog(directory);
    const codes = problems.map(({ code }) => code).filter((code) => code !== "log_payload_erased");
    expect(codes.length, `${path} ${at}`).toBeGreaterThan(0);
    expect(verdicts[place], `${path} ${at}`).toMatchObject({
      state: "damaged",
      problems: expect.arrayContaining([expect.objectContaining({ code: codes[0] })]),
    });
  }
});
