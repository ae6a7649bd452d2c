import {
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createEngine, createReferenceEngine, loadPolicySet } from "@holdfast/engine";
import { nodeFiles, readLog } from "@holdfast/log";
import type { LogFiles } from "@holdfast/log";
import type { GuardOptions } from "@holdfast/runtime";
import { replayLog } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import { nodeStepFiles } from "../src/step-files.ts";
import { ActionLedger } from "../src/action-ledger.ts";
import { Registry } from "../src/registry.ts";
import { loadSnapshot } from "../src/snapshot/load-snapshot.ts";
import { partsOfMemory, readMemory } from "../src/snapshot/memory-part.ts";
import { Standing } from "../src/snapshot/standing.ts";
import type { LoadedSnapshot } from "../src/snapshot/load-snapshot.ts";
import { killAfter } from "./killed-process.ts";
import { policyText } from "./policy-set.ts";
import { everyDecision, play } from "./scenario.ts";
import {
  countActionsFrom,
  dataDirectory,
  guardOn,
  permitted,
  refused,
  request,
  testClock,
} from "./support.ts";

type Options = Partial<GuardOptions> & { readonly policy?: string };

/** Bytes that come in the same order in every guard. */
function counter(): NonNullable<GuardOptions["random"]> {
  let next = 0;
  return (bytes) => Uint8Array.from({ length: bytes }, () => (next = (next + 37) % 251));
}

async function bodies(data: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { body } of readLog(data)) found.push(new TextDecoder().decode(body));
  return found;
}

