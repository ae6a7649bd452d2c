import type { SlotTable } from "../formula/slot.ts";
import type { Assignment } from "../solve/assignment.ts";
import type { CaseWitness } from "./witness.ts";

/** The age of what happened at some time that no window reaches: ten years. */
const longAgoMs = 3_650 * 86_400_000;

/** An occurrence of an Event: how old it is, and how young it may be made. */
interface Occurrence {
  ageMs: number;
  readonly youngestMs: number;
}

/** The history that an assignment stands for: each occurrence as old as the counts let it be. */
export function historyOf(
  assignment: Assignment,
  table: SlotTable,
): Pick<CaseWitness["given"], "events" | "meters"> {
  const windows = new Map<string, Map<number, number>>();
  const meters: Record<string, number> = Object.create(null);
  for (const [name, value] of assignment.chosen) {
    const { meaning } = table.get(name);
    if (meaning.kind === "meter" && typeof value === "number" && value > 0)
      meters[meaning.meter] = value;
    if (meaning.kind !== "count" || typeof value !== "number") continue;
    const own = windows.get(meaning.event) ?? new Map<number, number>();
    own.set(meaning.windowMs ?? longAgoMs + 1_000, value);
    windows.set(meaning.event, own);
  }
  const occurrences = new Map(
    [...windows].map(([event, counts]) => [event, occurrencesOf(counts)]),
  );
  for (const [name, value] of assignment.chosen) {
    const { meaning } = table.get(name);
    if (meaning.kind !== "since" || typeof value !== "boolean") continue;
    const [later, earlier] = value
      ? [meaning.first, meaning.second]
      : [meaning.second, meaning.first];
    orderLatest(occurrences.get(later) ?? [], occurrences.get(earlier) ?? []);
  }
  const events: Record<string, readonly number[]> = Object.create(null);
  for (const [event, own] of [...occurrences].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (own.length > 0) events[event] = own.map(({ ageMs }) => ageMs).toSorted((a, b) => b - a);
  }
  return { events, meters };
}

function occurrencesOf(counts: ReadonlyMap<number, number>): Occurrence[] {
  const result: Occurrence[] = [];
  let inner = 0;
  for (const [windowMs, count] of [...counts].toSorted(([a], [b]) => a - b)) {
    // A second inside of the window where that is within this window alone, for it reads better.
    const ageMs = windowMs - 1_000 >= inner ? windowMs - 1_000 : windowMs - 1;
    while (result.length < count) result.push({ ageMs, youngestMs: inner });
    inner = Math.max(inner, windowMs);
  }
  return result;
}

/** Makes the latest of one Event younger than the latest of another, as far as counts allow. */
function orderLatest(later: readonly Occurrence[], earlier: readonly Occurrence[]): void {
  const latest = later.toSorted((a, b) => a.ageMs - b.ageMs)[0];
  const other = earlier.toSorted((a, b) => a.ageMs - b.ageMs)[0];
  if (latest === undefined || other === undefined || latest.ageMs < other.ageMs) return;
  latest.ageMs = Math.max(latest.youngestMs, other.ageMs - 1_000, 0);
  if (latest.ageMs >= other.ageMs) latest.ageMs = Math.max(latest.youngestMs, other.ageMs - 1, 0);
}
