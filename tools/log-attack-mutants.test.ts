import { beforeAll, describe, expect, test } from "vitest";
import { missedBy } from "./log-attack/attack.ts";
import type { Attack, AttackedLogs } from "./log-attack/attack.ts";
import { byteFlip } from "./log-attack/byte-attack.ts";
import { attackedLogs, fixedAttacks } from "./log-attack/catalog.ts";
import { judgeOfLog, judgeOfVerify } from "./log-attack/judge.ts";
import type { LogModule, VerifyModule } from "./log-attack/judge.ts";
import { mutantOf } from "./log-attack/mutant.ts";
import type { Mutation } from "./log-attack/mutant.ts";
import { brokenWriters, removedChecks } from "./log-attack/removed-check.ts";
import { runWriterAttack, writerAttacks } from "./log-attack/writer-attack.ts";
import type { WriterModule } from "./log-attack/writer-attack.ts";

let logs: AttackedLogs;

beforeAll(async () => {
  logs = await attackedLogs();
});

/** What is missed by a package with something changed. */
async function missed(attack: Attack, mutation: Mutation): Promise<readonly string[]> {
  const { room } = mutation;
  const mutant = mutantOf(mutation);
  try {
    const module: unknown = await import(/* @vite-ignore */ mutant.path);
    const judge =
      room === "log" ? judgeOfLog(module as LogModule) : judgeOfVerify(module as VerifyModule);
    return await missedBy(judge, attack, logs);
  } finally {
    mutant.discard();
  }
}

test("every attack has a check that is taken out, and each check an attack", () => {
  const named = removedChecks.map(({ attack }) => attack);
  expect(named.toSorted()).toEqual(fixedAttacks.map(({ name }) => name).toSorted());
  const broken = brokenWriters.map(({ attack }) => attack);
  expect(broken.toSorted()).toEqual(writerAttacks.map(({ name }) => name).toSorted());
});

describe.each(removedChecks)("$attack", ({ attack: name, log, verify }) => {
  const attack = fixedAttacks.find((each) => each.name === name)!;

  test("is missed by the stand-alone verifier without its check", async () => {
    expect(await missed(attack, { room: "verify", ...verify })).not.toEqual([]);
  });

  test("is missed by the log's own without its check", async () => {
    expect(await missed(attack, { room: "log", ...log })).not.toEqual([]);
  });
});

test("single bits are missed by the stand-alone verifier without the checksums of frames", async () => {
  const find =
    "if (crc32(bytes.subarray(start + 8, end)) !== bytes.readUInt32BE(start + 4)) return undefined;";
  const verify = { room: "verify", file: "frame.ts", find, put: "" } as const;
  expect(await missed(byteFlip(997, 1), verify)).not.toEqual([]);
});

test("single bits are missed by the log's own without the checksums of frames", async () => {
  const find = "if (crc32(bytes.subarray(offset + 8, end)) !== u32At(bytes, offset + 4)) {";
  const log = { room: "log", file: "frame.ts", find, put: "if (false) {" } as const;
  expect(await missed(byteFlip(997, 1), log)).not.toEqual([]);
});

describe.each(brokenWriters)("$attack", ({ attack: name, log }) => {
  test("breaks a promise of a writer that is changed", async () => {
    const attack = writerAttacks.find((each) => each.name === name)!;
    const mutant = mutantOf({ room: "log", ...log });
    try {
      const module = (await import(/* @vite-ignore */ mutant.path)) as WriterModule;
      expect(await runWriterAttack(attack, module)).not.toEqual([]);
    } finally {
      mutant.discard();
    }
  });
});