function snapshotNames(data: string): string[] {
  const folder = join(data, "snapshot");
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** The snapshot of a log, as a guard with these policies would take it up. */
async function loaded(data: string, policy = policyText): Promise<LoadedSnapshot | undefined> {
  const set = loadPolicySet([{ path: "policies/test.yaml", text: policy }]);
  if (!set.ok) throw new Error("policies do not compile");
  const size = (await bodies(data)).length;
  const engine = createEngine(set.bundle);
  const snapshot = await loadSnapshot(engine, {
    files: nodeFiles,
    stepFiles: nodeStepFiles,
    directory: data,
    size,
  });
  snapshot?.archive.close();
  return snapshot;
}

/** A log with a snapshot in its midst, closed. */
async function recorded(options: Options = {}): Promise<string> {
  const data = dataDirectory();
  const clock = testClock();
  const guard = await guardOn(data, { clock, snapshotRecords: 8, ...options });
  await play(guard, everyDecision, clock);
  await guard.close();
  return data;
}

/** Plays on in a copy, with or without its snapshot, and gives all that was recorded. */
async function playedOn(data: string, keeps: boolean, options: Options = {}): Promise<string[]> {
  const copy = dataDirectory();
  cpSync(data, copy, { recursive: true });
  if (!keeps) rmSync(join(copy, "snapshot"), { recursive: true, force: true });
  countActionsFrom(10_000);
  const clock = testClock();
  clock.pass(10 * 3_600_000);
  const guard = await guardOn(copy, { clock, random: counter(), snapshotRecords: 0, ...options });
  // Action ids of the first part once more: what they are bound to is on record.
  for (let id = 0; id < 60; id += 1) {
    await guard.begin(request("fs.read", { path: "again" }, { id: `a${id}` }));
  }
  await play(guard, everyDecision, clock);
  const ambiguous = JSON.stringify(guard.ambiguous());
  await guard.close();
  return [...(await bodies(copy)), ambiguous];
}

/** What differs between opening with the snapshot that is there and without: nothing, ever. */
async function expectNoDifference(data: string, options: Options = {}): Promise<void> {
  expect(await playedOn(data, true, options)).toEqual(await playedOn(data, false, options));
}

describe("a snapshot", () => {
  test("gives the memory that folding the log gives", async () => {
    const data = await recorded();
    const snapshot = await loaded(data);
    expect(snapshot?.manifest.log.size).toBeGreaterThan(8);
    await expectNoDifference(data);
    // The last records, too, when there was no time for another.
    const guard = await guardOn(data, { snapshotRecords: 0 });
    const session = { id: (await guard.openSession({ agent: "agent-1" })).id };
    permitted(await guard.begin(request("fs.read", { path: "mail" }, { session })));
    await guard.close();
    await expectNoDifference(data);
  });

  test("is not taken where an Event means something else, and taken where only rules do", async () => {
    const data = await recorded();
    const rules = policyText.replace("amount > 1000", "amount > 2000");
    expect(await loaded(data, rules)).toBeDefined();
    await expectNoDifference(data, { policy: rules });
    const events = policyText.replace("match: {labels: [untrusted]}", "match: {tools: [fs.write]}");
    expect(await loaded(data, events)).toBeUndefined();
    await expectNoDifference(data, { policy: events });
  });

  test("follows bundles that are activated, and replays of the log never see it", async () => {
    const data = dataDirectory();
    const clock = testClock();
    const guard = await guardOn(data, { clock, snapshotRecords: 8 });
    await play(guard, everyDecision, clock);
    const events = policyText.replace("match: {labels: [untrusted]}", "match: {tools: [fs.write]}");
    await guard.activate([{ path: "policies/test.yaml", text: events }]);
    clock.pass(3_600_000);
    await play(guard, everyDecision, clock);
    await guard.close();
    expect(await loaded(data, events)).toBeDefined();
    await expectNoDifference(data, { policy: events });
    const { bundle } = guard;
    const replayed = [];
    for await (const each of replayLog(data, createEngine(bundle))) replayed.push(each);
    const last = replayed.at(-1);
    expect(last?.recomputed).toEqual(last?.recorded);
    expect(last?.state.recomputed).toBe(last?.state.recorded);
  });

  test("that is damaged in any way costs time and nothing else", async () => {
    const data = await recorded();
    expect(await loaded(data)).toBeDefined();
    const names = snapshotNames(data);
    expect(names.length).toBeGreaterThanOrEqual(3);
    const damages: readonly ((path: string) => void)[] = [
      (path) => rmSync(path),
      (path) => truncateSync(path, Math.floor(readFileSync(path).length / 2)),
      (path) => writeFileSync(path, ""),
      (path) => {
        const bytes = readFileSync(path);
        const at = Math.floor(bytes.length * 0.7);
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
    ];
    for (const name of names) {
      for (const damage of damages) {
        const copy = dataDirectory();
        cpSync(data, copy, { recursive: true });
        damage(join(copy, "snapshot", name));
        expect(await loaded(copy)).toBeUndefined();
      }
    }
    const worst = names.find((name) => name.startsWith("state")) ?? "";
    damages.at(-1)?.(join(data, "snapshot", worst));
    await expectNoDifference(data);
    // The next one is whole again.
    await (await guardOn(data, { snapshotRecords: 1 })).close();
    expect(await loaded(data)).toBeDefined();
  });

  test("of another log, or of more of this one, is not taken", async () => {
    const data = await recorded();
    const other = await recorded();
    rmSync(join(data, "snapshot"), { recursive: true });
    cpSync(join(other, "snapshot"), join(data, "snapshot"), { recursive: true });
    expect(await loaded(data)).toBeUndefined();
    const younger = dataDirectory();
    await (await guardOn(younger, { snapshotRecords: 0 })).close();
    cpSync(join(other, "snapshot"), join(younger, "snapshot"), { recursive: true });
    expect(await loaded(younger)).toBeUndefined();
    await expectNoDifference(data);
  });

  test("is written by no engine that keeps no states", async () => {
    const data = await recorded({ createEngine: createReferenceEngine });
    expect(snapshotNames(data)).toEqual([]);
  });

  test("that cannot be written holds nothing up", async () => {
    const files: LogFiles = {
      ...nodeFiles,
      open: async (path, mode) => {
        if (mode === "create" && path.includes("/snapshot/")) {
          throw Object.assign(new Error("ENOSPC: planted"), { code: "ENOSPC" });
        }
        return nodeFiles.open(path, mode);
      },
    };
    const data = await recorded({ files });
    expect(snapshotNames(data)).toEqual([]);
    await expectNoDifference(data);
  });
});

describe("ids that left memory", () => {
  test("are refused a second time, and keep what they are bound to, whatever is merged", async () => {
    const data = dataDirectory();
    let guard = await guardOn(data, { snapshotRecords: 8 });
    const caller = { credential: "token:a" };
    const { id } = await guard.openSession({ agent: "agent-1", task: "t" }, caller);
    const asked = Array.from({ length: 100 }, (_, n) => request("fs.write", { path: `p${n}` }));
    const diverted = request("fs.write", { path: "divert" });
    const offer = refused(await guard.begin(diverted)).fallback;
    for (const each of asked) permitted(await guard.begin(each));
    for (const reopened of [false, true]) {
      if (reopened) {
        await guard.close();
        guard = await guardOn(data, { snapshotRecords: 8 });
      }
      for (const each of asked) {
        const repeated = refused(await guard.begin(each));
        expect(repeated).toMatchObject({ repeated: true, decision: { effect: "allow" } });
        const other = refused(await guard.begin({ ...each, args: {} }));
        expect(other.decision.code).toBe("invalid_request");
      }
    }
    const runs = snapshotNames(data).filter((name) => name.startsWith("run"));
    expect(runs.length).toBeLessThan(24);
    const read = request("fs.read", { path: "x" }, { session: { id } });
    expect(refused(await guard.begin(read)).decision.code).toBe("invalid_request");
    expect(permitted(await guard.begin(read, caller)).request.session?.task).toBe("t");
    const fallback = permitted(await guard.begin(offer ?? diverted));
    expect(fallback.simulated).toBe(true);
  });
});

test("a process killed at any moment leaves a snapshot that fits, or none", async () => {
  const data = join(dataDirectory(), "log");
  let taken = 0;
  for (const lines of [40, 150, 33]) {
    await killAfter("kill-child.ts", data, lines, "16");
    if ((await loaded(data)) !== undefined) taken += 1;
    await expectNoDifference(data);
  }
  expect(taken).toBeGreaterThan(0);
});

/** Counts the bytes that are read of each file. */
function readCounting(): { readonly files: LogFiles; readonly read: Map<string, number> } {
  const read = new Map<string, number>();
  const files: LogFiles = {
    ...nodeFiles,
    async open(path, mode) {
      const file = await nodeFiles.open(path, mode);
      return {
        size: () => file.size(),
        write: (bytes, position) => file.write(bytes, position),
        sync: () => file.sync(),
        isAt: (place) => file.isAt(place),
        close: () => file.close(),
        async read(position, length, room) {
          const bytes = await file.read(position, length, room);
          read.set(path, (read.get(path) ?? 0) + bytes.length);
          return bytes;
        },
      };
    },
  };
  return { files, read };
}

test.each(["encrypted", "plain"])(
  "a start reads no record of a log twice: %s",
  async (payloads) => {
    const data = dataDirectory();
    const configuration = join(dataDirectory(), "holdfast.yaml");
    writeFileSync(configuration, `log: {payloads: ${payloads}}\n`);
    const decide = async (count: number, options: Options): Promise<void> => {
      const guard = await guardOn(data, { configuration, ...options });
      for (let made = 0; made < count; made += 1) await guard.begin(request("fs.read", {}));
      await guard.close();
    };
    await decide(300, { snapshotRecords: 16 });
    await decide(40, { snapshotRecords: 0 });
    const { files, read } = readCounting();
    const guard = await guardOn(data, { configuration, files });
    const segments = [...read].filter(([path]) => path.includes("/seg/"));
    expect(segments.length).toBeGreaterThan(0);
    for (const [path, bytes] of segments) {
      // Besides: headers, and what lies behind the snapshot, which is checked and then folded.
      expect(bytes, path).toBeLessThan(statSync(path).size + 256 * 1024);
    }
    await guard.close();
  },
);

describe("what a guard remembers", () => {
  const decided = (standing: Standing, from: number, to: number): void => {
    for (let index = from; index < to; index += 1) {
      const [action, session] = [{ id: `a${index}` }, { id: "s", root: `root-${index % 3}` }];
      standing.note(index, {
        kind: "decision",
        granted: true,
        time: index,
        action,
        session,
      } as never);
      standing.note(index, {
        kind: "outcome",
        decision: index - 2,
        time: index,
        taints: [`t${index % 9}`],
      } as never);
    }
  };

  test("is given back as it was at the call, however much of it there is", () => {
    for (const count of [0, 1, 128, 129, 1000]) {
      const [standing, ledger, registry] = [new Standing(), new ActionLedger(), new Registry([])];
      for (let index = 0; index < count; index += 1) {
        standing.note(index, {
          kind: "decision",
          granted: true,
          time: index,
          action: { id: `a${index}` },
        } as never);
        ledger.noteAmbiguous({ sequence: index, id: `a${index}`, found: "restart", timeMs: index });
      }
      const [image, ambiguous] = [standing.image(), [...ledger.ambiguous()]];
      const parts = partsOfMemory({ standing, ledger, registry })[Symbol.iterator]();
      decided(standing, count, count + 300);
      ledger.noteAmbiguous({ sequence: count, id: "later", found: "close", timeMs: 0 });
      const again = new ActionLedger();
      const read = readMemory(parts, again, []);
      expect(read.standing.image()).toEqual(image);
      expect(again.ambiguous()).toEqual(ambiguous);
      expect(parts.next().done).toBe(true);
    }
  });

  test("is read from the one part of an older snapshot, and from no part of another", () => {
    const head = {
      kind: "memory of the guard",
      standing: { lastMs: 7, dangling: [[3, { id: "a" }]], seen: [["r", { taints: ["x"] }]] },
      ambiguous: [{ sequence: 1, id: "b", found: "close", timeMs: 2 }],
      registry: [],
    } as const;
    const body = new Uint8Array(0);
    const ledger = new ActionLedger();
    const { standing } = readMemory([{ head, body }][Symbol.iterator](), ledger, []);
    expect(standing.image()).toMatchObject({ lastMs: 7, dangling: [[3, { id: "a" }]] });
    expect(standing.sealed).toBeUndefined();
    expect(ledger.ambiguous()).toEqual(head.ambiguous);
    const short = [{ head: { ...head, more: 1 }, body }];
    expect(() => readMemory(short[Symbol.iterator](), new ActionLedger(), [])).toThrow("without");
  });
});
