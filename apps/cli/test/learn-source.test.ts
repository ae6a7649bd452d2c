/**
 * `holdfast learn` from a log and from traces. Seen to fail: calls of another agent learned from, and
 * policies from a log that differ from those of its own export.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openGuard } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { folderOf, holdfast } from "./command.ts";

const policies = `
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: all}
spec:
  match: {labels: [unlabelled]}
  rules:
    - {id: grant, effect: allow}
    - {id: never, effect: deny, when: tool.name == "drop"}
`;

/** A log in which two agents work: \`helper\` reads and mails in two sessions, \`other\` purges. */
async function workedLog(): Promise<string> {
  const data = join(folderOf(), "log");
  const pep = { type: "test", id: "t", version: "0" };
  const guard = await openGuard({ policies: [{ path: "p.yaml", text: policies }], data, pep });
  const work = async (
    agent: string,
    prompt: string,
    calls: readonly [string, Record<string, string>][],
  ) => {
    const { id } = await guard.openSession({ agent });
    await guard.observe(id, { kind: "prompt", text: prompt, source: "chat", labels: ["user"] });
    for (const [name, args] of calls) {
      const tool = { server: name === "purge" ? "db" : "office", name };
      const begun = await guard.begin({
        agent: { id: agent },
        session: { id },
        tool,
        args,
      });
      if (begun.granted) await guard.end(begun, { status: "success", result: "done" });
    }
  };
  await work("helper", "Read a.txt", [["read_file", { path: "a.txt" }]]);
  await work("helper", "Read b.txt and tell ana@team.example", [
    ["read_file", { path: "b.txt" }],
    ["send_mail", { to: "ana@team.example", body: "text" }],
    ["drop", { table: "x" }],
  ]);
  await work("other", "Purge it", [
    ["purge", { table: "x" }],
    ["read_file", { path: "c.txt" }],
  ]);
  await guard.close();
  return data;
}

const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );

test("learns from a log what ran and succeeded, and the same from its export", async () => {
  const data = await workedLog();
  const folder = folderOf();
  const [to, again] = [join(folder, "learned"), join(folder, "again")];
  const more = ["--agent", "helper"];
  const ran = await holdfast(["learn", "--from-log", "--data", data, "-o", to, ...more]);
  expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining("calls left out: 1 refused")]);
  expect(ran.stderr).toContain("2 calls of others left aside");
  const files = filesOf(to);
  expect(Object.keys(files).sort()).toEqual([
    "settings.yaml",
    "tools/read-file.yaml",
    "tools/send-mail.yaml",
  ]);
  expect(files["tools/read-file.yaml"]).toContain("used 2 times, in 2 tasks");
  expect(files["tools/read-file.yaml"]).toContain("office.read_file");
  expect((await holdfast(["lint", to])).stdout).toContain("0 errors, 0 warnings");
  const spans = join(folder, "spans.json");
  const sent = await holdfast([
    "audit",
    "export",
    "--data",
    data,
    "--format",
    "otel",
    "--payloads",
    "--to",
    spans,
  ]);
  expect(sent.code).toBe(0);
  expect((await holdfast(["learn", "--traces", spans, "-o", again, ...more])).code).toBe(0);
  expect(filesOf(again)).toEqual(files);
});

test("needs one source, one server and a run", async () => {
  const data = await workedLog();
  const folder = folderOf({ "none.json": "{}", "bad.json": "{\nx" });
  const learn = async (...args: readonly string[]) => {
    const { code, stderr } = await holdfast(["learn", "-o", join(folder, "to"), ...args]);
    return [code, stderr];
  };
  const refused = (text: string) => [2, expect.stringContaining(text)];
  expect(await learn()).toEqual(refused("name one source of runs"));
  expect(await learn("--from-log", "--traces", "x")).toEqual(refused("name one source"));
  expect(await learn("--from-log", "-d", data)).toEqual(refused("tools of `db`, `office`; choose"));
  const since = ["--from-log", "-d", data, "--since", "2999-01-01"];
  expect(await learn(...since)).toEqual(refused("no run"));
  expect(await learn("--traces", join(folder, "none.json"))).toEqual(refused("holds no span"));
  expect(await learn("--traces", join(folder, "bad.json"))).toEqual(
    refused("bad.json:1: not JSON"),
  );
  expect(await learn("--runs", "x", "--since", "7d")).toEqual(refused("`--since` says which part"));
});
