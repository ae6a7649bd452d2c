import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { needTool } from "../../../tools/need-tool.ts";
import { folderOf, holdfast } from "./command.ts";
import { copyOf, goOn, keptLog, verdictsOf } from "./kept-log.ts";

let base = "";
beforeAll(async () => {
  const kept = await keptLog(20);
  base = kept.data;
  return kept.remove;
});

/** A server that keeps what it is sent while it answers 200. */
async function collector() {
  const made = { url: "", got: [] as string[], headers: [] as unknown[], status: 200 };
  const server = createServer((incoming, answer) => {
    let text = "";
    incoming.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    incoming.on("end", () => {
      if (made.status === 200) made.got.push(text);
      made.headers.push(incoming.headers);
      answer.writeHead(made.status).end("ok");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  made.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/checkpoints`;
  return made;
}

/** A bare repository, and a work tree that pushes to it. */
function repositories(git: string, folder: string): { readonly bare: string } {
  const bare = join(folder, "bare.git");
  const run = (...args: string[]) => execFileSync(git, args, { stdio: "pipe" });
  run("init", "-q", "--bare", bare);
  run("init", "-q", join(folder, "anchors"));
  const within = ["-C", join(folder, "anchors")];
  run(...within, "remote", "add", "origin", bare);
  run(...within, "config", "push.autoSetupRemote", "true");
  return { bare };
}

const checkpointOf = (data: string) => readFileSync(join(data, "checkpoint"), "utf8");
const sizeOf = (note: string) => Number(note.split("\n")[1]);

test("a checkpoint reaches a file, a server and a repository, which then vouch for the log", async (context) => {
  const git = needTool(context, "git");
  const folder = folderOf();
  const server = await collector();
  const { bare } = repositories(git, folder);
  const data = copyOf(base);
  const config = join(folder, "holdfast.yaml");
  writeFileSync(
    config,
    `data: ${data}
log:
  publish:
    - file: kept
    - {url: "${server.url}", headers: {authorization: Bearer s3cret}}
    - {git: anchors, path: log/checkpoint, push: true}
`,
  );
  mkdirSync(join(folder, "anchors/log"));
  const newest = checkpointOf(data);
  const size = sizeOf(newest);
  const ran = await holdfast(["audit", "publish", "-c", config]);
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  const names = [`file:${folder}/kept`, server.url, `git:${folder}/anchors#log/checkpoint`];
  const lines = ran.stdout.trimEnd().split("\n");
  expect(lines.map((line) => line.split("  ").slice(0, 2))).toEqual(
    names.map((name) => ["published", name]),
  );
  for (const line of lines) expect(line).toContain(`size ${size} at `);
  expect(readFileSync(join(folder, "kept"), "utf8")).toBe(newest);
  expect(server.got).toEqual([newest]);
  expect(server.headers).toMatchObject([{ authorization: "Bearer s3cret" }]);
  const shown = execFileSync(git, ["-C", bare, "show", "HEAD:log/checkpoint"], { stdio: "pipe" });
  expect(shown.toString()).toBe(newest);

  // A second one, as data, after more was written; nothing secret is printed or kept.
  await goOn(data, 2);
  const again = await holdfast(["audit", "publish", "-c", config, "-o", "json"]);
  expect(again).toMatchObject({ code: 0, stderr: "" });
  const entries = JSON.parse(again.stdout) as readonly unknown[];
  const last = { size: sizeOf(checkpointOf(data)) };
  expect(entries).toMatchObject([
    { target: { file: `${folder}/kept` }, last },
    { target: { url: server.url }, last },
    { target: { push: true }, last },
  ]);
  expect(again.stdout + readFileSync(join(data, "published.json"), "utf8")).not.toContain("s3cret");
  const commits = execFileSync(git, ["-C", bare, "rev-list", "--count", "HEAD"]).toString();
  expect(commits).toBe("2\n");
  const verified = await holdfast(["audit", "verify", "-d", data, "-c", config]);
  expect(verified.code).toBe(0);
  expect(verified.stdout).toMatch(/anchor +anchored at .*kept size \d+/u);
  expect(await verdictsOf(data, { checkpoint: newest })).toEqual(["intact", "intact"]);

  // A log that is put back to an older copy, with all that its folder notes of what was published.
  const older = copyOf(base);
  const told = await holdfast(["audit", "verify", "-d", older, "-c", config]);
  expect(told.code).toBe(7);
  expect(told.stdout).toMatch(
    /problem +`file:.*kept`: \d+ records are signed, the log has only \d+/u,
  );
});

test("a place that fails is told with exit 10, and hinders none of the others", async () => {
  const folder = folderOf();
  const server = await collector();
  server.status = 503;
  const data = copyOf(base);
  const config = join(folder, "holdfast.yaml");
  const places = `[{url: "${server.url}"}, {file: no/such/folder/kept}, {git: nowhere}, {file: kept}]`;
  writeFileSync(config, `data: ${data}\nlog: {publish: ${places}}\n`);
  const ran = await holdfast(["audit", "publish", "-c", config]);
  expect(ran.code).toBe(10);
  const line = (name: string) => ran.stdout.split("\n").find((each) => each.includes(name)) ?? "";
  expect(line(server.url)).toMatch(/^failed {5}.*nothing yet; since then: answer 503/u);
  expect(line("such/folder")).toMatch(/^failed .*ENOENT/u);
  expect(line("nowhere")).toMatch(/^failed /u);
  expect(line(`file:${folder}/kept`)).toMatch(/^published {2}.*size \d+ at/u);
  expect(readFileSync(join(folder, "kept"), "utf8")).toBe(checkpointOf(data));
  server.status = 200;
  const less = join(folder, "less.yaml");
  writeFileSync(less, `data: ${data}\nlog: {publish: [{url: "${server.url}"}]}\n`);
  const again = await holdfast(["audit", "publish", "-c", less]);
  expect(again.code).toBe(0);
  // Of places that are named no more nothing is told.
  expect(again.stdout.trimEnd().split("\n")).toEqual([
    expect.stringContaining(`published  ${server.url}`),
  ]);
});

test("a push that fails is made up for, without another commit", async (context) => {
  const git = needTool(context, "git");
  const folder = folderOf();
  const { bare } = repositories(git, folder);
  const data = copyOf(base);
  const config = join(folder, "holdfast.yaml");
  writeFileSync(config, `data: ${data}\nlog: {publish: [{git: anchors, push: true}]}\n`);
  renameSync(bare, `${bare}.away`);
  const failed = await holdfast(["audit", "publish", "-c", config, "-o", "json"]);
  expect(failed.code).toBe(10);
  expect(JSON.parse(failed.stdout)).toMatchObject([
    { failure: { message: expect.stringContaining("git push: ") } },
  ]);
  renameSync(`${bare}.away`, bare);
  const made = await holdfast(["audit", "publish", "-c", config, "-o", "json"]);
  expect(made.code).toBe(0);
  expect(JSON.parse(made.stdout)).toEqual([
    {
      target: expect.anything(),
      last: expect.objectContaining({ size: sizeOf(checkpointOf(data)) }),
    },
  ]);
  const log = execFileSync(git, ["-C", bare, "log", "--format=%s"]).toString();
  expect(log).toMatch(/^Checkpoint of \d+ records of holdfast\n$/u);
});

test("what cannot be noted in the folder of the log is told all the same", async () => {
  const data = copyOf(base);
  const places = "[{file: no/such/folder/kept}, {file: kept}]";
  const folder = folderOf({ "holdfast.yaml": `data: ${data}\nlog: {publish: ${places}}\n` });
  mkdirSync(join(data, "published.json"));
  const ran = await holdfast(["audit", "publish", "-c", join(folder, "holdfast.yaml")]);
  expect(ran.code).toBe(10);
  expect(ran.stdout).toMatch(/^failed .*\npublished .*\n$/u);
});

test("without a place, a configuration or a checkpoint it says what is missing", async () => {
  const data = copyOf(base);
  const publish = (...more: string[]) => holdfast(["audit", "publish", ...more]);
  expect(await publish("-d", data)).toMatchObject({ code: 2, stdout: "" });
  const none = folderOf({ "holdfast.yaml": `data: ${data}\n` });
  const nowhere = await publish("-c", join(none, "holdfast.yaml"));
  expect(nowhere).toMatchObject({ code: 2, stdout: "" });
  expect(nowhere.stderr).toContain("names no place under `log.publish`");
  const some = folderOf({ "holdfast.yaml": `data: ${data}\nlog: {publish: [{file: kept}]}\n` });
  rmSync(join(data, "checkpoint"));
  const unsigned = await publish("-c", join(some, "holdfast.yaml"));
  expect(unsigned).toMatchObject({ code: 7, stdout: "" });
  expect(unsigned.stderr).toContain("log_checkpoint_missing");
});
