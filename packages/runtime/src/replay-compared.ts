import type { Engine } from "@holdfast/engine";
import type { Decision } from "@holdfast/model";
import type { DecidedEntry } from "./recorded-entry.ts";
import { foldEntry, isAsked, recordedEntries, replayEntry, replayerOf } from "./replay.ts";
import type { Replayer, ReplayOptions } from "./replay.ts";

/** One recorded action or result, as it was decided and as it would be. */
export interface ComparedDecision {
  /** index of the record */
  readonly sequence: number;
  readonly phase: "call" | "result";
  /** Unix ms */
  readonly timeMs: number;
  readonly agent: string;
  readonly tool: { readonly server: string; readonly name: string };
  readonly before: Decision;
  readonly after: Decision;
  readonly entry: DecidedEntry;
}

/**
 * Decides every decision of a log again by `after`, beside what is recorded, or beside what the
 * engine `before` makes of it. Each engine judges by the history it folds from the log: as it went,
 * and not as it would have gone.
 *
 * @throws HoldfastError `log_…`, `record_…` or `payload_…` where the log cannot be read
 */
export async function* compareReplays(
  directory: string,
  { before, after }: { readonly before?: Engine; readonly after: Engine },
  options: ReplayOptions = {},
): AsyncGenerator<ComparedDecision, void> {
  const [old, now] = [before, after].map((engine) =>
    engine === undefined ? undefined : replayerOf(engine),
  );
  if (now === undefined) return;
  for await (const entries of recordedEntries(directory, options)) {
    for (const entry of entries) {
      if (isAsked(entry, options)) {
        // What other rules would have made of values that are not kept, nobody can tell.
        if (entry.record.redacted === undefined) yield comparedBy({ old, now }, entry);
        else options.redacted?.(entry.sequence);
      }
      if (old !== undefined) foldEntry(old, entry);
      foldEntry(now, entry);
    }
  }
}

function comparedBy(
  { old, now }: { readonly old: Replayer | undefined; readonly now: Replayer },
  entry: DecidedEntry,
): ComparedDecision {
  const { agent, tool } = entry.payload.input.request;
  return {
    sequence: entry.sequence,
    phase: entry.kind === "decision" ? "call" : "result",
    timeMs: entry.record.time,
    agent: agent.id,
    tool,
    before: old === undefined ? entry.payload.decision : replayEntry(old, entry).recomputed,
    after: replayEntry(now, entry).recomputed,
    entry,
  };
}
