/**
 * How long an answer about history may be kept: at every instant before `sameUntilMs` the answer
 * is the same as when it was found, and at that instant it may be another. Seen to fail: an Event
 * yet to come left out of `sameUntilMs`, and a window of one millisecond more.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Account } from "../src/compiled/history/account.ts";
import { Cabinet } from "../src/compiled/history/cabinet.ts";
import { Occurrences } from "../src/compiled/history/occurrences.ts";
import { Window } from "../src/compiled/history/window.ts";

const instant = fc.integer({ min: 0, max: 400 });
const instants = fc.array(instant, { maxLength: 12 });

function instantsBefore(nowMs: number, untilMs: number): readonly number[] {
  const length = Math.min(untilMs, nowMs + 600) - nowMs;
  return Array.from({ length: Math.ceil(length) }, (_, index) => nowMs + index);
}

test("a count stays as it is until it says it may not", () => {
  fc.assert(
    fc.property(instants, instant, fc.integer({ min: 1, max: 300 }), (times, nowMs, lengthMs) => {
      const found = new Occurrences();
      for (const [sequence, atMs] of times.entries()) found.add(atMs, sequence);
      const untilMs = found.sameUntilMs(nowMs, lengthMs);
      expect(untilMs).toBeGreaterThan(nowMs);
      const count = found.countWithin(nowMs, lengthMs);
      for (const laterMs of instantsBefore(nowMs, untilMs)) {
        expect(found.countWithin(laterMs, lengthMs)).toBe(count);
      }
    }),
  );
});

test("what a Meter holds stays as it is until it says it may not", () => {
  const slidingMs = fc.constantFrom(1, 7, 64, 100, 128, 257);
  fc.assert(
    fc.property(instants, instant, slidingMs, (times, nowMs, length) => {
      const window = new Window({ slidingMs: length });
      const account = new Account();
      for (const atMs of times) account.charge(window, atMs, 1, undefined);
      const untilMs = account.sameUntilMs(window, nowMs);
      expect(untilMs).toBeGreaterThan(nowMs);
      const current = account.current(window, nowMs);
      for (const laterMs of instantsBefore(nowMs, untilMs)) {
        expect(account.current(window, laterMs)).toBe(current);
      }
    }),
  );
});

test("every change gives a drawer a version that no drawer had", () => {
  const cabinet = new Cabinet<Account | Occurrences>();
  const window = new Window({ slidingMs: 100 });
  const seen = new Set<number>();
  const note = (key: string): void => {
    const version = cabinet.versions[cabinet.numberOf("tenant", key)] ?? 0;
    expect(version).toBeGreaterThan(0);
    expect(seen.has(version)).toBe(false);
    seen.add(version);
  };
  for (let round = 0; round < 100; round += 1) {
    const key = `key-${round}`;
    const drawer = cabinet.take("tenant", key);
    note(key);
    new Occurrences(drawer).add(1, round);
    note(key);
    const account = new Account(drawer);
    account.charge(window, 1, 1, "action");
    note(key);
    account.settle("action", 2);
    note(key);
  }
});
