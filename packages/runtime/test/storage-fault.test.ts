import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { verifyLog } from "@holdfast/log";
import { eraseSubject, loadKeptBundle, readOpened, systemClock } from "@holdfast/runtime";
import type { Guard } from "@holdfast/runtime";
import { loadPolicySet } from "@holdfast/engine";
import { decodeRecord } from "@holdfast/model";
import { describe, expect, test } from "vitest";
import { keepBundleSource } from "../src/bundle-store.ts";
import { Vault } from "../src/vault/vault.ts";
import { policyText } from "./policy-set.ts";
import { faultyDisk } from "./step-fault.ts";
import type { FaultyDisk, Strike } from "./step-fault.ts";
import { dataDirectory, guardOn, request } from "./support.ts";

const random = (bytes: number): Uint8Array => new Uint8Array(bytes).map(() => Math.random() * 256);

/** Tries with the first call failing, then with the second, until none fails any more. */
async function atEveryCall(
  strike: Omit<Strike, "call">,
  attempt: (disk: FaultyDisk) => Promise<void>,
  step = 1,
): Promise<number> {
  for (let call = 0; call < 400; call += step) {
    const disk = faultyDisk({ ...strike, call });
    await attempt(disk);
    if (disk.calls <= call) return call;
  }
  throw new Error("it never ends");
}

const strikes = [
  { code: "ENOSPC" },
  { code: "EIO" },
  { code: "EIO", lasts: true },
] as const satisfies readonly Strike[];

describe.each(strikes)("$code, lasting: $lasts", (strike) => {
  test("a key is kept whole before anything is sealed under it", async () => {
    const count = await atEveryCall(strike, async ({ stepFiles }) => {
      const directory = dataDirectory();
      const sealed: [string, Uint8Array][] = [];
      try {
        const vault = await Vault.openToSeal({ directory, random, files: stepFiles });
        for (const subject of ["user:ana", "user:bo", "user:ana", "user:bo"]) {
          try {
            sealed.push([subject, vault.seal(subject, subject, Buffer.from(subject))]);
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^vault_(?:write|key)$/u) });
          }
        }
      } catch (error) {
        expect(error).toMatchObject({ code: expect.any(String) });
      }
      const again = await Vault.openToSeal({ directory, random });
      for (const [subject, stored] of sealed) {
        expect(Buffer.from(again.unseal(0, subject, stored)!).toString()).toBe(subject);
      }
      const later = again.seal("user:ana", "x", Buffer.from("later"));
      const other = (await Vault.open({ directory }))!;
      expect(Buffer.from(other.unseal(0, "x", later)!).toString()).toBe("later");
    });
    expect(count).toBeGreaterThan(10);
  });

  test("a bundle is kept whole or told not to be, and can be kept later", async () => {
    const sources = { root: "policies", files: [{ path: "policies/test.yaml", text: policyText }] };
    const loaded = loadPolicySet(sources.files, { root: sources.root });
    if (!loaded.ok) throw new Error("the policies compile");
    const { bundle } = loaded;
    const count = await atEveryCall(strike, async ({ stepFiles, ...disk }) => {
      const directory = dataDirectory();
      try {
        keepBundleSource(directory, bundle, { ...sources, disk: stepFiles });
      } catch (error) {
        expect(error).toMatchObject({ code: "bundle_store" });
        void disk;
        keepBundleSource(directory, bundle, sources);
      }
      expect(loadKeptBundle(directory, bundle.digest).digest).toBe(bundle.digest);
    });
    expect(count).toBeGreaterThan(5);
  });
});

const secret = "secret-of-ana-5531";

const policy = `
apiVersion: holdfast.dev/v1
kind: Tool
metadata: {name: notes.add}
spec: {labels: [write]}
---
apiVersion: holdfast.dev/v1
kind: Policy
metadata: {name: notes}
spec: {match: {tools: [notes.add]}, rules: [{id: grant, effect: allow}]}
`;

async function act(guard: Guard, path: string): Promise<string | undefined> {
  const answer = await guard.begin(request("notes.add", { path }, { user: { id: "ana" } }));
  if (!answer.granted) {
    expect(answer.decision.code).toBe("audit_unavailable");
    return undefined;
  }
  await guard.end(answer, { status: "success", result: path });
  return answer.id;
}

function bytesOf(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("");
}

test.each(["EIO", "ENOSPC"] as const)(
  "an erasure that meets %s is done, or refused and done later",
  async (code) => {
    const base = dataDirectory();
    const guard = await guardOn(base, { policy, snapshotRecords: 2 });
    for (let count = 0; count < 3; count += 1) await act(guard, `${secret}-${count}`);
    await guard.close();
    const ask = (directory: string, disk?: FaultyDisk) =>
      eraseSubject({
        directory,
        subject: { kind: "user", id: "ana" },
        reason: "asked",
        by: "ops",
        clock: systemClock,
        random,
        ...(disk === undefined ? {} : { files: disk.files, stepFiles: disk.stepFiles }),
      });
    const data = `${base}.copy`;
    let refused = 0;
    // What is met among records is the log's own, and tried there.
    const within = /\/(?:vault|snapshot|index\.db|payload\/0|recovery|checkpoint)|payload$/u;
    const attempt = async (disk: FaultyDisk): Promise<void> => {
      rmSync(data, { recursive: true, force: true });
      cpSync(base, data, { recursive: true });
      try {
        await ask(data, disk);
      } catch {
        refused += 1;
        expect((await verifyLog(data)).problems).toEqual([]);
        // A failure behind the last zero leaves nothing to be erased.
        await ask(data).catch((error: unknown) => {
          expect(error).toMatchObject({ code: "erasure_unknown" });
        });
      }
      const report = await verifyLog(data);
      expect(report.problems).toEqual([]);
      expect(report.payloads.erased).toBe(6);
      expect(bytesOf(data)).not.toContain(secret);
    };
    expect(await atEveryCall({ code, within }, attempt, 13)).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(1);
  },
);

test.each([
  ["ENOSPC", /\/snapshot/u, 17],
  ["EIO", /\/snapshot/u, 17],
  ["EIO", /\/tile/u, 7],
  ["ENOSPC", /\/vault/u, 3],
  ["EIO", /\/vault/u, 3],
] as const)("%s below %s loses nothing that was granted", async (code, within, step) => {
  const attempt = async ({ files, stepFiles }: FaultyDisk): Promise<void> => {
    const data = dataDirectory();
    const granted: string[] = [];
    let isOpen = false;
    try {
      const guard = await guardOn(data, { policy, files, stepFiles, snapshotRecords: 2 });
      isOpen = true;
      for (let count = 0; count < 3; count += 1) {
        const id = await act(guard, `p${count}`);
        if (id !== undefined) granted.push(id);
      }
      await guard.close();
    } catch (error) {
      // One that does not open has allowed nothing; one that is open fails by its answers alone.
      if (isOpen) throw error;
    }
    const again = await guardOn(data, { policy });
    expect(await act(again, "later")).toBeDefined();
    await again.close();
    expect((await verifyLog(data)).problems).toEqual([]);
    const recorded: string[] = [];
    for await (const { body, payload } of readOpened(data)) {
      const record = decodeRecord(body);
      expect(payload).not.toBe("erased");
      if (record.kind === "decision") recorded.push(record.action.id);
    }
    for (const id of granted) expect(recorded).toContain(id);
  };
  expect(await atEveryCall({ code, within }, attempt, step)).toBeGreaterThan(5);
});
