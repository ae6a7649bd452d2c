/**
 * What `holdfast stress` proposes, taken in by `holdfast learn --close`. Seen to fail: proposals that are not taken in. That
 * none refuses work that ran is held by learn-refine.test.ts.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openGuard } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { folderOf, holdfast } from "./command.ts";

const policies = `apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: office.read_file}
spec: {labels: [read, untrusted]}
---
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: office.send_mail}
spec: {labels: [egress]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: all}
spec:
  match: {tools: [office.read_file, office.send_mail]}
  rules: [{id: grant, effect: allow}]
`;

/** A log in which an agent read reports and mailed what they say. */
async function workedLog(data: string, folder: string): Promise<void> {
  const pep = { type: "test", id: "t", version: "0" };
  const guard = await openGuard({ policies: folder, data, pep });
  for (const n of [0, 1]) {
    const { id } = await guard.openSession({ agent: "helper" });
    const to = `ana${n}@team.example`;
    const text = `Read report${n}.txt and send a summary to ${to}`;
    await guard.observe(id, { kind: "prompt", text, source: "chat", labels: ["user"] });
    const calls: readonly [string, Record<string, string>, string][] = [
      ["read_file", { path: `report${n}.txt` }, `All is well in quarter ${n}.`],
      ["send_mail", { to, body: "All is well." }, "sent"],
    ];
    for (const [name, args, result] of calls) {
      const tool = { server: "office", name };
      const rest = { agent: { id: "helper" }, session: { id }, tool, args };
      const begun = await guard.begin(rest);
      if (begun.granted) await guard.end(begun, { status: "success", result });
    }
  }
  await guard.close();
}

test("what survived is stopped once its proposals are taken in, and no work that ran", async () => {
  const folder = folderOf({ "policies/p.yaml": policies });
  const at = (name: string): string => join(folder, name);
  await workedLog(at("log"), at("policies"));
  const log = ["--from-log", "--data", at("log")];
  const survivors = async (set: string, ...more: readonly string[]): Promise<number> => {
    const args = ["stress", "--policy", at(set), ...log, "-o", "json", ...more];
    const { stdout } = await holdfast(args);
    writeFileSync(at(`${set}.json`), stdout);
    return (JSON.parse(stdout) as { survivors: unknown[] }).survivors.length;
  };
  const before = await survivors("policies");
  const close = ["learn", ...log, "--policy", at("policies"), "--close", at("policies.json")];
  const ran = await holdfast([...close, "-o", at("refined"), "--fail-on-widening"]);
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("NARROWS  `stress-")]);
  expect(await survivors("refined", "--no-proposals")).toBeLessThan(before / 2);
  const replayed = await holdfast(["replay", "-d", at("log"), "-p", at("refined"), "-o", "json"]);
  expect(JSON.parse(replayed.stdout)).toMatchObject({ newlyDenied: { count: 0 } });
});
