import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { queryLog } from "@holdfast/runtime";
import type { QueryFilter, QueryRow } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import {
  dataDirectory,
  guardOn,
  permitted,
  refused,
  request,
  startMs,
  testClock,
} from "./support.ts";

async function rows(data: string, filter: QueryFilter = {}): Promise<QueryRow[]> {
  const found: QueryRow[] = [];
  for await (const row of queryLog(data, filter)) found.push(row);
  return found;
}

/** A log with one decision a minute, still open for writing. */
async function minutes() {
  const clock = testClock();
  const guard = await guardOn(dataDirectory(), { clock });
  const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
  const write = permitted(await guard.begin(request("fs.write", { path: "one" }, { session })));
  await guard.end(write, { status: "success", result: "r", durationMs: 7 });
  clock.pass(60_000);
  const open = permitted(
    await guard.begin(request("fs.write", { path: "two" }, { agent: { id: "agent-2" } })),
  );
  clock.pass(60_000);
  const denied = refused(await guard.begin(request("fs.write", { path: "secret-place" })));
  clock.pass(60_000);
  const read = permitted(await guard.begin(request("fs.read", { path: "four" }, { session })));
  await guard.end(read, { status: "failure", result: {} });
  return { data: guard.directory, session, write, open, denied, read };
}

describe("a query", () => {
  test("joins each decision with its outcome, while the writer is at work", async () => {
    const { data, write, open, denied, read } = await minutes();
    const found = await rows(data);
    expect(found.map(({ sequence, outcome }) => [sequence, outcome?.status])).toEqual([
      [write.sequence, "success"],
      [open.sequence, undefined],
      [denied.sequence, undefined],
      [read.sequence, "failure"],
    ]);
    expect(found[0]?.outcome?.durationMs).toBe(7);
  });

  test("finds by agent, tool, effect, rule, session and time", async () => {
    const { data, session, write, open, denied, read } = await minutes();
    const cases: [QueryFilter, (number | undefined)[]][] = [
      [{ agent: "agent-2" }, [open.sequence]],
      [{ tool: "fs.read" }, [read.sequence]],
      [{ tool: "fs.*", effect: "allow" }, [write.sequence, open.sequence, read.sequence]],
      [{ tool: "f.*" }, []],
      [{ effect: "deny" }, [denied.sequence]],
      [{ rule: "narrow/secret-path" }, [denied.sequence]],
      [{ session: session.id }, [write.sequence, read.sequence]],
      [{ sinceMs: startMs + 60_000, untilMs: startMs + 180_000 }, [open.sequence, denied.sequence]],
      [{ newestFirst: true, limit: 2 }, [read.sequence, denied.sequence]],
      [{ newestFirst: true }, [read.sequence, denied.sequence, open.sequence, write.sequence]],
      [{ limit: 1 }, [write.sequence]],
      [{ limit: 0 }, []],
    ];
    for (const [filter, expected] of cases) {
      const found = await rows(data, filter);
      expect([filter, found.map(({ sequence }) => sequence)]).toEqual([filter, expected]);
    }
  });

  test("gives arguments and reason from the payload only when asked", async () => {
    const { data } = await minutes();
    expect(JSON.stringify(await rows(data))).not.toContain("secret-place");
    const [row] = await rows(data, { effect: "deny", payloads: true });
    expect(row).toMatchObject({
      args: { path: "secret-place" },
      request: { agent: { id: "agent-1" } },
    });
  });

  test("rival: agt-attempts-without-outcomes: every attempt is told apart by how it ended", async () => {
    const { data, open } = await minutes();
    const guard = await rows(data);
    expect(guard.every(({ decision, outcome }) => decision.granted || outcome === undefined)).toBe(
      true,
    );
    const again = await guardOn(data).catch(() => undefined);
    expect(again).toBeUndefined();
    expect(guard.find(({ sequence }) => sequence === open.sequence)?.ambiguous).toBeUndefined();
  });

  test("rival: agt-attempts-without-outcomes: what never ended is found after the writer is gone", async () => {
    const guard = await guardOn(dataDirectory());
    const open = permitted(await guard.begin(request("fs.write", { path: "x" })));
    await guard.close();
    const [row] = await rows(guard.directory);
    expect(row).toMatchObject({ sequence: open.sequence, ambiguous: "close" });
  });

  test("of many keeps the newest in order", async () => {
    const guard = await guardOn(dataDirectory());
    const asked = Array.from({ length: 50 }, () => guard.begin(request("fs.write", { path: "x" })));
    const all = (await Promise.all(asked)).map(({ sequence }) => sequence);
    const found = await rows(guard.directory, { newestFirst: true, limit: 7 });
    expect(found.map(({ sequence }) => sequence)).toEqual(all.toReversed().slice(0, 7));
  });
});

test("a query finds what was decided on the result, too", async () => {
  const guard = await guardOn(dataDirectory());
  const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
  const read = permitted(await guard.begin(request("fs.read", { path: "x" }, { session })));
  await guard.end(read, { status: "success", result: { text: "poison" } });
  const [row] = await rows(guard.directory, { rule: "results/withhold" });
  expect(row).toMatchObject({ decision: { effect: "allow" }, outcome: { effect: "deny" } });
  expect(await rows(guard.directory, { effect: "deny" })).toHaveLength(1);
});

test("damage is told of however few rows are asked for, as behind it lie the newest", async () => {
  const guard = await guardOn(dataDirectory());
  for (let count = 0; count < 20; count += 1) await guard.begin(request("fs.read", { path: "x" }));
  await guard.close();
  const folder = join(guard.directory, "seg");
  const last = join(folder, readdirSync(folder).sort().at(-1) ?? "");
  const bytes = readFileSync(last);
  const end = bytes.findLastIndex((each) => each !== 0);
  const at = Math.floor(end * 0.6);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(last, bytes);
  expect(statSync(last).size).toBe(bytes.length);
  for (const filter of [{}, { limit: 1, newestFirst: true }, { limit: 1 }]) {
    await expect(rows(guard.directory, filter)).rejects.toMatchObject({ code: "log_damaged" });
  }
});
