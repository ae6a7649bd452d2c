import { queryLog } from "@holdfast/runtime";
import type { QueryFilter, QueryRow } from "@holdfast/runtime";
import { SqliteIndex } from "@holdfast/store/sqlite";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { everyDecision, play } from "./scenario.ts";
import { dataDirectory, guardOn, permitted, request } from "./support.ts";

async function rows(
  data: string,
  filter: QueryFilter,
  index?: SqliteIndex,
): Promise<readonly QueryRow[]> {
  const found: QueryRow[] = [];
  for await (const row of queryLog(data, filter, index === undefined ? {} : { index })) {
    found.push(row);
  }
  return found;
}

const asked: readonly QueryFilter[] = [
  {},
  { newestFirst: true, limit: 5 },
  { newestFirst: true, cursor: 20 },
  { agent: "agent-1", tool: "pay.*" },
  { effect: "deny" },
  { code: "rule", effect: "contain" },
  { rule: "results/redact", payloads: true },
  { text: "WRITE deny" },
  { payloadText: "ana" },
  { payloadText: "report (signed)", payloads: true },
  { user: "bo" },
  { sinceMs: 1_795_255_200_000, untilMs: 1_795_260_000_000 },
];

describe("the index", () => {
  test("answers as reading the whole log does, while decisions come in", async () => {
    const guard = await guardOn(dataDirectory());
    const index = new SqliteIndex(guard.directory);
    for (const steps of [everyDecision.slice(0, 9), everyDecision.slice(9), everyDecision]) {
      await play(guard, steps);
      for (const filter of asked) {
        expect([filter, await rows(guard.directory, filter, index)]).toEqual([
          filter,
          await rows(guard.directory, filter),
        ]);
      }
    }
    await index.close();
  });

  test("is made anew in the middle of a query when it breaks", async () => {
    const guard = await guardOn(dataDirectory());
    await play(guard, everyDecision);
    const index = new SqliteIndex(guard.directory);
    const whole = await rows(guard.directory, {}, index);
    await index.close();
    writeFileSync(join(guard.directory, "index.db"), "nothing but words ".repeat(1000));
    const again = new SqliteIndex(guard.directory);
    expect(await rows(guard.directory, {}, again)).toEqual(whole);
    await again.close();
  });
});

describe("a query of payloads", () => {
  test("finds users and words, of the result too, and only whole ones in the record are in the index", async () => {
    const guard = await guardOn(dataDirectory());
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    const bo = { id: "bo", roles: [], attributes: {} };
    const read = permitted(
      await guard.begin(request("fs.read", { path: "x" }, { session, user: bo })),
    );
    await guard.end(read, { status: "success", result: { text: "Quarterly numbers" } });
    await guard.begin(request("fs.write", { path: "other" }, { session }));
    const found = async (filter: QueryFilter) =>
      (await rows(guard.directory, filter)).map(({ sequence }) => sequence);
    expect(await found({ user: "bo" })).toEqual([read.sequence]);
    expect(await found({ user: "ann" })).toEqual([]);
    expect(await found({ payloadText: "quarterly NUMBERS" })).toEqual([read.sequence]);
    expect(await found({ text: "quarterly" })).toEqual([]);
  });
});
