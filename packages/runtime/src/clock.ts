/** The two clocks a guard reads; injected, so that tests own the time. */
export interface Clock {
  /** Unix time in ms; may step in either direction */
  wallMs(): number;
  /** ms since some fixed moment; never steps */
  monotonicMs(): number;
}

/** The clocks of this machine. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** Gives the `now` of decisions: whole ms that never go back. */
export interface Timekeeper {
  nowMs(): number;
}

/**
 * Time that follows the wall clock forward and keeps running when the wall clock steps back:
 * then the monotonic clock carries it on from the last answer, so that a window neither opens
 * again nor stops. `notBeforeMs` is the newest time already on record; time starts there at
 * the earliest, so it does not go back over a restart either. A wall clock that answers
 * nonsense is ignored.
 */
export function createTimekeeper(clock: Clock, notBeforeMs: number): Timekeeper {
  let lastMs = notBeforeMs;
  let lastTick = clock.monotonicMs();
  return {
    nowMs(): number {
      const tick = clock.monotonicMs();
      const carriedMs = lastMs + Math.max(0, tick - lastTick);
      const wallMs = clock.wallMs();
      lastTick = Math.max(tick, lastTick);
      lastMs = Number.isFinite(wallMs) ? Math.max(carriedMs, wallMs) : carriedMs;
      return Math.floor(lastMs);
    },
  };
}
