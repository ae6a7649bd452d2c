/**
 * Time zones: both evaluators read the same tables alike, and the tables say what the machine's own
 * data say. Seen to fail: a transition that begins one second late in either evaluator.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CelError,
  Timestamp,
  allZoneTables,
  evaluate,
  evaluateCompiled,
  parseExpression,
} from "@holdfast/engine";
import type { Expr, Value } from "@holdfast/engine";

const zones = allZoneTables();
const names = [...zones.byName.keys()];

const parts = ["getFullYear", "getMonth", "getDate", "getHours", "getMinutes", "getSeconds"];
const clock = treeOf(`[${parts.map((part) => `t.${part}(zone)`).join(", ")}]`);

function treeOf(text: string): Expr {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.ast;
}

/** What the clocks of a zone show, by the reference interpreter; the code of an error. */
function byReference(ast: Expr, zone: string, seconds: number): unknown {
  const values = new Map<string, Value>([
    ["t", new Timestamp(BigInt(seconds) * 1_000_000_000n)],
    ["zone", zone],
  ]);
  const result = evaluate(ast, { variable: (name) => values.get(name), zones });
  return result instanceof CelError ? [result.code, result.message] : result;
}

/** The same by the compiled evaluator. */
function byCompiled(ast: Expr, zone: string, seconds: number): unknown {
  const nanos = BigInt(seconds) * 1_000_000_000n;
  const result = evaluateCompiled(
    ast,
    (name) =>
      name === "t"
        ? { type: "timestamp", nanos }
        : name === "zone"
          ? { type: "string", value: zone }
          : undefined,
    zones,
  );
  if (result.type === "error") return [result.code, result.message];
  if (result.type !== "list") return "value" in result ? result.value : undefined;
  return result.items.map((item) => ("value" in item ? item.value : undefined));
}

function byMachine(zone: string, seconds: number): bigint[] {
  const format = new Intl.DateTimeFormat("en-US-u-ca-iso8601-nu-latn", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const shown = new Map(
    format.formatToParts(seconds * 1_000).map((part) => [part.type, part.value]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes): bigint => BigInt(shown.get(type) ?? "-1");
  return [
    read("year"),
    read("month") - 1n,
    read("day"),
    read("hour"),
    read("minute"),
    read("second"),
  ];
}

const zoneArbitrary = fc.constantFrom(...names);
/** Instants at and around the moments when the clocks of a zone change. */
const changeArbitrary = zoneArbitrary
  .filter((zone) => (zones.byName.get(zone)?.startsAt.length ?? 0) > 0)
  .chain((zone) =>
    fc.record({
      zone: fc.constant(zone),
      seconds: fc
        .tuple(
          fc.constantFrom(...(zones.byName.get(zone)?.startsAt ?? [0])),
          fc.constantFrom(-1, 0, 1),
        )
        .map(([start, by]) => start + by),
    }),
  );
const momentArbitrary = fc.record({
  zone: zoneArbitrary,
  seconds: fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
});

describe("named time zones", () => {
  test("are read alike by both evaluators, at any instant and at every change of clocks", () => {
    const window = treeOf("in_window(t, zone, 'mon-fri 09:00-17:00; sat,sun 22:30-06:15')");
    fc.assert(
      fc.property(fc.oneof(momentArbitrary, changeArbitrary), ({ zone, seconds }) => {
        expect(byCompiled(clock, zone, seconds)).toEqual(byReference(clock, zone, seconds));
        expect(byCompiled(window, zone, seconds)).toEqual(byReference(window, zone, seconds));
      }),
      { numRuns: 1_500 },
    );
  });

  test("begin a new offset at its very second", () => {
    for (const zone of names) {
      const { startsAt, offsets } = zones.byName.get(zone) ?? { startsAt: [], offsets: [] };
      expect(offsets).toHaveLength(startsAt.length + 1);
      expect(startsAt.every((start, index) => start > (startsAt[index - 1] ?? -Infinity))).toBe(
        true,
      );
      expect(startsAt.every((start) => start < zones.until)).toBe(true);
      expect(offsets.every((offset) => Math.abs(offset) < 16 * 3_600)).toBe(true);
    }
    const hours = treeOf("[t.getHours(zone), t.getMinutes(zone), t.getSeconds(zone)]");
    const change = Date.UTC(2026, 2, 29, 1) / 1_000;
    for (const read of [byReference, byCompiled]) {
      expect(read(hours, "Europe/London", change - 1)).toEqual([0n, 59n, 59n]);
      expect(read(hours, "Europe/London", change)).toEqual([2n, 0n, 0n]);
    }
  });

  test("are an error from the year 2101 on, and unknown ones always, in both evaluators", () => {
    const last = Date.UTC(2100, 11, 31, 23, 59, 59) / 1_000;
    for (const read of [byReference, byCompiled]) {
      expect(read(clock, "Asia/Tokyo", last)).toEqual([2101n, 0n, 1n, 8n, 59n, 59n]);
      expect(read(clock, "Asia/Tokyo", last + 1)).toEqual([
        "invalid_argument",
        "nothing is known of `Asia/Tokyo` after the year 2100",
      ]);
      expect(read(clock, "+09:00", last + 1)).toEqual([2101n, 0n, 1n, 9n, 0n, 0n]);
      expect(read(clock, "asia/tokyo", 0)).toEqual([
        "invalid_argument",
        "there is no time zone `asia/tokyo`",
      ]);
    }
  });

  test("agree with the machine's own data since 1970, but for what changed between releases", () => {
    // Old data call new zones unknown, and new laws are only in new data: since 2023 they may differ.
    const known = new Set(Intl.supportedValuesOf("timeZone"));
    const settled = fc.record({
      zone: zoneArbitrary.filter((zone) => known.has(zone)),
      seconds: fc.integer({ min: 0, max: Date.UTC(2023, 0, 1) / 1_000 }),
    });
    let differing = 0;
    fc.assert(
      fc.property(settled, ({ zone, seconds }) => {
        const same =
          JSON.stringify(byReference(clock, zone, seconds), bigints) ===
          JSON.stringify(byMachine(zone, seconds), bigints);
        if (!same) differing += 1;
      }),
      { numRuns: 600 },
    );
    expect(differing).toBeLessThanOrEqual(6);
    for (const zone of [
      "Europe/London",
      "America/New_York",
      "Asia/Kolkata",
      "Australia/Lord_Howe",
    ]) {
      for (let year = 1_970; year < 2_038; year += 1) {
        for (const month of [0, 2, 3, 6, 9, 10]) {
          const seconds = Date.UTC(year, month, 27, 13, 7, 11) / 1_000;
          expect(byReference(clock, zone, seconds)).toEqual(byMachine(zone, seconds));
        }
      }
    }
  });
});

function bigints(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
