import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { headAt, nodeFiles, Notary, openLog, pruneLog } from "@holdfast/log";
import type { Log } from "@holdfast/log";
import { canonicalBytes } from "@holdfast/model";
import { segmentsOf } from "./attack.ts";
import type { Attack } from "./attack.ts";
import { baseOrigin, contentsOf, ownSigner } from "./base-log.ts";
import type { LogContents } from "./base-log.ts";

const opening = { origin: baseOrigin, now: () => 0 } as const;
const hold = {
  v: 1,
  kind: "hold",
  time: 0,
  change: "placed",
  reason: "a claim",
  by: "ana",
} as const;

/** Attacks by somebody with the key, whose records and checkpoints are as good as any. */
export const holdAttacks: readonly Attack[] = [
  {
    name: "who has the key prunes a log of which a hold was to keep everything",
    codes: ["log_hold"],
    async *forgeries({ signed: { files } }) {
      for (const { what, records } of heldBy) {
        yield { what, files: await changed(files, records, pruneTwoSegments), held: {} };
      }
    },
  },
  {
    name: "who has the key erases payloads of which a hold was to keep everything",
    codes: ["log_hold"],
    async *forgeries({ signed: { files } }) {
      for (const { what, records } of heldBy) {
        yield { what, files: await changed(files, records, eraseFirst), held: {} };
      }
    },
  },
];

/** Histories of holds at whose end one is in force. */
const heldBy = [
  { what: "one hold", records: [{ ...hold, name: "case-7" }] },
  {
    what: "one of two is released",
    records: [
      { ...hold, name: "case-7" },
      { ...hold, name: "case-8" },
      { ...hold, name: "case-7", change: "released" },
    ],
  },
] as const;

interface Work {
  readonly directory: string;
  readonly log: Log;
  readonly sign: () => Promise<unknown>;
}

/** A log in which these records came, were signed, and then something was done with the key. */
async function changed(
  files: LogContents,
  records: readonly object[],
  act: (work: Work) => Promise<ReadonlySet<number>>,
): Promise<LogContents> {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-attack-"));
  try {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), bytes);
    }
    const log = await openLog({ ...opening, directory });
    const notary = await Notary.open({ files: nodeFiles, directory, log, signers: [ownSigner] });
    const sign = (): Promise<unknown> => notary.sign();
    for (const record of records) await log.append(bodyOf(record)).durable;
    await sign();
    const erase = await act({ directory, log, sign });
    await notary.close();
    await log.close();
    await (await openLog({ ...opening, directory, erase })).close();
    return contentsOf(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function bodyOf(record: object): Uint8Array {
  return canonicalBytes(JSON.parse(JSON.stringify(record)));
}

async function pruneTwoSegments({ directory, log, sign }: Work): Promise<ReadonlySet<number>> {
  const segments = segmentsOf(contentsOf(directory));
  const minimum = Number(/\d{20}/u.exec(segments[2] ?? "")?.[0]);
  const root = (await headAt(directory, minimum))?.root ?? "";
  const gone = {
    first: 0,
    minimum,
    root,
    beforeMs: 1,
    segments: segments.slice(0, 2),
    payloads: [],
  };
  await pruneLog({ files: nodeFiles, directory, log, plan: gone, by: "eve", timeMs: 0, sign });
  return new Set();
}

/** The first record has a payload. */
async function eraseFirst({ log, sign }: Work): Promise<ReadonlySet<number>> {
  const told = { v: 1, kind: "erasure", time: 0, subject: "x", erased: [[0, 0]] };
  await log.append(bodyOf(told)).durable;
  await sign();
  return new Set([0]);
}
