import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { createEngine } from "@holdfast/engine";
import { readLog, verifyLog } from "@holdfast/log";
import type { LogEntry } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import {
  eraseSubject,
  queryLog,
  readOpened,
  readSubject,
  replayRecorded,
  sessionTrail,
} from "@holdfast/runtime";
import type { Guard, GuardOptions, KeyWrapper } from "@holdfast/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identityOf } from "../src/vault/sealed-payload.ts";
import { Vault } from "../src/vault/vault.ts";
import { withoutZeros, withZeros } from "../src/vault/zero-free.ts";
import { dataDirectory, guardOn, permitted, refused, request, scratch } from "./support.ts";

const ana = { id: "ana-person" };
const secrets = ["ana-person", "ana-iban-1", "ana-said-hello", "ana-result-77", "ana-task-9"];

/** Acts for two users, in a session and outside of one. */
async function act(guard: Guard): Promise<string> {
  const { id } = await guard.openSession({ agent: "agent-1", task: "ana-task-9" });
  const prompt = { kind: "prompt", source: "chat", labels: ["user"] } as const;
  await guard.observe(id, { ...prompt, text: "ana-said-hello" });
  const asked = request("fs.read", { path: "ana-iban-1" }, { session: { id }, user: ana });
  const permit = permitted(await guard.begin(asked));
  await guard.end(permit, { status: "success", result: { text: "ana-result-77" } });
  permitted(await guard.begin(request("fs.write", { path: "of bo" }, { user: { id: "bo" } })));
  permitted(await guard.begin(request("fs.write", { path: "of nobody" })));
  return id;
}

async function recorded(options: Partial<GuardOptions> = {}): Promise<[string, string]> {
  const data = dataDirectory();
  const guard = await guardOn(data, options);
  const session = await act(guard);
  await guard.close();
  return [data, session];
}

async function all(source: AsyncIterable<LogEntry>): Promise<LogEntry[]> {
  const entries = [];
  for await (const entry of source) entries.push(entry);
  return entries;
}

/** Which of these texts stand in any file below a folder. */
function found(folder: string, texts: readonly string[] = secrets): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  const contents = files.map((path) => readFileSync(path));
  return texts.filter((text) => contents.some((bytes) => bytes.includes(text)));
}

async function paths(data: string): Promise<unknown[]> {
  const rows = [];
  for await (const { args } of queryLog(data, { payloads: true })) rows.push(args);
  return rows.map((args) => (args === undefined ? undefined : Object(args).path));
}

async function erase(directory: string, subject: string, keyWrapper?: KeyWrapper) {
  return eraseSubject({
    directory,
    subject: readSubject(subject),
    reason: "asked for",
    by: "officer",
    clock: { wallMs: () => Date.UTC(2026, 10, 28), monotonicMs: () => 0 },
    random: (bytes) => new Uint8Array(bytes).fill(7),
    ...(keyWrapper === undefined ? {} : { keyWrapper }),
  });
}

test("bytes are written without zeros, and read as they were", () => {
  const sizes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.uint8Array({ minLength: 250, maxLength: 1100 }),
  );
  const zeros = fc.integer({ min: 0, max: 1100 }).map((length) => new Uint8Array(length));
  const ones = fc.integer({ min: 250, max: 1020 }).map((length) => new Uint8Array(length).fill(1));
  fc.assert(
    fc.property(fc.oneof(sizes, zeros, ones), (bytes) => {
      const stuffed = withoutZeros(bytes);
      expect(stuffed.includes(0)).toBe(false);
      expect(stuffed.length).toBeLessThanOrEqual(bytes.length + Math.floor(bytes.length / 254) + 1);
      expect(withZeros(stuffed)).toEqual(bytes);
    }),
  );
  for (const bad of [[], [0], [3, 1], [2, 0], [255]]) {
    expect(withZeros(Uint8Array.from(bad))).toBeUndefined();
  }
});

