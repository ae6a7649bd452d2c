import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine, createReferenceEngine, renderExplanation } from "@holdfast/engine";
import { canonicalJson } from "@holdfast/model";
import { explainRecord, loadKeptBundle, loadPolicyFolder, replayLog } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { folderOf, holdfast, program, repository } from "./command.ts";

const policies = join(repository, "examples/origins/policies");

/** The official client behind the gateway on the real filesystem server, each its own process. */
function play(data: string): { verdicts: string[]; stdout: string } {
  const ran = spawnSync(process.execPath, [program, "demo", "origins", "--data", data], {
    encoding: "utf8",
    timeout: 60_000,
  });
  expect({ status: ran.status, stderr: ran.stderr }).toEqual({ status: 0, stderr: "" });
  const lines = ran.stdout.matchAll(/^ {2}(\w+) +(\w+) "(\S+)" {2}rule (.+?) {2}\S+\.yaml:/gmu);
  const verdicts = [...lines].map((line) => line.slice(1).join(" "));
  return { verdicts, stdout: ran.stdout };
}

test("an agent that obeys a file opens only what the person named, run after run on one log", async () => {
  const data = folderOf();
  const expected = [
    "allow read_text_file notes/meeting.md reading/named",
    "allow write_file outbox/for-ana.md writing/any",
    "deny read_text_file accounts/payroll.csv none (nearest: reading/named)",
    "deny write_file public/minutes.md writing/not-from-the-user",
    "deny write_file outbox/copy.md writing/not-from-the-user",
  ];
  const runs = [play(data), play(data)];
  expect(runs.map(({ verdicts }) => verdicts)).toEqual([expected, expected]);
  for (const { stdout } of runs) {
    expect(stdout).toContain("found   named_text (files.read_text_file content)");
    expect(stdout).not.toContain("4100");
    expect(stdout.match(/every file is as it was/gu)).toHaveLength(3);
  }
  expect(readFileSync(join(data, "files/outbox/for-ana.md"), "utf8")).toBe("The new layout stays.");

  const log = join(data, "log");
  const { digest } = loadPolicyFolder(policies).bundle;
  for (const create of [createReferenceEngine, createEngine]) {
    const engine = create(loadKeptBundle(log, digest));
    let count = 0;
    for await (const { recorded, recomputed, state } of replayLog(log, engine)) {
      expect(canonicalJson(recomputed)).toBe(canonicalJson(recorded));
      expect(state.recomputed).toBe(state.recorded);
      count += 1;
    }
    // Each run: five decisions, and the outcomes of the two that ran.
    expect(count).toBe(2 * 7);
  }
  const denied = (await holdfast(["audit", "query", "--data", log, "-o", "jsonl"])).stdout
    .split("\n")
    .find((line) => line.includes("default_deny"));
  const { sequence } = JSON.parse(denied ?? "{}");
  const engine = createReferenceEngine(loadKeptBundle(log, digest));
  const explained = await explainRecord(log, engine, sequence);
  expect(explained && renderExplanation(explained.decision, explained.explanation)).toContain(
    "found   named_text (files.read_text_file content)",
  );
});

test("the example's own tests hold, on every rule", async () => {
  const ran = await holdfast(["test", "--policy", policies]);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain("3 of 3 rules held in some case");
});

test("the README of the example shows what really happens", () => {
  const readme = readFileSync(join(repository, "examples/origins/README.md"), "utf8");
  const shown = /```\n(> [\s\S]*?)```/u.exec(readme)?.[1] ?? "";
  const steady = (text: string): string[] =>
    text.split("\n").map((line) => line.replace(/ {2}[\d.]+ms {2}record \d+$/u, ""));
  const really = steady(play(folderOf()).stdout);
  expect(shown).not.toBe("");
  for (const line of steady(shown)) expect(really).toContain(line);
});
