import { cpSync } from "node:fs";
import { join } from "node:path";
import { readLog, verifyLog } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import type { RecordOf } from "@holdfast/model";
import type { Guard } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import { killAfter } from "./killed-process.ts";
import { dataDirectory, guardOn, permitted, refused, request, testClock } from "./support.ts";

async function decisions(data: string): Promise<RecordOf<"decision">[]> {
  const found = [];
  for await (const { body } of readLog(data)) {
    const record = decodeRecord(body);
    if (record.kind === "decision") found.push(record);
  }
  return found;
}

/** Ids of granted actions without an outcome record. */
async function neverEnded(data: string): Promise<Set<string>> {
  const open = new Map<number, string>();
  for await (const { index, body } of readLog(data)) {
    const record = decodeRecord(body);
    if (record.kind === "decision" && record.granted) open.set(index, record.action.id);
    if (record.kind === "outcome") open.delete(record.decision);
  }
  return new Set(open.values());
}

/** Closes and opens again, with everything else the same. */
async function reopen(guard: Guard, options: Parameters<typeof guardOn>[1] = {}): Promise<Guard> {
  await guard.close();
  return guardOn(guard.directory, options);
}

describe("kill -9", () => {
  test("loses no permit, no count and no action id, over and over", async () => {
    const data = join(dataDirectory(), "log");
    for (const lines of [7, 120]) {
      const seen = await killAfter("kill-child.ts", data, lines);
      const guard = await guardOn(data);
      expect((await verifyLog(data)).state).toBe("intact");
      const recorded = await decisions(data);
      const granted = new Set(recorded.filter((one) => one.granted).map(({ action }) => action.id));
      const told = seen.flatMap((line) => /^granted \S+ (\S+)$/u.exec(line)?.[1] ?? []);
      expect(told.length).toBeGreaterThan(0);
      for (const id of told) expect(granted).toContain(id);

      const ended = seen.flatMap((line) => /^ended \S+ (\S+)$/u.exec(line)?.[1] ?? []);
      const ambiguous = new Set(guard.ambiguous().map(({ id }) => id));
      for (const id of ended) expect(ambiguous).not.toContain(id);
      expect(ambiguous).toEqual(await neverEnded(data));

      const refunds = recorded.filter(({ tool, granted: run }) => run && tool.name === "refund");
      expect(refunds.length).toBeLessThanOrEqual(10);
      const id = told.at(-1) ?? "";
      const { action } = recorded.find((one) => one.action.id === id) ?? {};
      expect(action?.id).toBe(id);
      const again = await guard.begin(request("fs.write", { path: "x", content: id }, { id }));
      expect(again.granted).toBe(false);
      await guard.close();
    }
    const total = (await decisions(data)).filter(
      ({ tool, granted }) => granted && tool.name === "refund",
    );
    expect(total).toHaveLength(10);
  });
});