describe("a new log", () => {
  test("holds no payload in clear, in files of its owner alone", async () => {
    const [data] = await recorded({ snapshotRecords: 0 });
    expect(found(data)).toEqual([]);
    expect(statSync(join(data, "vault")).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(data, "vault"))) {
      expect(statSync(join(data, "vault", name)).mode & 0o777).toBe(0o600);
    }
    // The user, the session, the other user and the agent.
    expect(readdirSync(join(data, "vault")).length).toBe(1 + 4);
    expect((await verifyLog(data)).problems).toEqual([]);
    for (const { body } of await all(readLog(data))) {
      const record = decodeRecord(body);
      if ("payload" in record) expect(record.payload?.scheme).toBe("aes-256-gcm-1");
    }
  });

  test("is read, replayed and opened again through its keys", async () => {
    const [data, session] = await recorded({ snapshotRecords: 0 });
    expect(await paths(data)).toEqual(["ana-iban-1", "of bo", "of nobody"]);
    const trail = await sessionTrail(data, session, { payloads: true });
    expect(JSON.stringify(trail)).toContain("ana-said-hello");
    let replayed = 0;
    for await (const { isSame } of replayRecorded(data, createEngine)) {
      expect(isSame).toBe(true);
      replayed += 1;
    }
    expect(replayed).toBe(4);
    const guard = await guardOn(data);
    const observed = { kind: "prompt", text: "more", source: "chat", labels: [] } as const;
    await guard.observe(session, observed);
  });

  test("opens each payload for the record it was sealed for, and no other", async () => {
    const [data] = await recorded();
    const vault = await Vault.open({ directory: data });
    const entries = await all(readLog(data));
    const [, , decision, outcome] = entries.filter(({ payload }) => payload !== undefined);
    if (vault === undefined || decision === undefined) throw new Error("nothing recorded");
    const stored = decision.payload as Uint8Array;
    const unseal = ({ index, body }: LogEntry, bytes: Uint8Array) =>
      vault.unseal(index, identityOf(decodeRecord(body)), bytes);
    expect(unseal(decision, stored)).toBeDefined();
    // Same action and same key, but the record of its outcome.
    expect(() => unseal(outcome as LogEntry, stored)).toThrow("not what was sealed for it");
    const flipped = Uint8Array.from(stored);
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) === 1 ? 2 : 1;
    expect(() => unseal(decision, flipped)).toThrow("not what was sealed for it");
  });

  test.each([
    ["folded", 0],
    ["hidden by a snapshot", 1],
  ])("is not opened, replayed or gone on with when the vault is lost: %s", async (_, records) => {
    const [data] = await recorded({ snapshotRecords: records });
    rmSync(join(data, "vault"), { recursive: true });
    const before = (await verifyLog(data)).head.size;
    await expect(guardOn(data)).rejects.toMatchObject({ code: "vault_key" });
    const replayed = replayRecorded(data, createEngine).next();
    await expect(replayed).rejects.toMatchObject({ code: "vault_key" });
    expect(existsSync(join(data, "vault"))).toBe(false);
    expect((await verifyLog(data)).head.size).toBe(before);
  });

  test("is written in clear where that is asked for, and may hold both", async () => {
    const configuration = join(scratch(), "holdfast.yaml");
    writeFileSync(configuration, "log: {payloads: plain}\n");
    const [data] = await recorded({ configuration, snapshotRecords: 0 });
    expect(found(data)).toEqual(secrets);
    // An older log goes on as it began.
    let guard = await guardOn(data);
    permitted(await guard.begin(request("fs.write", { path: "clear text" })));
    await guard.close();
    expect(found(data, ["clear text"])).toEqual(["clear text"]);
    writeFileSync(configuration, "log: {payloads: encrypted}\n");
    guard = await guardOn(data, { configuration });
    permitted(await guard.begin(request("fs.write", { path: "hidden text" }, { user: ana })));
    await guard.close();
    expect(found(join(data, "payload"), ["hidden text"])).toEqual([]);
    expect((await paths(data)).slice(-2)).toEqual(["clear text", "hidden text"]);
    expect((await erase(data, "user:ana-person")).payloads).toBe(5);
    expect(found(data, [...secrets, "hidden text"])).toEqual([]);
    expect((await verifyLog(data)).problems).toEqual([]);
  });
});

