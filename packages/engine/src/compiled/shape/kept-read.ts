import type { HistoryRead, HistoryReads } from "../quick/history-read.ts";

/** A read of history whose answers are kept, as JavaScript. */
export interface KeptRead {
  readonly read: string;
  /** whether an action cannot ask it, as JavaScript */
  readonly lacks: string;
}

/** A read as generated code asks it; `undefined` when its answers are not kept. */
export function keptRead(reads: HistoryReads, asked: HistoryRead): KeptRead | undefined {
  const place = reads.placeOf(asked);
  if (place === undefined) return undefined;
  const { home, slot } = place;
  const lacks = home === "session" ? "q.session===undefined" : "false";
  return { read: `s.${home}(${slot})`, lacks };
}
