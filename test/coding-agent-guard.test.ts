/**
 * The pack `coding-agent` on a real guard, with a task of one's own. Seen to fail: a line that is listed as a task asked
 * about all the same, as it installs.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { openGuard } from "@holdfast/runtime";
import type { Guard } from "@holdfast/runtime";

const pack = fileURLToPath(new URL("../policies/coding-agent", import.meta.url));
const mine = { credential: "token:a" };
const folders: string[] = [];
const guards: Guard[] = [];

afterEach(async () => {
  await Promise.all(guards.splice(0).map((guard) => guard.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test("a line that is listed as a task runs, though it installs what others do not without two owners", async () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-coding-"));
  folders.push(folder);
  const policies = join(folder, "policies");
  cpSync(pack, policies, { recursive: true });
  const shell = join(policies, "shell.yaml");
  const text = readFileSync(shell, "utf8");
  writeFileSync(shell, text.replace("- npm test\n", "- npm test\n      - npm install\n"));
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  const configuration = join(folder, "holdfast.yaml");
  writeFileSync(configuration, "facts: {deadline_ms: 10000}\n");
  const pep = { type: "test", id: "t", version: "1" };
  const guard = await openGuard({ policies, data, pep, configuration });
  guards.push(guard);
  const { id } = await guard.openSession({ agent: "a" }, mine);
  const effects: string[] = [];
  for (const command of ["npm test", "npm install", "npm install left-pad"]) {
    const tool = { server: "code", name: "shell" };
    const request = { agent: { id: "a" }, session: { id }, tool, args: { command } };
    const answer = await guard.begin(request, mine);
    effects.push(answer.decision.effect);
    if (answer.granted) await guard.end(answer, { status: "success", durationMs: 1, result: "ok" });
  }
  expect(effects).toEqual(["allow", "allow", "step_up"]);
});
