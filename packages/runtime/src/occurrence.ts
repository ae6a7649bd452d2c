import type { Occurrence } from "@holdfast/engine";
import type { Decision, RecordOf } from "@holdfast/model";
import { countsAsAttempt } from "./judgement.ts";
import type { RecordedInput, Veto } from "./judgement.ts";

/** The tenant of a guard that is given none. */
export const defaultTenant = "default";

/** What was decided, as the live path has it and as a payload gives it back. */
interface Recorded {
  readonly input: RecordedInput;
  readonly decision: Decision;
  readonly veto?: Veto;
  /** as the record tells it */
  readonly redacted?: "recomputes" | "unreadable" | undefined;
}

/**
 * What a recorded decision means for history, or undefined when it leaves none. The live path
 * and the fold at start both use it, so that a restart rebuilds the very state it lost.
 */
export function decisionOccurrence(
  sequence: number,
  granted: boolean,
  { input, decision, veto, redacted }: Recorded,
): Occurrence | undefined {
  if (!countsAsAttempt(veto)) return undefined;
  const occurred = { kind: "decision", sequence, input, decision, granted } as const;
  return redacted === undefined ? occurred : { ...occurred, redacted: true };
}

/** What a recorded outcome means for history. */
export function outcomeOccurrence(
  sequence: number,
  {
    input,
    decision,
    simulated,
    nothingSent,
    fromAgent,
    redacted,
  }: Recorded & {
    readonly simulated: boolean;
    readonly nothingSent: boolean;
    readonly fromAgent?: true;
  },
): Occurrence {
  return {
    kind: "outcome",
    sequence,
    input,
    decision,
    simulated,
    nothingSent,
    ...(fromAgent === undefined ? {} : { fromAgent }),
    ...(redacted === undefined ? {} : { redacted: true }),
  };
}

/** What an observation means for origins; its text and source are in the payload. */
export function observationOccurrence(
  sequence: number,
  { time, tenant = defaultTenant, session, seen, labels }: RecordOf<"observation">,
  { text, source }: { readonly text: string; readonly source: string },
): Occurrence {
  return {
    kind: "observation",
    sequence,
    nowMs: time,
    tenant,
    root: session.root,
    seen,
    text,
    source,
    labels,
  };
}

/** What a restriction installed or lifted by an operator means for history. */
export function operatorOccurrence(
  sequence: number,
  record: RecordOf<"restriction"> | RecordOf<"release">,
): Occurrence {
  if (record.kind === "release") return { kind: "release", sequence, id: record.id };
  const { id, agent, sessionRoot, kinds, ttlMs } = record;
  return {
    kind: "restrict",
    sequence,
    nowMs: record.time,
    id,
    agent,
    kinds,
    ...(sessionRoot === undefined ? {} : { sessionRoot }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
  };
}
