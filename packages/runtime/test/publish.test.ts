import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { openLog, parseCheckpoint, verifyLog } from "@holdfast/log";
import {
  planLogPrune,
  changeHold,
  pruneRecords,
  publishNewest,
  readBack,
  readPublished,
  rotateLogKey,
} from "@holdfast/runtime";
import type { PublishTarget } from "@holdfast/runtime";
import { afterEach, expect, test } from "vitest";
import { dataDirectory, guardOn, request, scratch } from "./support.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

interface Collector {
  readonly url: string;
  readonly got: string[];
  status: number;
}

/** A server that keeps what it is sent while it answers 200. */
async function collector(): Promise<Collector> {
  const got: string[] = [];
  const made = { url: "", got, status: 200 };
  const server = createServer((incoming, answer) => {
    const pieces: Buffer[] = [];
    incoming.on("data", (piece: Buffer) => pieces.push(piece));
    incoming.on("end", () => {
      if (made.status === 200) got.push(Buffer.concat(pieces).toString("utf8"));
      answer.writeHead(made.status).end("ok");
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  made.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/checkpoints`;
  return made;
}

async function logOf(count: number): Promise<string> {
  const data = dataDirectory();
  const guard = await guardOn(data);
  for (let i = 0; i < count; i += 1) await guard.begin(request("files.read", { path: "a" }));
  await guard.close();
  return data;
}

const quiet = { wallMs: () => 5, notice: () => undefined };

test("a guard publishes its last checkpoint to a file, a server and a git repository", async () => {
  const folder = scratch();
  const data = join(folder, "data");
  const server = await collector();
  mkdirSync(join(folder, "anchors"));
  execFileSync("git", ["init", "-q", join(folder, "anchors")]);
  const configuration = join(folder, "holdfast.yaml");
  const places = `[{file: kept}, {url: "${server.url}"}, {git: anchors}]`;
  writeFileSync(configuration, `log: {publish: ${places}}\n`);
  const guard = await guardOn(data, { configuration });
  await guard.begin(request("files.read", { path: "a" }));
  await guard.close();
  const newest = readFileSync(join(data, "checkpoint"), "utf8");
  expect(readFileSync(join(folder, "kept"), "utf8")).toBe(newest);
  expect(server.got.at(-1)).toBe(newest);
  const committed = execFileSync("git", ["show", "HEAD:checkpoint"], {
    cwd: join(folder, "anchors"),
  });
  expect(committed.toString("utf8")).toBe(newest);
  const published = await readPublished(data);
  expect([...published.values()].map(({ last }) => last?.size)).toEqual([2, 2, 2]);
  const anchors = [{ source: "git", checkpoint: committed }];
  expect(await verifyLog(data, { anchors })).toMatchObject({
    ok: true,
    anchor: "anchored at git size 2",
  });
});

test("a place that fails is told, noted, tried again, and hinders nobody", async () => {
  const data = await logOf(1);
  const server = await collector();
  server.status = 503;
  const targets: PublishTarget[] = [{ url: server.url }, { file: join(scratch(), "kept") }];
  const said: string[] = [];
  const notice = (text: string) => said.push(text);
  const [failed, kept] = await publishNewest(data, targets, { ...quiet, notice });
  expect(failed).toMatchObject({ failure: { since: 5, message: expect.stringContaining("503") } });
  expect(failed?.last).toBeUndefined();
  expect(kept).toMatchObject({ last: { size: 2 } });
  expect(said).toEqual([expect.stringContaining("503")]);
  server.status = 200;
  const [again] = await publishNewest(data, targets, quiet);
  expect(again?.failure).toBeUndefined();
  expect(again).toMatchObject({ last: { size: 2 } });
  expect(parseCheckpoint(Buffer.from(server.got[0]!)).head.size).toBe(2);
  expect(await readBack(targets[0]!)).toBeUndefined();
  expect(Buffer.from((await readBack(targets[1]!))!).toString("utf8")).toBe(server.got[0]);
});

test("what stands in a header of a target is nowhere in the data folder", async () => {
  const data = await logOf(1);
  const server = await collector();
  await publishNewest(
    data,
    [{ url: server.url, headers: { authorization: "Bearer s3cret" } }],
    quiet,
  );
  expect(readFileSync(join(data, "published.json"), "utf8")).not.toContain("s3cret");
});

test("the key of a log is changed on record, and a guard goes on with the new one", async () => {
  const data = await logOf(2);
  const { next } = await rotateLogKey(data, Date.now());
  const guard = await guardOn(data);
  await guard.begin(request("files.read", { path: "b" }));
  await guard.close();
  const report = await verifyLog(data);
  expect(report).toMatchObject({ ok: true, checkpoints: { signers: [`holdfast+${next.keyId}`] } });
  expect(statSync(join(data, "keys/log.pem")).mode & 0o777).toBe(0o600);
});

test("nothing is pruned under a hold, and a hold is placed and released once", async () => {
  const data = await logOf(1);
  const by = { by: "ana", timeMs: Date.now() };
  const hold = { name: "case-7", reason: "a claim" };
  await changeHold(data, { ...hold, change: "placed" }, by);
  await expect(changeHold(data, { ...hold, change: "placed" }, by)).rejects.toMatchObject({
    code: "hold_exists",
  });
  await expect(planLogPrune(data, Date.now())).rejects.toMatchObject({ code: "prune_held" });
  await changeHold(data, { ...hold, change: "released" }, by);
  await expect(changeHold(data, { ...hold, change: "released" }, by)).rejects.toMatchObject({
    code: "hold_unknown",
  });
  expect(await planLogPrune(data, Date.now())).toBeUndefined();
});

test("a pruned log is opened from its snapshot, and without one not at all", async () => {
  const data = dataDirectory();
  // Begun in small segments, which double.
  const begun = { directory: data, origin: "holdfast", now: () => 0, segmentBytes: 16_384 };
  await (await openLog(begun)).close();
  const guard = await guardOn(data);
  for (let i = 0; i < 5; i += 1) {
    await Promise.all(
      Array.from({ length: 60 }, (_, item) =>
        guard.begin(request("files.read", { path: `${i}-${item}` })),
      ),
    );
  }
  await guard.close();
  expect((await verifyLog(data)).segments).toBeGreaterThan(2);
  const plan = await planLogPrune(data, Date.now() + 1000);
  expect(plan?.minimum).toBeGreaterThan(0);
  const now = { by: "ana", timeMs: Date.now() };
  // A hold that was placed since it was planned hinders it too.
  const hold = { name: "case-8", reason: "court" };
  await changeHold(data, { ...hold, change: "placed" }, now);
  await expect(pruneRecords(data, plan!, now)).rejects.toMatchObject({ code: "prune_held" });
  await changeHold(data, { ...hold, change: "released" }, now);
  await pruneRecords(data, plan!, now);
  expect(await verifyLog(data)).toMatchObject({ ok: true, first: plan!.minimum });
  const again = await guardOn(data);
  await again.begin(request("files.read", { path: "c" }));
  await again.close();
  expect(await verifyLog(data)).toMatchObject({ ok: true });
  rmSync(join(data, "snapshot"), { recursive: true });
  await expect(guardOn(data)).rejects.toMatchObject({ code: "log_pruned" });
});
