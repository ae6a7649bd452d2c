import type { Action } from "./action-stream.ts";
import { ActionStream } from "./action-stream.ts";
import type { Oracle } from "./oracle.ts";
import type { Grid } from "./scenario.ts";

/** The time of every measured decision; history lies before it. */
export const nowMs = Date.UTC(2026, 10, 21, 10, 0, 0);

/** When the parts of history begin: no window of the rules has its edge inside one. */
const parts = [
  { fromMs: nowMs - 40 * 60_000, actions: 4_096 },
  { fromMs: nowMs - 20 * 60_000, actions: 4_096 },
  { fromMs: nowMs - 5 * 60_000, actions: 4_096 },
];
const stepMs = 50;

/** Plays what agents did before: `begin` decides an action and answers whether it may happen. */
export function playHistory(
  grid: Grid,
  oracle: Oracle,
  begin: (action: Action, atMs: number, sequence: number) => boolean,
): number {
  const stream = new ActionStream(7, grid, "mixed-history");
  let sequence = 0;
  for (const { fromMs, actions } of parts) {
    for (let step = 0; step < actions; step += 1) {
      const action = stream.next();
      const atMs = fromMs + step * stepMs;
      const allowed = begin(action, atMs, sequence);
      oracle.note(action, allowed, atMs);
      sequence += 1;
    }
  }
  return sequence;
}
