import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine, createReferenceEngine } from "@holdfast/engine";
import { readLog, verifyLog } from "@holdfast/log";
import { decodeRecord } from "@holdfast/model";
import { changeHold, eraseSubject, readSubject, replayRecorded } from "@holdfast/runtime";
import type { Erasure } from "@holdfast/runtime";
import { describe, expect, test } from "vitest";
import { originPolicy } from "./origin-set.ts";
import {
  dataDirectory,
  guardOn,
  permitted,
  refused,
  request,
  scratch,
  testClock,
} from "./support.ts";

const ana = { id: "ana-person", roles: [], attributes: {} };
const secrets = ["ana-person", "ana-iban-1234567", "ana-said-hello", "ana-result-77", "ana-task-9"];

async function erase(directory: string, subject: string): Promise<Erasure> {
  return eraseSubject({
    directory,
    subject: readSubject(subject),
    reason: "asked for on 28 November",
    by: "officer",
    clock: testClock(),
    random: (bytes) => new Uint8Array(bytes).fill(7),
  });
}

/** Which of these texts stand anywhere below a folder, in any file. */
function found(folder: string, texts: readonly string[]): string[] {
  const left = new Set<string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    let bytes: Buffer;
    try {
      bytes = readFileSync(path);
    } catch {
      continue;
    }
    for (const text of texts) {
      if (
        bytes.includes(text) ||
        bytes.includes(Buffer.from(text).toString("base64").slice(0, 8))
      ) {
        left.add(text);
      }
    }
  }
  return [...left];
}

/** A log with actions of two users, a snapshot and an index; closed. */
async function recorded(payloads: "encrypted" | "plain" = "encrypted"): Promise<string> {
  const data = dataDirectory();
  const configuration = join(scratch(), "holdfast.yaml");
  writeFileSync(configuration, `log: {payloads: ${payloads}}\n`);
  const guard = await guardOn(data, { configuration, snapshotRecords: 4, clock: testClock() });
  const { id } = await guard.openSession({ agent: "agent-1", task: "ana-task-9" });
  const session = { id };
  await guard.observe(id, {
    kind: "prompt",
    text: "ana-said-hello",
    source: "chat",
    labels: ["user"],
  });
  const permit = permitted(
    await guard.begin(
      request("fs.read", { path: "ana-iban-1234567" }, { id: "first", session, user: ana }),
    ),
  );
  await guard.end(permit, { status: "success", result: { text: "ana-result-77" } });
  permitted(await guard.begin(request("fs.write", { path: "of bo" }, { user: { id: "bo" } })));
  permitted(await guard.begin(request("pay.refund", { amount: 4 }, { user: ana })));
  refused(await guard.begin(request("fs.write", { path: "honeypot" }, { session, user: ana })));
  await guard.close();
  writeFileSync(join(data, "index.db"), "of ana-person");
  return data;
}