describe("a restart", () => {
  test("keeps Events and Meters", async () => {
    const clock = testClock();
    let guard = await guardOn(dataDirectory(), { clock });
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    permitted(await guard.begin(request("web.post", {}, { session })));
    permitted(await guard.begin(request("fs.read", { path: "mail" }, { session })));
    permitted(await guard.begin(request("pay.refund", { amount: 10 })));
    guard = await reopen(guard, { clock });
    const denied = refused(await guard.begin(request("web.post", {}, { session })));
    expect(denied.decision.rules).toEqual(["narrow/after-untrusted"]);
    expect(refused(await guard.begin(request("pay.refund", { amount: 1 }))).decision.code).toBe(
      "limit",
    );
  });

  test("keeps what settled, and gives back what was never sent", async () => {
    const clock = testClock();
    let guard = await guardOn(dataDirectory(), { clock });
    const settled = permitted(await guard.begin(request("pay.refund", { amount: 9 })));
    await guard.end(settled, { status: "success", cost: 2 });
    const unsent = permitted(await guard.begin(request("pay.refund", { amount: 8 })));
    await guard.end(unsent, { status: "failure", nothingSent: true });
    guard = await reopen(guard, { clock });
    expect(refused(await guard.begin(request("pay.refund", { amount: 9 }))).decision.code).toBe(
      "limit",
    );
    permitted(await guard.begin(request("pay.refund", { amount: 8 })));
  });

  test("keeps a restriction of contain until its time is over", async () => {
    const clock = testClock();
    let guard = await guardOn(dataDirectory(), { clock });
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    refused(await guard.begin(request("fs.write", { path: "honeypot" }, { session })));
    guard = await reopen(guard, { clock });
    const held = refused(await guard.begin(request("fs.write", { path: "x" }, { session })));
    expect(held.decision.code).toBe("restricted");
    expect(held.message).toContain("this agent is restricted");
    clock.pass(10 * 60_000);
    permitted(await guard.begin(request("fs.write", { path: "x" }, { session })));
  });

  test("keeps action ids, with what they are bound to and what was answered", async () => {
    let guard = await guardOn(dataDirectory());
    const asked = request("fs.write", { path: "report", content: "c" });
    const first = permitted(await guard.begin(asked));
    const diverted = refused(await guard.begin(request("fs.write", { path: "divert" })));
    guard = await reopen(guard);
    const repeated = refused(await guard.begin(asked));
    expect(repeated).toMatchObject({ repeated: true, sequence: first.sequence });
    expect(repeated.decision).toEqual(first.decision);
    const other = refused(await guard.begin({ ...asked, args: {} }));
    expect(other.decision.code).toBe("invalid_request");
    const fallback = permitted(await guard.begin(diverted.fallback ?? request("fs.read")));
    expect(fallback.simulated).toBe(true);
  });

  test("keeps sessions and whose they are", async () => {
    const caller = { credential: "token:a" };
    let guard = await guardOn(dataDirectory());
    const { id } = await guard.openSession({ agent: "agent-1", task: "t" }, caller);
    guard = await reopen(guard);
    const asked = request("fs.read", { path: "x" }, { session: { id } });
    expect(refused(await guard.begin(asked)).decision.code).toBe("invalid_request");
    const permit = permitted(await guard.begin(asked, caller));
    expect(permit.request.session).toMatchObject({ id, root: id, task: "t" });
  });

  test("finds the permits that nobody ended, and says so once", async () => {
    let guard = await guardOn(dataDirectory());
    const open = permitted(await guard.begin(request("fs.write", { path: "x" })));
    const ended = permitted(await guard.begin(request("fs.write", { path: "x" })));
    await guard.end(ended, { status: "success" });
    expect(guard.ambiguous()).toEqual([]);
    guard = await reopen(guard);
    const expected = [{ sequence: open.sequence, id: open.id, found: "close" }];
    expect(guard.ambiguous()).toMatchObject(expected);
    guard = await reopen(guard);
    expect(guard.ambiguous()).toMatchObject(expected);
    expect((await guard.end(open, { status: "success", result: "late" })).released).toBe(false);
  });

  test("finds what a crash left open, and not what had ended before it", async () => {
    const guard = await guardOn(dataDirectory());
    const open = permitted(await guard.begin(request("fs.write", { path: "x" })));
    const ended = permitted(await guard.begin(request("fs.write", { path: "x" })));
    await guard.end(ended, { status: "success" });
    // All of it is on disk, so a copy is what a crash at this moment would leave.
    const crashed = join(dataDirectory(), "copy");
    cpSync(guard.directory, crashed, { recursive: true });
    const again = await guardOn(crashed);
    expect(again.ambiguous()).toMatchObject([{ id: open.id, found: "restart" }]);
  });

  test("writes down a changed bundle, and keeps the source of each", async () => {
    let guard = await guardOn(dataDirectory());
    const first = guard.bundle.digest;
    guard = await reopen(guard);
    guard = await reopen(guard, { policy: "" });
    const policies = [];
    for await (const { body } of readLog(guard.directory)) {
      const record = decodeRecord(body);
      if (record.kind === "policy") policies.push([record.bundle, record.previous]);
    }
    expect(policies).toEqual([
      [first, undefined],
      [guard.bundle.digest, first],
    ]);
  });
});
