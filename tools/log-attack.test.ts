import * as logModule from "@holdfast/log";
import { verifierKeyText } from "@holdfast/log";
import * as verifyModule from "@holdfast/verify";
import { beforeAll, describe, expect, test } from "vitest";
import { missedBy } from "./log-attack/attack.ts";
import type { AttackedLogs } from "./log-attack/attack.ts";
import { byteFlip, truncation } from "./log-attack/byte-attack.ts";
import { ownSigner } from "./log-attack/base-log.ts";
import { attackedLogs, fixedAttacks } from "./log-attack/catalog.ts";
import { judgeOfLog, judgeOfVerify } from "./log-attack/judge.ts";
import { runWriterAttack, writerAttacks } from "./log-attack/writer-attack.ts";

let logs: AttackedLogs;
const judges = { log: judgeOfLog(logModule), verify: judgeOfVerify(verifyModule) };
const seed = Number(process.env["HOLDFAST_SEED"] ?? 1);

beforeAll(async () => {
  logs = await attackedLogs();
});

test("nothing is wrong with the logs that are attacked, nor with their earlier copies", async () => {
  for (const judge of Object.values(judges)) {
    for (const { files, head, earlier } of [logs.signed, logs.bare, logs.other]) {
      expect(await judge(files, { head })).toEqual([]);
      expect(await judge(earlier.files, { head: earlier.head })).toEqual([]);
      expect(await judge(files, { head: earlier.head })).toEqual([]);
    }
    const checkpoint = logs.signed.earlier.files.get("checkpoint")!;
    const vkey = verifierKeyText(ownSigner);
    expect(await judge(logs.signed.files, { checkpoint, vkey })).toEqual([]);
  }
});

const sampled = [byteFlip(211, seed), truncation(211, seed)];

describe.each([...fixedAttacks, ...sampled])("$name", (attack) => {
  test("is found by the stand-alone verifier", async () => {
    expect(await missedBy(judges.verify, attack, logs)).toEqual([]);
  });

  test("is found by the log's own", async () => {
    expect(await missedBy(judges.log, attack, logs)).toEqual([]);
  });
});

describe.each(writerAttacks)("$name", (attack) => {
  test("breaks no promise", async () => {
    expect(await runWriterAttack(attack, logModule)).toEqual([]);
  });
});
