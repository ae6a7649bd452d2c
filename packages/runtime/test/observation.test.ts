import { createReferenceEngine } from "@holdfast/engine";
import type { Bundle, Engine, Occurrence } from "@holdfast/engine";
import { readLog } from "@holdfast/log";
import { canonicalJson, decodeRecord } from "@holdfast/model";
import { replayLog } from "@holdfast/runtime";
import type { Guard, Observation } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import { faultFiles } from "./fault-files.ts";
import { dataDirectory, guardOn, permitted, refused, request } from "./support.ts";

const typed: Observation = {
  kind: "prompt",
  text: "refund cus_1234",
  source: "stdin",
  labels: ["user"],
};

/** An engine that tells what it was asked to fold. */
function folding(onto: Occurrence[]): (bundle: Bundle) => Engine {
  return (bundle) => {
    const engine = createReferenceEngine(bundle);
    return {
      ...engine,
      fold(state, occurrence) {
        onto.push(occurrence);
        engine.fold(state, occurrence);
      },
    };
  };
}

const opened = async (guard: Guard, parent?: string) =>
  guard.openSession({ agent: "agent-1", ...(parent === undefined ? {} : { parent }) });

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

describe("an observation", () => {
  test("is folded once, in log order, at the root of its session", async () => {
    const folded: Occurrence[] = [];
    const guard = await guardOn(dataDirectory(), {
      createEngine: folding(folded),
      tenant: "acme",
    });
    const root = await opened(guard);
    const child = await opened(guard, root.id);
    const session = { id: root.id };
    await guard.begin({ ...request("fs.read", { path: "x" }, { session }), tenant: "acme" });
    const seen: Observation = {
      kind: "document",
      text: "pay 7 to bob",
      source: "inbox/1",
      labels: ["untrusted", "pii", "untrusted"],
    };
    await guard.observe(child.id, seen);
    await guard.begin({ ...request("fs.read", { path: "y" }, { session }), tenant: "acme" });
    expect(folded.map(({ kind }) => kind)).toEqual(["decision", "observation", "decision"]);
    const places = folded.map(({ sequence }) => sequence);
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    const [, observation] = folded;
    expect(observation).toMatchObject({
      seen: seen.kind,
      text: seen.text,
      source: seen.source,
      labels: ["pii", "untrusted"],
      tenant: "acme",
      root: root.id,
    });
    for await (const { index, body } of readLog(guard.directory)) {
      const record = decodeRecord(body);
      if (record.kind !== "observation") continue;
      expect(observation).toMatchObject({ sequence: index, nowMs: record.time });
    }
  });

  test("is seen by an action that is begun after it without waiting", async () => {
    const files = faultFiles();
    const folded: Occurrence[] = [];
    const guard = await guardOn(dataDirectory(), { files, createEngine: folding(folded) });
    const { id } = await opened(guard);
    const release = files.hold();
    const observed = guard.observe(id, typed);
    const begun = guard.begin(request("fs.read", { path: "x" }, { session: { id } }));
    // Both are settled before anything reaches the disk.
    const kinds = folded.map(({ kind }) => kind);
    release();
    expect(kinds).toEqual(["observation", "decision"]);
    await observed;
    permitted(await begun);
  });

  test("is durable when `observe` returns", async () => {
    const files = faultFiles();
    const guard = await guardOn(dataDirectory(), { files });
    const { id } = await opened(guard);
    const release = files.hold();
    let isBack = false;
    const observed = guard.observe(id, typed).then(() => (isBack = true));
    await settle();
    expect(isBack).toBe(false);
    release();
    await observed;
  });

  test("that cannot be made durable is told, and takes the guard out of service", async () => {
    const files = faultFiles();
    const data = dataDirectory();
    const guard = await guardOn(data, { files });
    const { id } = await opened(guard);
    files.fail("EIO");
    await expect(guard.observe(id, typed)).rejects.toMatchObject({ code: "guard_unavailable" });
    files.heal();
    const asked = request("fs.read", { path: "x" }, { session: { id } });
    expect(refused(await guard.begin(asked)).decision.code).toBe("audit_unavailable");
  });

  test("that an engine cannot fold is told, and takes the guard out of service", async () => {
    const createEngine = (bundle: Bundle): Engine => {
      const engine = createReferenceEngine(bundle);
      return {
        ...engine,
        fold(state, occurrence) {
          if (occurrence.kind === "observation") throw new Error("planted");
          engine.fold(state, occurrence);
        },
      };
    };
    const guard = await guardOn(dataDirectory(), { createEngine });
    const { id } = await opened(guard);
    const asked = () => request("fs.read", { path: "x" }, { session: { id } });
    permitted(await guard.begin(asked()));
    await expect(guard.observe(id, typed)).rejects.toMatchObject({ code: "guard_unavailable" });
    expect(refused(await guard.begin(asked())).decision.code).toBe("unavailable");
    expect((await guard.decide(asked())).code).toBe("unavailable");
  });

  test("is folded alike at the next start and by replay", async () => {
    const data = dataDirectory();
    const lives: Occurrence[][] = [[], [], []];
    const guard = await guardOn(data, { createEngine: folding(lives[0] ?? []) });
    const { id } = await opened(guard);
    const child = await opened(guard, id);
    await guard.observe(id, typed);
    const permit = permitted(
      await guard.begin(request("fs.read", { path: "x" }, { session: { id } })),
    );
    await guard.observe(child.id, { ...typed, kind: "memory", labels: ["internal"] });
    await guard.end(permit, { status: "success", result: { text: "t", secret: "s" } });
    await guard.close();
    const again = await guardOn(data, { createEngine: folding(lives[1] ?? []) });
    await again.close();
    const engine = folding(lives[2] ?? [])(again.bundle);
    for await (const { recorded, recomputed, state } of replayLog(data, engine)) {
      expect(canonicalJson(recomputed)).toBe(canonicalJson(recorded));
      expect(state.recomputed).toBe(state.recorded);
    }
    expect(lives[0]?.map(({ kind }) => kind)).toEqual([
      "observation",
      "decision",
      "observation",
      "outcome",
    ]);
    expect(JSON.parse(JSON.stringify(lives[1]))).toEqual(JSON.parse(JSON.stringify(lives[0])));
    expect(lives[2]).toEqual(lives[1]);
  });
});