describe("erasing a subject", () => {
  test("takes every copy of its payloads with its keys, and begins another key", async () => {
    const [data] = await recorded({ snapshotRecords: 0 });
    const before = await all(readLog(data));
    const kept = readdirSync(join(data, "vault"));
    const { payloads } = await erase(data, "user:ana-person");
    expect(payloads).toBe(4);
    expect(kept.length - readdirSync(join(data, "vault")).length).toBe(2);
    // A copy of the payloads that was made before is as good as none.
    const vault = await Vault.open({ directory: data });
    const opened = before.flatMap(({ index, body, payload }) =>
      typeof payload === "object"
        ? [vault?.unseal(index, identityOf(decodeRecord(body)), payload)]
        : [],
    );
    expect(opened.map((content) => content !== undefined)).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
    const guard = await guardOn(data);
    permitted(await guard.begin(request("fs.write", { path: "anew" }, { user: ana })));
    await guard.close();
    expect(await paths(data)).toEqual([undefined, "of bo", "of nobody", "anew"]);
    expect((await verifyLog(data)).problems).toEqual([]);
    const again = await Vault.open({ directory: data });
    for (const { index, body, payload } of before.slice(0, 4)) {
      if (typeof payload !== "object") continue;
      const identity = identityOf(decodeRecord(body));
      expect(again?.unseal(index, identity, payload)).toBeUndefined();
    }
  });

  test("comes to its end when it was interrupted after the keys were gone", async () => {
    const [data] = await recorded({ snapshotRecords: 0 });
    const copy = join(scratch(), "copy");
    cpSync(data, copy, { recursive: true });
    await erase(data, "user:ana-person");
    // As a crash leaves it: the record is there, the keys are destroyed, no payload is zeros yet.
    rmSync(join(data, "payload"), { recursive: true });
    renameSync(join(copy, "payload"), join(data, "payload"));
    const guard = await guardOn(data);
    await guard.close();
    expect(await paths(data)).toEqual([undefined, "of bo", "of nobody"]);
    expect((await erase(data, "user:ana-person")).payloads).toBe(4);
    expect((await verifyLog(data)).payloads).toMatchObject({ erased: 4, missing: 0 });
  });
});

describe("lost keys", () => {
  test("only narrow: what they sealed reads as erased", async () => {
    const [data, session] = await recorded({ snapshotRecords: 0 });
    for (const name of readdirSync(join(data, "vault"))) {
      if (name.endsWith(".key")) rmSync(join(data, "vault", name));
    }
    const lost: number[] = [];
    const told = { lost: (sequence: number) => void lost.push(sequence) };
    for await (const each of replayRecorded(data, createEngine, told)) expect(each).toBeUndefined();
    expect(lost.length).toBe(5);
    const guard = await guardOn(data);
    const inSession = request("fs.read", {}, { session: { id: session } });
    expect(refused(await guard.begin(inSession)).decision.code).toBe("invalid_request");
  });

  test("stop the start where only the key over them is missing or another one", async () => {
    const [data] = await recorded();
    const kek = join(data, "vault", "kek");
    const [other] = await recorded();
    cpSync(join(other, "vault", "kek"), kek);
    rmSync(join(data, "snapshot"), { recursive: true, force: true });
    await expect(guardOn(data)).rejects.toMatchObject({ code: "vault_key" });
    rmSync(kek);
    await expect(guardOn(data)).rejects.toMatchObject({ code: "vault_key" });
  });
});

test("a key service keeps the key that wraps the others", async () => {
  const calls: string[] = [];
  const turned = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x5a);
  const keyWrapper: KeyWrapper = {
    async wrap(key) {
      calls.push("wrap");
      return turned(key);
    },
    async unwrap(wrapped) {
      calls.push("unwrap");
      return turned(wrapped);
    },
  };
  const [data] = await recorded({ keyWrapper, snapshotRecords: 0 });
  await expect(guardOn(data)).rejects.toMatchObject({ code: "vault_key" });
  const guard = await guardOn(data, { keyWrapper });
  await guard.close();
  expect(calls).toEqual(["wrap", "unwrap"]);
  const opened = await all(readOpened(data, { wrapper: keyWrapper }));
  expect(opened.some(({ payload }) => payload === "erased")).toBe(false);
  expect((await erase(data, "user:ana-person", keyWrapper)).payloads).toBe(4);
});
