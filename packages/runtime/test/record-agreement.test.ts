import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine } from "@holdfast/engine";
import { openLog, readLog } from "@holdfast/log";
import { canonicalBytes, decodeRecord } from "@holdfast/model";
import type { JsonObject } from "@holdfast/model";
import { replayRecorded } from "@holdfast/runtime";
import { expect, test } from "vitest";
import { everyDecision, play } from "./scenario.ts";
import { dataDirectory, guardOn, scratch } from "./support.ts";

/** The same log with other records, as who holds its key could write it. */
async function rewritten(from: string, change: (record: JsonObject) => JsonObject) {
  const data = dataDirectory();
  cpSync(join(from, "bundles"), join(data, "bundles"), { recursive: true });
  const log = await openLog({ directory: data, origin: "holdfast", now: () => 1 });
  for await (const { body, payload } of readLog(from)) {
    const record = decodeRecord(body);
    const named = "payload" in record ? record.payload : undefined;
    const given =
      named === undefined || typeof payload !== "object"
        ? undefined
        : { scheme: named.scheme, bytes: payload };
    const written = change(JSON.parse(Buffer.from(body).toString()) as JsonObject);
    await log.append(canonicalBytes(written), given).durable;
  }
  await log.close();
  return data;
}

async function replayed(data: string) {
  const found = [];
  for await (const one of replayRecorded(data, createEngine)) found.push(one);
  return found;
}

/** What a liar makes of each record, and the members by which a replay tells it. */
const lies = {
  decision: {
    effect: "other",
    code: "other",
    granted: "other",
    time: 5,
    tenant: "other",
    agent: { id: "somebody", version: "9" },
    tool: { server: "other", name: "other" },
    action: { id: "other", kind: "other", operation: "other", phase: "other" },
    session: { id: "other", root: "other" },
    parent: "other",
    delegation: ["boss"],
    rules: ["base/other"],
    shadow: { effect: "other", code: "rule", rules: [] },
    restrict: { kinds: ["other"] },
  },
  outcome: {
    effect: "other",
    code: "other",
    time: 5,
    action: { id: "other" },
    status: "other",
    durationMs: 12_345,
    cost: 3.5,
    rules: ["base/other"],
    restrict: { kinds: ["other"] },
  },
} as const;

const told = {
  decision:
    "effect code time granted tenant agent version session root parent id kind operation phase server tool delegation shadow rules restrict",
  outcome: "effect code time id status durationMs cost rules restrict",
} as const;

test("a record that says something else than its payload does not replay as the same", async () => {
  // Plain, since a key opens a payload for no other action than its own.
  const configuration = join(scratch(), "holdfast.yaml");
  writeFileSync(configuration, "log: {payloads: plain}\n");
  const guard = await guardOn(dataDirectory(), { configuration });
  await play(guard, everyDecision);
  await guard.close();
  const honest = await replayed(guard.directory);
  expect(honest.length).toBeGreaterThan(5);
  expect(honest.filter(({ isSame, misstated }) => !isSame || misstated.length > 0)).toEqual([]);
  const data = await rewritten(guard.directory, (record) => {
    const { kind } = record;
    return kind === "decision" || kind === "outcome" ? { ...record, ...lies[kind] } : record;
  });
  const dishonest = await replayed(data);
  expect(dishonest).toHaveLength(honest.length);
  for (const { isSame, misstated, entry } of dishonest) {
    expect(misstated.toSorted()).toEqual(told[entry.kind].split(" ").toSorted());
    expect(isSame).toBe(false);
  }
});