describe("observe takes", () => {
  test("a text and a source up to their limits, and none beyond", async () => {
    const folded: Occurrence[] = [];
    const guard = await guardOn(dataDirectory(), { createEngine: folding(folded) });
    const { id } = await opened(guard);
    const textMax = 4 * 1024 * 1024;
    // Control characters are what JSON writes at six bytes each: the longest payload there is.
    await guard.observe(id, { ...typed, text: "\u0001".repeat(textMax) });
    await guard.observe(id, { ...typed, source: "s".repeat(1024) });
    for (const beyond of [{ text: "t".repeat(textMax + 1) }, { source: "s".repeat(1025) }]) {
      await expect(guard.observe(id, { ...typed, ...beyond })).rejects.toMatchObject({
        code: "observation_size",
      });
    }
    expect(folded).toHaveLength(2);
  });

  test("nothing that could not be read again, and records none of it", async () => {
    const guard = await guardOn(dataDirectory());
    const { id } = await opened(guard);
    const untyped = typed as unknown as Record<string, unknown>;
    for (const [wrong, code] of [
      [{ text: 7 }, "observation_text"],
      [{ source: undefined }, "observation_text"],
      [{ text: "\ud800" }, "json_surrogate"],
      [{ kind: "result", labels: [] }, "record_invalid"],
    ] as const) {
      const seen = { ...untyped, ...wrong } as unknown as Observation;
      await expect(guard.observe(id, seen)).rejects.toMatchObject({ code });
    }
    await guard.close();
    for await (const { body } of readLog(guard.directory)) {
      expect(decodeRecord(body).kind).not.toBe("observation");
    }
    await guardOn(guard.directory);
  });
});
