import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished, expect, test } from "vitest";

const program = fileURLToPath(new URL("../../cli/bin/holdfast.js", import.meta.url));

test("the demo shows each kind of answer, leaves the secret where it was, and a log that verifies", () => {
  const data = mkdtempSync(join(tmpdir(), "holdfast-demo-test-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const ran = spawnSync(process.execPath, [program, "demo", "--data", data], {
    encoding: "utf8",
    timeout: 60_000,
  });
  expect(ran.status).toBe(0);
  const decided = [
    ...ran.stdout.matchAll(
      /^ {2}(\w+) +(\w+) "(\S+)" {2}rule (.+?) {2}(\S+\.yaml:\d+:\d+) {2}[\d.]+ms/gmu,
    ),
  ];
  expect(
    decided.map(([, effect, tool, path, rule]) => `${effect} ${tool} ${path} ${rule}`),
  ).toEqual([
    "allow read_text_file brief.md reading/listed",
    "modify write_file outbox/report.md writing/sign",
    "deny write_file config.json none (nearest: writing/report)",
    "allow read_text_file inbox/customer-mail.txt reading/listed",
    "deny read_text_file secrets/api-key.txt none (nearest: reading/listed)",
    "deny write_file outbox/report.md writing/after-untrusted",
    "allow list_directory . reading/listed",
    "allow list_directory . reading/listed",
    "allow list_directory . reading/listed",
    "throttle list_directory . reading/not-all-day",
  ]);
  expect(ran.stdout.match(/every file is as it was/gu)).toHaveLength(4);
  expect(ran.stdout).toMatch(/^intact: the log holds \d+ records/mu);
  expect(readFileSync(join(data, "files/outbox/report.md"), "utf8")).toBe(
    "Customers are content this week.\n\n-- written by agent writer\n",
  );
  expect(readFileSync(join(data, "files/config.json"), "utf8")).toContain("false");
});

test("the demo overwrites no file that is not its own", () => {
  const data = mkdtempSync(join(tmpdir(), "holdfast-demo-test-"));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  mkdirSync(join(data, "files"));
  writeFileSync(join(data, "files/brief.md"), "mine");
  const ran = spawnSync(process.execPath, [program, "demo", "--data", data], { encoding: "utf8" });
  expect(ran.status).toBe(2);
  expect(readFileSync(join(data, "files/brief.md"), "utf8")).toBe("mine");
});
