import { civilOf, daysOf, weekdayOf } from "./civil-date.ts";
import type { ZoneTables } from "../document/zone-table.ts";
import { CelError, celError } from "./cel-error.ts";
import { noSuchOverload } from "./function-family.ts";
import type { FunctionFamily, Implementation } from "./function-family.ts";
import { Duration, Timestamp } from "./time-value.ts";
import { offsetSecondsAt } from "./time-zone.ts";
import type { Value } from "./value.ts";

/** What a clock on the wall shows; days count from 1970-01-01, the rest within its unit. */
export interface WallClock {
  readonly days: number;
  readonly secondOfDay: number;
  readonly nanos: number;
}

/** Parts of timestamps, in UTC or a named zone, and of durations (cel-spec, langdef.md, "Timestamp"). */
export const timeFunctions: FunctionFamily = {
  member: {
    getFullYear: part("getFullYear", ({ days }) => civilOf(days).year),
    getMonth: part("getMonth", ({ days }) => civilOf(days).month - 1),
    getDate: part("getDate", ({ days }) => civilOf(days).day),
    getDayOfMonth: part("getDayOfMonth", ({ days }) => civilOf(days).day - 1),
    getDayOfWeek: part("getDayOfWeek", ({ days }) => weekdayOf(days)),
    getDayOfYear: part("getDayOfYear", ({ days }) => days - daysOf(civilOf(days).year, 1, 1)),
    getHours: part(
      "getHours",
      ({ secondOfDay }) => Math.floor(secondOfDay / 3_600),
      (nanos) => nanos / 3_600_000_000_000n,
    ),
    getMinutes: part(
      "getMinutes",
      ({ secondOfDay }) => Math.floor(secondOfDay / 60) % 60,
      (nanos) => nanos / 60_000_000_000n,
    ),
    getSeconds: part(
      "getSeconds",
      ({ secondOfDay }) => secondOfDay % 60,
      (nanos) => nanos / 1_000_000_000n,
    ),
    getMilliseconds: part(
      "getMilliseconds",
      ({ nanos }) => Math.floor(nanos / 1_000_000),
      (nanos) => (nanos % 1_000_000_000n) / 1_000_000n,
    ),
  },
};

/** A part of a timestamp, with an optional zone, and perhaps of a duration, which takes none. */
function part(
  name: string,
  ofClock: (clock: WallClock) => number,
  ofDuration?: (nanos: bigint) => bigint,
): Implementation {
  return (args, budget, zones) => {
    const [value, zone]: readonly (Value | undefined)[] = args;
    if (value instanceof Duration && args.length === 1 && ofDuration !== undefined) {
      return ofDuration(value.nanos);
    }
    if (!(value instanceof Timestamp) || args.length > 2) return noSuchOverload(name, args);
    if (zone !== undefined && typeof zone !== "string") return noSuchOverload(name, args);
    budget.walk(zone?.length ?? 0);
    const clock = wallClockAt(value, zone ?? "UTC", zones);
    return clock instanceof CelError ? clock : BigInt(ofClock(clock));
  };
}

/** The wall clock of a zone at an instant; an error when nothing is known of it. */
export function wallClockAt(at: Timestamp, zone: string, zones: ZoneTables): WallClock | CelError {
  const nanos = Number(
    BigInt.asUintN(64, ((at.nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n),
  );
  const seconds = Number((at.nanos - BigInt(nanos)) / 1_000_000_000n);
  const offset = offsetSecondsAt(zone, seconds, zones);
  if (offset === "unknown") {
    return celError("invalid_argument", `there is no time zone \`${zone}\``);
  }
  if (offset === "later") {
    return celError("invalid_argument", `nothing is known of \`${zone}\` after the year 2100`);
  }
  const local = seconds + offset;
  const days = Math.floor(local / 86_400);
  return { days, secondOfDay: local - days * 86_400, nanos };
}
