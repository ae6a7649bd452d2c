import { isMainThread, parentPort, workerData } from "node:worker_threads";
import * as logModule from "@holdfast/log";
import * as verifyModule from "@holdfast/verify";
import type { Forgery } from "./attack.ts";
import type { BaseLog } from "./base-log.ts";
import { bitPlaces, cut, cutPlaces, flipped } from "./byte-attack.ts";
import { judgeOfLog, judgeOfVerify } from "./judge.ts";
import type { Judge } from "./judge.ts";

/** The changes that one thread tries: those of the sample whose turn it is. */
export interface Share {
  readonly log: Pick<BaseLog, "files" | "head">;
  /** one place in so many is in the sample */
  readonly step: number;
  readonly turn: number;
  readonly turns: number;
}

/** What was tried since the last message of a thread. */
export interface Tried {
  readonly bits: number;
  readonly cuts: number;
  /** who missed what */
  readonly missed: readonly string[];
}

const judges: readonly (readonly [string, Judge])[] = [
  ["the stand-alone verifier", judgeOfVerify(verifyModule)],
  ["the log's own", judgeOfLog(logModule)],
];

/** A change of the sample, made only when it is tried. */
interface Change {
  readonly kind: "bits" | "cuts";
  readonly make: () => Forgery;
}

/** All changes of a sample, in an order that every thread finds alike. */
function* changesOf(log: Share["log"], step: number): Generator<Change> {
  let number = 0;
  for (const place of bitPlaces(log)) {
    number += 1;
    if (number % step === 0) yield { kind: "bits", make: () => flipped(log, place) };
  }
  for (const place of cutPlaces(log)) {
    number += 1;
    if (number % step === 0) yield { kind: "cuts", make: () => cut(log, place) };
  }
}

/** How many changes a sample has, of all threads together. */
export function countChanges(log: Share["log"], step: number): { bits: number; cuts: number } {
  const counts = { bits: 0, cuts: 0 };
  for (const { kind } of changesOf(log, step)) counts[kind] += 1;
  return counts;
}

/** Tries a share, change by change, and asks both verifiers for a whole verification each time. */
async function* tryShare({ log, step, turn, turns }: Share): AsyncGenerator<Tried> {
  let number = 0;
  for (const { kind, make } of changesOf(log, step)) {
    number += 1;
    if (number % turns !== turn) continue;
    const { what, files, held } = make();
    const missed: string[] = [];
    for (const [who, judge] of judges) {
      const found = await judge(files, held);
      if (found.length === 0) missed.push(`missed by ${who}: ${what}`);
    }
    yield { bits: 0, cuts: 0, [kind]: 1, missed };
  }
}

/** Buffers arrive in a thread as plain bytes. */
function received(share: Share): Share {
  const { files, head } = share.log;
  const buffers = [...files].map(([path, bytes]) => [path, Buffer.from(bytes)] as const);
  return { ...share, log: { files: new Map(buffers), head } };
}

if (!isMainThread) {
  for await (const tried of tryShare(received(workerData as Share))) {
    parentPort?.postMessage(tried);
  }
}