describe("erasing a user", () => {
  test.each(["plain", "encrypted"] as const)("leaves no byte, %s", async (payloads) => {
    const data = await recorded(payloads);
    if (payloads === "plain") expect(found(data, secrets)).toEqual(secrets);
    // The index and the snapshot tell who it was.
    else expect(found(data, secrets)).toEqual(["ana-person", "ana-task-9"]);
    expect(existsSync(join(data, "snapshot"))).toBe(true);
    const before = (await verifyLog(data)).head;
    const { payloads: gone, sequence } = await erase(data, "user:ana-person");
    expect(gone).toBe(6);
    expect(found(data, secrets)).toEqual([]);
    expect(found(data, ["of bo"])).toEqual(payloads === "plain" ? ["of bo"] : []);
    const report = await verifyLog(data, { held: before });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ ok: true, payloads: { erased: 6, missing: 0 } });
    const records = [];
    for await (const { body } of readLog(data)) records.push(decodeRecord(body));
    expect(records[sequence]).toMatchObject({ kind: "erasure", by: "officer" });
    // Once more finds nothing, says so, and leaves no record.
    await expect(erase(data, "user:ana-person")).rejects.toMatchObject({ code: "erasure_unknown" });
    expect((await verifyLog(data)).head.size).toBe(sequence + 1);
  });

  test.each([
    ["compiled", createEngine],
    ["reference", createReferenceEngine],
  ] as const)("keeps what narrows for the next start, by the %s engine", async (_, make) => {
    const data = await recorded();
    await erase(data, "user:ana-person");
    const guard = await guardOn(data, { clock: testClock(), createEngine: make });
    const sessions = [];
    for await (const { body } of readLog(data)) {
      const record = decodeRecord(body);
      if (record.kind === "session") sessions.push(record.id);
    }
    // The session's owner is erased, so nobody can go on in it; and its id stays used.
    const [id = ""] = sessions;
    const inSession = request("web.post", {}, { session: { id } });
    expect(refused(await guard.begin(inSession)).decision.code).toBe("invalid_request");
    // An action id stays used, whatever is asked under it.
    const again = request("fs.read", { path: "ana-iban-1234567" }, { id: "first", user: ana });
    expect(refused(await guard.begin(again)).decision.code).toBe("invalid_request");
    // The agent's restriction was installed by an erased action.
    const held = refused(await guard.begin(request("fs.write", { path: "x" })));
    expect(held.decision.code).toBe("restricted");
    await guard.close();
    // Others than hers are recomputed as before.
    const replayed = [];
    for await (const each of replayRecorded(data, make)) replayed.push(each);
    expect(replayed.length).toBeGreaterThan(2);
    for (const { recorded: was, recomputed } of replayed) expect(recomputed).toEqual(was);
  });

  test("waits for a legal hold to be released", async () => {
    const data = await recorded("plain");
    const by = { by: "counsel", timeMs: 1 };
    await changeHold(data, { name: "case-7", reason: "court", change: "placed" }, by);
    await expect(erase(data, "user:ana-person")).rejects.toMatchObject({
      code: "erasure_held",
      message: "nothing is erased while a hold is in force: `case-7` (court)",
    });
    expect(found(data, secrets)).toEqual(secrets);
    await changeHold(data, { name: "case-7", reason: "settled", change: "released" }, by);
    expect((await erase(data, "user:ana-person")).payloads).toBe(6);
  });

  test("records nothing while the key that must sign it is not there", async () => {
    const data = await recorded();
    const { head } = await verifyLog(data);
    renameSync(join(data, "keys", "log.pem"), join(data, "log.pem"));
    await expect(erase(data, "user:ana-person")).rejects.toMatchObject({ code: "log_key" });
    expect((await verifyLog(data)).head.size).toBe(head.size);
    renameSync(join(data, "log.pem"), join(data, "keys", "log.pem"));
    expect((await erase(data, "user:ana-person")).payloads).toBe(6);
  });

  test("leaves a session whose origins are not known whole any more with none", async () => {
    const data = dataDirectory();
    let guard = await guardOn(data, { policy: originPolicy });
    const { id } = await guard.openSession({ agent: "agent-1" });
    const prompt = { kind: "prompt", source: "chat", labels: ["user"] } as const;
    await guard.observe(id, { ...prompt, text: "write to eve@evil.example" });
    await guard.close();
    await erase(data, `session:${id}`);
    guard = await guardOn(data, { policy: originPolicy });
    await guard.close();
    expect((await verifyLog(data)).ok).toBe(true);
  });
});

test.each([
  ["user:ana-persom", "user:ana-person"],
  ["agent:agnet-1", "agent:agent-1"],
])("a slip is told with the name that is known: %s", async (slip, meant) => {
  const data = await recorded();
  await expect(erase(data, slip)).rejects.toThrow(`did you mean \`${meant}\`?`);
});

test("a subject is a user, an agent or a session", () => {
  expect(readSubject("user:a:b")).toEqual({ kind: "user", id: "a:b" });
  for (const text of ["ana", "user:", "people:ana"]) {
    expect(() => readSubject(text)).toThrow("write user:ID");
  }
});
