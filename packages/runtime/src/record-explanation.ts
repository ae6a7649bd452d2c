import type { Engine, Explanation } from "@holdfast/engine";
import { decodeRecord } from "@holdfast/model";
import type { Decision } from "@holdfast/model";
import { decisionPayloadSchema, outcomePayloadSchema, readPayload } from "./payload.ts";
import { readRecorded } from "./recorded-entry.ts";
import { foldEntry, replayerOf } from "./replay.ts";
import { readOpened } from "./vault/opened-payload.ts";

/** A recorded decision with its reasons, recomputed from the log. */
export interface ExplainedRecord {
  readonly decision: Decision;
  readonly explanation: Explanation;
}

/**
 * Why the decision in record `sequence` is what it is: the engine explains the recorded input
 * over the history folded from the records before it. Undefined when that record holds no
 * decision. The runtime's own denials (a bad request, a session of somebody else) have their
 * reason in the decision and no rules to show.
 *
 * **Contract:** `engine` is over the bundle that decided; another one explains what it would do.
 *
 * @throws HoldfastError `log_…`, `record_…` or `payload_…` where the log cannot be read
 */
export async function explainRecord(
  directory: string,
  engine: Engine,
  sequence: number,
): Promise<ExplainedRecord | undefined> {
  const replayer = replayerOf(engine);
  for await (const entry of readOpened(directory)) {
    if (entry.index < sequence) {
      foldEntry(replayer, readRecorded(entry));
      continue;
    }
    const record = decodeRecord(entry.body);
    if (record.kind !== "decision" && record.kind !== "outcome") return undefined;
    const { decision, input, veto } =
      record.kind === "decision"
        ? readPayload(decisionPayloadSchema, entry.payload, record.payload)
        : readPayload(outcomePayloadSchema, entry.payload, record.payload);
    if (veto !== undefined) {
      return { decision, explanation: { determining: [], matched: [], errors: [] } };
    }
    return { decision, explanation: engine.explain({ ...input, state: replayer.state }) };
  }
  return undefined;
}
