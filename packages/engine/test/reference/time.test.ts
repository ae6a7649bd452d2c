import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CelError, Timestamp, toJson } from "@holdfast/engine";
import { codeOf, evaluated } from "./evaluated.ts";

describe("timestamps", () => {
  test("the text of a timestamp reads back as the same instant, and agrees with Date", () => {
    fc.assert(
      fc.property(
        fc.date({
          noInvalidDate: true,
          min: new Date("0001-01-01T00:00:00Z"),
          max: new Date("9999-12-31T23:59:59.999Z"),
        }),
        (date) => {
          const json = toJson(Timestamp.ofMilliseconds(date.getTime()));
          const text = typeof json === "string" ? json : "";
          expect(new Date(text).getTime()).toBe(date.getTime());
          expect(evaluated(`string(timestamp('${text}'))`)).toBe(text);
          expect(evaluated(`timestamp('${text}').getFullYear()`)).toBe(
            BigInt(date.getUTCFullYear()),
          );
          expect(evaluated(`timestamp('${text}').getDayOfWeek()`)).toBe(BigInt(date.getUTCDay()));
          expect(evaluated(`timestamp('${text}').getDate()`)).toBe(BigInt(date.getUTCDate()));
        },
      ),
    );
  });

  test.each([
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:00:60Z",
    "2026-01-01 00:00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00.1234567890Z",
    "99999-01-01T00:00:00Z",
  ])("%s is no timestamp", (text) => {
    expect(codeOf(`timestamp('${text}')`)).toBe("invalid_argument");
  });

  test.each(["", "1", "-", "1x", "1h-2m", ".s", "1e3s", "1h 2m"])("%j is no duration", (text) => {
    expect(codeOf(`duration('${text}')`)).toBe("invalid_argument");
  });

  test("durations take fractions and signs, and end at 64 bits of nanoseconds", () => {
    expect(
      evaluated(
        "string(duration('-1.5h')) + string(duration('1h1m1.001s')) + string(duration('+0.5ms'))",
      ),
    ).toBe("-5400s3661.001s0.0005s");
    expect(codeOf("duration('9223372036.854775807s') == duration('9223372036854775807ns')")).toBe(
      true,
    );
    expect(codeOf("duration('9223372036.854775808s')")).toBe("overflow");
    expect(codeOf("timestamp(253402300800)")).toBe("overflow");
  });
});

describe("time zones", () => {
  test.each([
    ["2026-03-29T00:59:59Z", "Europe/London", 0n],
    ["2026-03-29T01:00:00Z", "Europe/London", 2n],
    ["2026-10-25T00:59:59Z", "Europe/London", 1n],
    ["2026-10-25T01:00:00Z", "Europe/London", 1n],
    ["2026-01-01T00:00:00Z", "Asia/Kathmandu", 5n],
    ["2026-01-01T00:00:00Z", "-02:30", 21n],
  ])("at %s the hour in %s is %s", (time, zone, hour) => {
    expect(evaluated(`timestamp('${time}').getHours('${zone}')`)).toBe(hour);
  });

  test("before the year 1 and before zones had whole minutes the date is right", () => {
    expect(evaluated("timestamp('0001-01-01T00:00:00Z').getFullYear('-01:00')")).toBe(0n);
    expect(evaluated("timestamp('0001-01-01T00:00:00Z').getFullYear('America/New_York')")).toBe(0n);
    expect(
      evaluated("timestamp('1800-01-01T00:00:00Z').getSeconds('Europe/Amsterdam')"),
    ).not.toBeInstanceOf(CelError);
  });

  test("the zone of the machine changes nothing", () => {
    const text =
      "string(timestamp('2026-07-01T00:30:00Z').getHours('America/New_York')) + ' ' + string(timestamp('2026-07-01T00:30:00Z').getDate())";
    const before = process.env["TZ"];
    const shifts: number[] = [];
    try {
      for (const zone of ["Asia/Tokyo", "America/Los_Angeles", "UTC"]) {
        process.env["TZ"] = zone;
        shifts.push(new Date(0).getTimezoneOffset());
        expect(evaluated(text)).toBe("20 1");
      }
    } finally {
      if (before === undefined) delete process.env["TZ"];
      else process.env["TZ"] = before;
    }
    expect(shifts).toEqual([-540, 480, 0]);
  });
});
