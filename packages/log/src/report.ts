import { counted } from "@holdfast/model";
import type { CheckpointReport } from "./checkpoint/checkpoint-check.ts";
import type { Damage } from "./damage.ts";
import { Frontier, headOf } from "./tree.ts";
import type { LogHead } from "./tree.ts";

/** Problems beyond this many are only counted. */
export const problemsMax = 100;

/** What a verification found. */
export interface VerifyReport {
  /**
   * `intact`: nothing is wrong. `torn`: nothing but an unfinished group at the end, which no
   * caller was told is durable and which the next opening cuts off. `damaged`: all else.
   */
  readonly state: "intact" | "torn" | "damaged";
  /** true only for `intact` */
  readonly ok: boolean;
  /** the records that are vouched for, and their root */
  readonly head: LogHead;
  /** a writer was at work, so that what lies behind the head was not judged */
  readonly live: boolean;
  readonly groups: number;
  readonly segments: number;
  /** `writing`: a writer is at work and a group was half written when it was read */
  readonly tail: "clean" | "torn" | "writing";
  readonly payloads: {
    readonly named: number;
    readonly present: number;
    /** overwritten with zeros: a problem, until an erasure record names it */
    readonly erased: number;
    /** not there, though no erasure marks it: a problem */
    readonly missing: number;
  };
  /** first record that is there; those before it were pruned */
  readonly first: number;
  /** absent when the log could not be read at all */
  readonly checkpoints?: CheckpointReport;
  /** checkpoints given from elsewhere that the log contains */
  readonly anchors: readonly { readonly source: string; readonly size: number }[];
  /** in the order they were found, at most `problemsMax` */
  readonly problems: readonly Damage[];
  /** how many problems there are, when more than are listed */
  readonly more?: number;
  /** one sentence: which bytes this report answers for */
  readonly covered: string;
  /** one sentence: what outside of the log holds it to its past */
  readonly anchor: string;
}

/** A report without the verdict and the sentences on what it covers. */
export type Verified = Omit<VerifyReport, "state" | "ok" | "covered" | "anchor">;

/** The report on a log that cannot be read at all. */
export function undescribed(damage: Damage): Verified {
  const payloads = { named: 0, present: 0, erased: 0, missing: 0 };
  return {
    head: headOf(new Frontier()),
    live: false,
    groups: 0,
    segments: 0,
    tail: "clean",
    payloads,
    first: 0,
    anchors: [],
    problems: [damage],
  };
}

/** Adds the verdict and the sentences on what the report is worth. */
export function addCoverage(verified: Verified, held: LogHead | undefined): VerifyReport {
  const { problems, head, payloads, live, segments } = verified;
  const onlyTorn = problems.every(({ code }) => code === "log_torn_tail");
  const state = problems.length === 0 ? "intact" : onlyTorn ? "torn" : "damaged";
  // A lock says that there is a writer, not what it has written: only what was read counts.
  const left = live
    ? `; the log is held by a writer, and nothing behind record ${head.size} is vouched for`
    : "";
  const pruned =
    verified.first === 0 ? "" : `; records before ${verified.first} were pruned, and say so`;
  const scope = live
    ? `log.json, ${counted(segments, "segment")} and the payload files up to the last whole group`
    : `every byte of log.json, ${counted(segments, "segment")} and the payload files`;
  const covered =
    state === "damaged"
      ? `records before ${head.size} only; behind the damage nothing is vouched for`
      : `${scope}: ` +
        `${counted(head.size - verified.first, "record")}, ${payloads.present} of ${counted(payloads.named, "payload")}${left}${pruned}`;
  return {
    ...verified,
    state,
    ok: state === "intact",
    covered,
    anchor: anchorText(verified, held),
  };
}

function anchorText(verified: Verified, held: LogHead | undefined): string {
  const external = "not externally anchored";
  const { anchors } = verified;
  if (anchors.length > 0) {
    const places = anchors.map(({ source, size }) => `${source} size ${size}`);
    return `anchored at ${places.join(", ")}`;
  }
  if (held === undefined) {
    return `${external}: whoever can write these files can write another log that verifies`;
  }
  const wrong = verified.problems.some(({ code }) => isAgainstHeld(code));
  if (wrong) return `does not contain the held head of ${counted(held.size, "record")}`;
  return `contains the held head of ${counted(held.size, "record")}; ${external} beyond it`;
}

function isAgainstHeld(code: Damage["code"]): boolean {
  return code === "log_behind_held" || code === "log_fork";
}
